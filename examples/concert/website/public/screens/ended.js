import { h, setText, svg } from '../dom.js';
import { money } from '../words.js';

/** @typedef {import('../shop.js').Context} Context @typedef {import('../server.js').State} State */

/**
 * @typedef {{title: string, what: string, money: string, next: string, again: string}} Words
 * @type {Record<string, Record<string, Words> & {other: Words}>}
 */
const ends = {
  timedOut: {
    turn: {
      title: 'Your turn has passed',
      what: 'It was your turn, but no tickets were chosen before the time was over, so the next person was called.',
      money: 'Nothing was held and no money was taken.',
      next: 'Join again to get a new place at the end of the line.',
      again: 'Start again',
    },
    other: {
      title: 'The time to pay ran out',
      what: 'We held your tickets until the time shown was over. They were not paid by then and went to the next person.',
      money: 'No money was taken.',
      next: 'Join again to get a new place at the end of the line.',
      again: 'Start again',
    },
  },
  refused: {
    declined: {
      title: 'Your bank declined the payment',
      what: 'Your bank did not approve this card, so your tickets were released.',
      money: 'No money was taken.',
      next: 'Join again and pay with another card, or ask your bank why it declined.',
      again: 'Start again',
    },
    wrongCode: {
      title: 'The code did not match',
      what: 'The code from the text message was wrong three times, so your bank stopped the payment and your tickets were released.',
      money: 'No money was taken.',
      next: 'Join again and have your phone at hand when you pay.',
      again: 'Start again',
    },
    amountMismatch: {
      title: 'The payment was stopped',
      what: 'The amount of the payment was not the price of your tickets, so it was stopped for your safety.',
      money: 'No money was taken.',
      next: 'Join again to start with a fresh payment.',
      again: 'Start again',
    },
    cancelled: {
      title: 'The payment was cancelled',
      what: 'The payment was cancelled before it was complete, so your tickets were released.',
      money: 'No money was taken.',
      next: 'Join again whenever you like.',
      again: 'Start again',
    },
    wish: {
      title: 'We could not hold your tickets',
      what: 'The tickets that you chose could not be held for you.',
      money: 'Nothing was held and no money was taken.',
      next: 'Join again to try once more.',
      again: 'Start again',
    },
    other: {
      title: 'The payment was refused',
      what: 'The payment did not go through, so your tickets were released.',
      money: 'No money was taken.',
      next: 'Join again and pay with another card.',
      again: 'Start again',
    },
  },
  soldOut: {
    other: {
      title: 'Sold out',
      what: 'The last tickets went to people ahead of you in line. We are sorry that the night is full.',
      money: 'Nothing was held and no money was taken.',
      next: 'Held tickets that are not paid come back on sale. You may look in again.',
      again: 'Look in again',
    },
  },
  abandoned: {
    quit: {
      title: 'You have left',
      what: 'Your place was given up, and whatever was held for you went to the next person.',
      money: 'No money was taken.',
      next: 'Changed your mind? Join again to get a new place at the end of the line.',
      again: 'Start again',
    },
    removed: {
      title: 'Your place was removed',
      what: 'The box office took your place out of the line.',
      money: 'No money was taken.',
      next: 'If you think this was a mistake, join again or ask the box office.',
      again: 'Start again',
    },
    other: {
      title: 'Your place was given up',
      what: 'We did not hear from you in time, so your place went to the next person.',
      money: 'No money was taken.',
      next: 'Join again to get a new place at the end of the line.',
      again: 'Start again',
    },
  },
};

/** What happened, that no money was taken or that it was returned, and what can be done. @param {Context} context */
export function ended({ startAgain }) {
  const heading = h('h1', { tabindex: -1 });
  const what = h('p', { class: 'lede', id: 'end-what' });
  const moneyText = h('dd', { id: 'end-money' });
  const next = h('dd', { id: 'end-next' });
  const again = h('button', {
    type: 'button',
    class: 'button primary wide',
    id: 'start-again',
    onclick: () => startAgain(again),
  });

  return {
    title: 'Your purchase has ended',
    content: h(
      'div',
      {},
      svg(
        'svg',
        { class: 'end-mark', viewBox: '0 0 64 64', 'aria-hidden': 'true' },
        svg('circle', { class: 'moon', cx: 32, cy: 26, r: 19 }),
        svg('circle', { class: 'shade', cx: 41, cy: 20, r: 16 }),
        svg('path', { class: 'wave', d: 'M4 54c7-6 12-6 19 0s12 6 19 0 11-5 18-1' }),
      ),
      heading,
      what,
      h(
        'div',
        { class: 'stack' },
        h(
          'dl',
          { class: 'card points' },
          h('div', {}, h('dt', {}, 'Your money'), moneyText),
          h('div', {}, h('dt', {}, 'What you can do'), next),
        ),
        again,
      ),
    ),
    /** @param {State} state */
    update(state) {
      const group = ends[state.stage];
      if (!group) return;
      const words = group[state.cause ?? 'other'] ?? group.other;
      setText(heading, words.title);
      setText(what, words.what);
      setText(
        moneyText,
        state.notice?.kind === 'refunded'
          ? `The payment arrived too late. ${money(state.notice.amount, state.notice.currency)} was returned to your card in full.`
          : words.money,
      );
      setText(next, words.next);
      setText(again, words.again);
      return words.title;
    },
  };
}
