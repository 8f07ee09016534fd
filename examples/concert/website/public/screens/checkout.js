import {
  brandOf,
  cvcError,
  digitsOf,
  expiryError,
  expiryOf,
  grouped,
  nameError,
  numberError,
} from '../card.js';
import { countdown } from '../countdown.js';
import { h, setText } from '../dom.js';
import { serverNow } from '../server.js';
import { money } from '../words.js';
import { labelOf } from './busy.js';

/** @typedef {import('../shop.js').Context} Context @typedef {import('../server.js').State} State */

/**
 * One field of the card: label, input, hint or error below it.
 * @param {{id: string, name: string, label: string, full?: boolean, check: (value: string) => string, format?: (value: string) => string, attributes: import('../dom.js').Props, badge?: HTMLElement}} options
 */
function field({ id, name, label, full, check, format, attributes, badge }) {
  const error = h('p', { class: 'error', id: `${id}-error`, role: 'alert' });
  const input = h('input', { id, name, required: true, 'aria-describedby': `${id}-error`, ...attributes });
  let touched = false;

  function validate() {
    touched = true;
    const message = check(input.value);
    setText(error, message);
    input.setAttribute('aria-invalid', String(message !== ''));
    return message === '';
  }

  input.addEventListener('input', () => {
    if (format) {
      // The caret keeps its place among the digits while blanks are moved.
      const before = digitsOf(input.value.slice(0, input.selectionStart ?? input.value.length)).length;
      const atEnd = input.selectionStart === input.value.length;
      const next = format(input.value);
      if (next !== input.value) {
        input.value = next;
        let caret = 0;
        for (let digits = 0; caret < next.length && digits < before; caret++)
          if (/\d/.test(next[caret] ?? '')) digits++;
        if (atEnd) caret = next.length;
        input.setSelectionRange(caret, caret);
      }
    }
    if (touched) validate();
  });
  input.addEventListener('blur', (event) => {
    // Who goes on to the button has everything checked there; a message now would move it away.
    const toButton = event.relatedTarget instanceof HTMLButtonElement;
    if (input.value !== '' && !toButton) validate();
  });
  return {
    input,
    validate,
    element: h(
      'div',
      { class: full ? 'field full' : 'field' },
      h('label', { for: id }, label),
      h('div', { class: 'box' }, input, badge),
      error,
    ),
  };
}

/** Order, total, the time that is left, and the card form, which goes straight to the payments service. @param {Context} context */
export function checkout({ quit, sentToBank }) {
  const clock = countdown({
    id: 'hold-countdown',
    what: 'your tickets are held for you',
    over: 'The time is over. One moment…',
  });
  const lines = h('dl', { class: 'lines', id: 'order-lines' });
  const total = h('strong', { id: 'total' });
  const badge = h('span', { class: 'brand', id: 'card-brand', 'aria-live': 'polite' });
  const name = field({
    id: 'card-name',
    name: 'name',
    label: 'Name on card',
    full: true,
    check: nameError,
    attributes: { autocomplete: 'cc-name', maxlength: 80 },
  });
  const number = field({
    id: 'card-number',
    name: 'number',
    label: 'Card number',
    full: true,
    check: numberError,
    format: grouped,
    badge,
    attributes: {
      autocomplete: 'cc-number',
      inputmode: 'numeric',
      maxlength: 23,
      placeholder: '0000 0000 0000 0000',
    },
  });
  const expiry = field({
    id: 'card-expiry',
    name: 'expiry',
    label: 'Expiry date',
    check: (value) => expiryError(value, serverNow()),
    format: expiryOf,
    attributes: { autocomplete: 'cc-exp', inputmode: 'numeric', maxlength: 5, placeholder: 'MM/YY' },
  });
  const cvc = field({
    id: 'card-cvc',
    name: 'cvc',
    label: 'CVC',
    check: (value) => cvcError(value, number.input.value),
    format: (value) => digitsOf(value).slice(0, 4),
    attributes: { autocomplete: 'cc-csc', inputmode: 'numeric', maxlength: 4, placeholder: '123' },
  });
  const fields = [name, number, expiry, cvc];
  number.input.addEventListener('input', () => setText(badge, brandOf(number.input.value)));
  const pay = h('button', { type: 'submit', class: 'button primary wide', id: 'pay' }, 'Pay');
  /** @type {State | undefined} */
  let present;

  const form = h(
    'form',
    {
      class: 'card stack',
      id: 'card-form',
      method: 'post',
      novalidate: true,
      autocomplete: 'on',
      /** @param {SubmitEvent} event */
      onsubmit: (event) => {
        const wrong = fields.filter((each) => !each.validate());
        if (wrong.length > 0 || !present?.payment) {
          event.preventDefault();
          wrong[0]?.input.focus();
          return;
        }
        sentToBank(present.payment.paymentId);
        pay.disabled = true;
        setText(pay, 'Going to your bank…');
      },
      /** @param {FormDataEvent} event */
      onformdata: (event) => event.formData.set('number', digitsOf(number.input.value)),
    },
    h('h2', {}, 'Pay by card'),
    h('div', { class: 'fields' }, ...fields.map((each) => each.element)),
    pay,
    h(
      'p',
      { class: 'small' },
      'Your card details go straight to the payment service. This shop never sees them. Your bank then asks for a code from a text message.',
    ),
  );

  return {
    title: 'Check out',
    content: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, 'Check out'),
      h(
        'div',
        { class: 'stack' },
        clock.element,
        h(
          'section',
          { class: 'card stack', 'aria-label': 'Your order' },
          lines,
          h('div', { class: 'sum' }, h('span', {}, 'Total'), total),
        ),
        form,
        h(
          'div',
          { class: 'actions' },
          h(
            'button',
            {
              type: 'button',
              class: 'link',
              id: 'quit',
              onclick: () =>
                quit('Your tickets are released and go to the next person in line. No money is taken.'),
            },
            'Release my tickets',
          ),
        ),
      ),
    ),
    /** @param {State} state */
    update(state) {
      present = state;
      const { reservation, payment } = state;
      if (!reservation || !payment) return;
      clock.until(reservation.expiresAt);
      form.action = payment.cardUrl;
      const { ticketsQuantity: quantity, currency } = reservation;
      const amount = money(reservation.amount, currency);
      setText(total, amount);
      if (!pay.disabled) setText(pay, `Pay ${amount}`);
      if (lines.childElementCount > 0) return;
      lines.append(
        h(
          'div',
          {},
          h('dt', {}, 'Tickets'),
          h('dd', {}, `${quantity} × ${labelOf(state, reservation.ticketsType)}`),
        ),
        h('div', {}, h('dt', {}, 'Price each'), h('dd', {}, money(reservation.amount / quantity, currency))),
        h('div', {}, h('dt', {}, 'Concert'), h('dd', {}, 'Low Tide, High Moon, 12 June 2027')),
        h(
          'div',
          {},
          h('dt', {}, 'Reservation'),
          h('dd', {}, reservation.reservationId.slice(0, 8).toUpperCase()),
        ),
      );
    },
    unmount: clock.stop,
  };
}
