import { countdown } from '../countdown.js';
import { h, setText } from '../dom.js';
import { ticketCount } from '../words.js';

/** @typedef {import('../shop.js').Context} Context @typedef {import('../server.js').State} State */

/** @param {string} title @param {string} text @param {...HTMLElement} rest */
function busy(title, text, ...rest) {
  const lede = h('p', { class: 'lede' }, text);
  return {
    lede,
    content: h(
      'div',
      { class: 'busy', 'aria-busy': 'true' },
      h('div', { class: 'tide', 'aria-hidden': 'true' }),
      h('div', {}, h('h1', { tabindex: -1 }, title), lede),
      ...rest,
    ),
  };
}

/** The wish is on its way. */
export function requested() {
  const { content, lede } = busy(
    'Holding your tickets',
    'We are asking for your seats. This takes a moment.',
  );
  return {
    title: 'Holding your tickets',
    content,
    /** @param {State} state */
    update(state) {
      if (state.request)
        setText(
          lede,
          `We are asking for ${ticketCount(state.request.ticketsQuantity)}, ${labelOf(state, state.request.ticketsType)}. This takes a moment.`,
        );
    },
  };
}

/** Seats are held, the payment is being opened. @param {Context} context */
export function reserved({ quit }) {
  const clock = countdown({
    id: 'hold-countdown',
    what: 'your tickets are held for you',
    over: 'The time is over. One moment…',
  });
  const { content } = busy(
    'Your tickets are held',
    'We are opening the payment for you.',
    clock.element,
    h(
      'button',
      {
        type: 'button',
        class: 'link',
        id: 'quit',
        onclick: () => quit('Your tickets are released and go to the next person in line.'),
      },
      'Release my tickets',
    ),
  );
  return {
    title: 'Your tickets are held',
    content,
    /** @param {State} state */
    update(state) {
      if (state.reservation) clock.until(state.reservation.expiresAt);
    },
    unmount: clock.stop,
  };
}

/** Back from the bank, its word has not arrived yet. @param {Context} context */
export function checking({ otherCard }) {
  const clock = countdown({
    id: 'hold-countdown',
    what: 'your tickets are held for you',
    over: 'The time is over. One moment…',
  });
  const bank = h('a', { class: 'button', id: 'to-bank' }, 'Continue at the bank');
  const { content } = busy(
    'Checking your payment',
    'We are waiting for your bank’s answer. If it still wants the code from your text message, go on there.',
    clock.element,
    h(
      'div',
      { class: 'row' },
      bank,
      h(
        'button',
        { type: 'button', class: 'button', id: 'other-card', onclick: otherCard },
        'Use another card',
      ),
    ),
  );
  return {
    title: 'Checking your payment',
    content,
    /** @param {State} state */
    update(state) {
      if (state.payment) bank.href = state.payment.bankUrl;
      if (state.reservation) clock.until(state.reservation.expiresAt);
    },
    unmount: clock.stop,
  };
}

/** Paid; the codes are being made. */
export function paid() {
  const { content } = busy('Payment received', 'Thank you. We are making your tickets.');
  return { title: 'Payment received', content, update() {} };
}

/** The words for a kind of ticket. @param {State} state @param {string} ticketsType */
export function labelOf(state, ticketsType) {
  return state.offer?.types.find((type) => type.ticketsType === ticketsType)?.label ?? ticketsType;
}
