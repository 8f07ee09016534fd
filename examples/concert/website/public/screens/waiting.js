import { announce, h, setText } from '../dom.js';
import { count, roughly } from '../words.js';

/** @typedef {import('../shop.js').Context} Context @typedef {import('../server.js').State} State */

/** In the queue: place, people ahead, progress since joining. @param {Context} context */
export function waiting({ quit }) {
  const number = h('span', { class: 'place-number', id: 'queue-position' }, '…');
  const ahead = h('strong', { id: 'queue-ahead' });
  const behind = h('span', { id: 'queue-behind' });
  const wait = h('strong', { id: 'queue-wait' });
  const fill = h('div', { class: 'track-fill' });
  const moon = h('div', { class: 'track-moon' });
  const track = h(
    'div',
    {
      class: 'track',
      id: 'queue-progress',
      role: 'progressbar',
      'aria-label': 'Way through the queue',
      'aria-valuemin': 0,
      'aria-valuemax': 100,
    },
    fill,
    moon,
  );
  let said = Number.POSITIVE_INFINITY;

  return {
    title: 'You are in the queue',
    content: h(
      'div',
      {},
      h('h1', { tabindex: -1 }, 'You are in the queue'),
      h(
        'p',
        { class: 'lede' },
        'Keep this page open. It changes by itself when it is your turn, and you then have a short time to choose.',
      ),
      h(
        'div',
        { class: 'stack' },
        h(
          'section',
          { class: 'card', 'aria-label': 'Your place' },
          h(
            'div',
            { class: 'pair' },
            h('span', { class: 'figure-label' }, 'Your place in line'),
            h('span', { class: 'livedot' }, 'Live'),
          ),
          h('div', { class: 'place' }, number),
          track,
          h('div', { class: 'pair' }, h('span', {}, ahead), behind),
          h('div', { class: 'pair' }, h('span', { class: 'figure-label' }, 'Estimated wait'), wait),
        ),
        h(
          'div',
          { class: 'actions' },
          h(
            'button',
            {
              type: 'button',
              class: 'link',
              id: 'quit',
              onclick: () => quit('You lose your place in line. If you come back, you start at the end.'),
            },
            'Leave the queue',
          ),
        ),
      ),
    ),
    /** @param {State} state */
    update(state) {
      const { queue } = state;
      if (!queue || queue.position < 0) return '';
      const place = queue.position + 1;
      const first = firstPlace(state.sessionId, place);
      const done = first <= 1 ? 90 : Math.round((100 * (first - place)) / first);
      setText(number, count(place));
      setText(
        ahead,
        queue.position === 0
          ? 'You are next'
          : queue.position === 1
            ? '1 person ahead of you'
            : `${count(queue.position)} people ahead of you`,
      );
      const after = Math.max(0, queue.size - place);
      setText(behind, after === 0 ? '' : `${count(after)} behind`);
      setText(wait, queue.waitSeconds === undefined ? 'being measured' : roughly(queue.waitSeconds));
      const at = Math.max(2, Math.min(98, done));
      fill.style.width = `${at}%`;
      moon.style.left = `${at}%`;
      track.setAttribute('aria-valuenow', String(done));
      track.setAttribute('aria-valuetext', `Place ${place} of ${queue.size}`);
      // Aloud: at the start, each time the way has halved, and when next.
      if (place <= said / 2 || (place === 1 && said !== 1)) {
        said = place;
        announce(place === 1 ? 'You are next in line.' : `You are number ${count(place)} in line.`);
      }
      return `(${count(place)}) In the queue`;
    },
  };
}

/** The place at which this purchase began, so that the way made can be shown. @param {string} sessionId @param {number} place */
function firstPlace(sessionId, place) {
  const key = `first-place:${sessionId}`;
  const known = Number(sessionStorage.getItem(key));
  if (known >= place) return known;
  sessionStorage.setItem(key, String(place));
  return place;
}
