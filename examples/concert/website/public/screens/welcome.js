import { h, setText } from '../dom.js';
import { count, money, roughly } from '../words.js';

/** @typedef {import('../shop.js').Context} Context @typedef {import('../server.js').State} State */

/** Before joining: how many wait, what there is to buy. @param {Context} context */
export function welcome({ act }) {
  const size = h('span', { class: 'figure', id: 'crowd-size' });
  const sizeLabel = h('span', { class: 'figure-label' });
  const wait = h('span', { class: 'figure', id: 'crowd-wait' });
  const crowd = h(
    'section',
    { class: 'card crowd', 'aria-label': 'The queue now' },
    h('div', {}, size, sizeLabel),
    h('div', {}, wait, h('span', { class: 'figure-label' }, 'wait if you join now')),
  );
  const prices = h('ul', { class: 'prices', id: 'prices' });
  const join = h(
    'button',
    { type: 'button', class: 'button primary wide', id: 'join', onclick: () => act(join, '/api/join') },
    'Join the queue',
  );
  let shown = '';

  return {
    title: 'Get in line for tickets',
    content: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, 'Get in line for tickets'),
      h(
        'p',
        { class: 'lede' },
        'Everyone is served in the order they join. When it is your turn, choose your tickets and pay within a few minutes.',
      ),
      h(
        'div',
        { class: 'stack' },
        crowd,
        h('section', { class: 'card', 'aria-label': 'Prices' }, prices),
        join,
      ),
    ),
    /** @param {State} state */
    update(state) {
      crowd.hidden = state.queue === undefined;
      if (state.queue) {
        setText(size, count(state.queue.size));
        setText(sizeLabel, state.queue.size === 1 ? 'person waiting' : 'people waiting');
        const seconds = state.queue.waitSeconds;
        setText(
          wait,
          state.queue.size === 0
            ? 'No wait'
            : seconds === undefined
              ? '–'
              : roughly(seconds)
                  .replace(/^about /, '~')
                  .replace(/ minutes?$/, ' min')
                  .replace('less than a minute', '< 1 min'),
        );
      }
      const { offer } = state;
      prices.parentElement?.toggleAttribute('hidden', !offer);
      const text = JSON.stringify(offer?.types.map((type) => [type.label, type.price, type.left > 0]));
      if (!offer || text === shown) return;
      shown = text;
      prices.replaceChildren(
        ...offer.types.map((type) =>
          h(
            'li',
            type.left > 0 ? {} : { class: 'gone' },
            h('span', {}, type.label),
            h('span', {}, type.left > 0 ? money(type.price, offer.currency) : 'Sold out'),
          ),
        ),
      );
    },
  };
}
