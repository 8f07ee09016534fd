import { barcode } from '../barcode.js';
import { h, svg } from '../dom.js';
import { money, ticketCount } from '../words.js';
import { labelOf } from './busy.js';

/** @typedef {import('../shop.js').Context} Context @typedef {import('../server.js').State} State */

/** The e-tickets: one per code. @param {Context} context */
export function issued({ startAgain }) {
  const list = h('ol', { class: 'tickets', id: 'ticket-list', 'aria-label': 'Your tickets' });
  const lede = h('p', { class: 'lede' });
  const refund = h('p', { class: 'notice good', id: 'refund', hidden: true });
  const again = h(
    'button',
    { type: 'button', class: 'button', id: 'buy-more', onclick: () => startAgain(again) },
    'Buy more',
  );
  let shown = '';

  return {
    title: 'Your tickets',
    content: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, 'You’re going!'),
      lede,
      h(
        'div',
        { class: 'stack' },
        refund,
        h(
          'div',
          { class: 'row no-print' },
          h(
            'button',
            { type: 'button', class: 'button primary', id: 'print', onclick: () => window.print() },
            'Print or save as PDF',
          ),
          again,
        ),
        list,
      ),
    ),
    /** @param {State} state */
    update(state) {
      const { tickets, notice } = state;
      refund.hidden = notice?.kind !== 'refunded';
      if (notice?.kind === 'refunded')
        refund.textContent = `${money(notice.amount, notice.currency)} went back to your card.`;
      if (!tickets || tickets.ticketCodes.join() === shown) return;
      shown = tickets.ticketCodes.join();
      lede.textContent = `${ticketCount(tickets.ticketCodes.length)} for Low Tide, High Moon. Show each code at the door, on paper or on your phone.`;
      const label = labelOf(state, tickets.ticketsType);
      list.replaceChildren(
        ...tickets.ticketCodes.map((code, index) =>
          ticket(code, label, index + 1, tickets.ticketCodes.length),
        ),
      );
    },
  };
}

/** @param {string} code @param {string} label @param {number} nr @param {number} of */
function ticket(code, label, nr, of) {
  return h(
    'li',
    { class: 'ticket', 'data-code': code },
    h('div', { class: 'ticket-art' }),
    h(
      'div',
      { class: 'ticket-body' },
      h(
        'div',
        { class: 'ticket-head' },
        h(
          'div',
          {},
          h('h2', { class: 'ticket-title' }, 'Low Tide, High Moon'),
          h('p', { class: 'ticket-artist' }, 'Ola Verne & the Tidal Choir'),
        ),
        h('p', { class: 'ticket-nr' }, `Ticket ${nr} of ${of}`),
      ),
      h(
        'dl',
        {},
        h('div', {}, h('dt', {}, 'When'), h('dd', {}, 'Sat 12 June 2027, 20:30')),
        h('div', {}, h('dt', {}, 'Where'), h('dd', {}, 'Gasworks No. 4')),
        h('div', {}, h('dt', {}, 'Ticket'), h('dd', {}, label)),
        h('div', {}, h('dt', {}, 'Doors'), h('dd', {}, '19:00')),
      ),
      h('div', { class: 'ticket-code' }, picture(code), h('code', {}, code)),
    ),
  );
}

/** @param {string} code */
function picture(code) {
  const { width, path } = barcode(code);
  return svg(
    'svg',
    {
      viewBox: `0 0 ${width} 40`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `Barcode of ${code}`,
      'shape-rendering': 'crispEdges',
    },
    svg('path', { d: path, fill: '#171a2f' }),
  );
}
