import { countdown } from '../countdown.js';
import { h, setText } from '../dom.js';
import { count, money, ticketCount } from '../words.js';

/** @typedef {import('../shop.js').Context} Context @typedef {import('../server.js').State} State @typedef {import('../server.js').Offer} Offer */

/** Your turn: choose kind and number of tickets before the time is over. @param {Context} context */
export function turn({ act, quit }) {
  const clock = countdown({
    id: 'turn-countdown',
    what: 'left to choose your tickets',
    over: 'Your time is over. One moment…',
  });
  const notice = h('p', { class: 'notice', id: 'turn-notice', role: 'alert', hidden: true });
  const choices = h('div', { class: 'choices', id: 'choices' });
  const quantity = h('input', {
    id: 'quantity',
    name: 'quantity',
    inputmode: 'numeric',
    autocomplete: 'off',
    maxlength: 3,
    value: 2,
    oninput: refresh,
    onblur: () => setQuantity(wanted()),
  });
  const less = h(
    'button',
    {
      type: 'button',
      id: 'quantity-less',
      'aria-label': 'One ticket less',
      onclick: () => setQuantity(wanted() - 1),
    },
    '−',
  );
  const more = h(
    'button',
    {
      type: 'button',
      id: 'quantity-more',
      'aria-label': 'One ticket more',
      onclick: () => setQuantity(wanted() + 1),
    },
    '+',
  );
  const most = h('small', {});
  const total = h('output', { id: 'total', for: 'quantity' });
  const reserve = h(
    'button',
    { type: 'submit', class: 'button primary wide', id: 'reserve' },
    'Hold these tickets',
  );
  const form = h(
    'form',
    { class: 'stack', id: 'choice-form', novalidate: true, onsubmit: submit },
    clock.element,
    notice,
    h('fieldset', {}, h('legend', {}, 'Where do you want to be?'), choices),
    h(
      'div',
      { class: 'quantity' },
      h('label', { for: 'quantity' }, 'How many tickets', most),
      h('div', { class: 'stepper' }, less, quantity, more),
    ),
    h('div', { class: 'sum' }, h('span', {}, 'Total'), total),
    h(
      'div',
      { class: 'actions spread' },
      reserve,
      h(
        'button',
        {
          type: 'button',
          class: 'link',
          id: 'quit',
          onclick: () => quit('Your turn goes to the next person in line.'),
        },
        'Give up my turn',
      ),
    ),
  );
  /** @type {Offer | undefined} */
  let offer;
  /** @type {Map<string, {input: HTMLInputElement, left: HTMLElement}>} */
  const rows = new Map();

  function chosen() {
    const checked = /** @type {HTMLInputElement | null} */ (choices.querySelector(':checked'));
    return offer?.types.find((type) => type.ticketsType === checked?.value);
  }

  function highest() {
    return Math.max(1, Math.min(offer?.maxPerPurchase ?? 1, chosen()?.left ?? 1));
  }

  function wanted() {
    const value = Number.parseInt(quantity.value, 10);
    return Number.isFinite(value) ? value : 1;
  }

  /** @param {number} value */
  function setQuantity(value) {
    quantity.value = String(Math.max(1, Math.min(highest(), value)));
    refresh();
  }

  function refresh() {
    const type = chosen();
    const value = wanted();
    less.disabled = value <= 1;
    more.disabled = value >= highest();
    const fits = value >= 1 && value <= highest();
    quantity.toggleAttribute('aria-invalid', !fits);
    setText(most, offer ? `Up to ${offer.maxPerPurchase} for each purchase` : '');
    setText(total, offer && type && fits ? money(type.price * value, offer.currency) : '–');
    reserve.disabled = !type || !fits;
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const type = chosen();
    if (type) act(reserve, '/api/request', { ticketsType: type.ticketsType, ticketsQuantity: wanted() });
  }

  /** @param {Offer} next */
  function showOffer(next) {
    const before = chosen()?.ticketsType;
    offer = next;
    for (const type of next.types) {
      let row = rows.get(type.ticketsType);
      if (!row) {
        const input = h('input', {
          type: 'radio',
          name: 'ticketsType',
          value: type.ticketsType,
          onchange: () => setQuantity(wanted()),
        });
        const left = h('span', { class: 'choice-left' });
        row = { input, left };
        rows.set(type.ticketsType, row);
        choices.append(
          h(
            'label',
            { class: 'choice' },
            input,
            h('span', { class: 'choice-name' }, type.label, left),
            h('span', { class: 'choice-price' }, money(type.price, next.currency)),
          ),
        );
      }
      row.input.disabled = type.left === 0;
      if (type.left === 0) row.input.checked = false;
      row.left.toggleAttribute('data-few', type.left > 0 && type.left <= 10);
      setText(
        row.left,
        type.left === 0
          ? 'Sold out'
          : type.left <= 10
            ? `Only ${type.left} left`
            : `${count(type.left)} left`,
      );
    }
    if (!chosen() || chosen()?.ticketsType !== before) {
      const first = next.types.find((type) => type.left > 0);
      const row = first && rows.get(first.ticketsType);
      if (!chosen() && row) row.input.checked = true;
    }
    if (document.activeElement === quantity) refresh();
    else setQuantity(wanted());
  }

  return {
    title: 'It’s your turn',
    content: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, 'It’s your turn'),
      h('p', { class: 'lede' }, 'Choose your tickets. We then hold them for you while you pay.'),
      form,
    ),
    /** @param {State} state */
    update(state) {
      if (state.turnEndsAt) clock.until(state.turnEndsAt);
      if (state.offer) showOffer(state.offer);
      const refused = state.notice?.kind === 'wishRefused' ? state.notice : undefined;
      notice.hidden = !refused;
      if (refused) setText(notice, refusalText(refused.reason, refused.left));
      refresh();
    },
    unmount: clock.stop,
  };
}

/** @param {string} reason @param {number} [left] */
function refusalText(reason, left) {
  if (reason === 'soldOut') {
    return left
      ? `Somebody was quicker: only ${ticketCount(left)} of this kind ${left === 1 ? 'is' : 'are'} left. Please choose again.`
      : 'The last tickets of this kind have just gone. Please choose another.';
  }
  if (reason === 'notYourTurn') return 'Your turn was over before your choice arrived. Nothing was held.';
  return 'These tickets could not be held. Please choose again.';
}
