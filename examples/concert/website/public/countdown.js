import { announce, h, setText, svg } from './dom.js';
import { secondsUntil } from './server.js';
import { minutes, spoken } from './words.js';

/** Said aloud when so many seconds are left; the ticking figures themselves are not. */
const milestones = [60, 30, 10];

/**
 * A ring and figures that run to a date of the server. Shows 0:00 at the end; only the server ends anything.
 * @param {{id: string, what: string, over: string}} options
 */
export function countdown({ id, what, over }) {
  const ring = svg('circle', { class: 'left', cx: 20, cy: 20, r: 16, pathLength: 100 });
  const time = h('span', { class: 'countdown-time', id });
  const label = h('span', { class: 'countdown-what' }, what);
  const element = h(
    'div',
    { class: 'countdown', role: 'timer', 'aria-live': 'off' },
    svg(
      'svg',
      { class: 'countdown-ring', viewBox: '0 0 40 40', 'aria-hidden': 'true' },
      svg('circle', { cx: 20, cy: 20, r: 16 }),
      ring,
    ),
    h('div', {}, time, label),
  );
  /** @type {string | undefined} */
  let date;
  let whole = 1;
  let before = Number.POSITIVE_INFINITY;

  function tick() {
    if (date === undefined) return;
    const left = Math.max(0, secondsUntil(date));
    setText(time, minutes(left));
    setText(label, left === 0 ? over : what);
    ring.setAttribute('stroke-dashoffset', String(100 - (100 * Math.min(left, whole)) / whole));
    element.toggleAttribute('data-soon', left <= 15);
    for (const milestone of milestones) {
      if (before > milestone && left <= milestone && left > milestone - 3)
        announce(`${spoken(milestone)} left.`);
    }
    before = left;
  }

  const timer = setInterval(tick, 250);
  return {
    element,
    /** @param {string} next RFC 3339 */
    until(next) {
      if (next !== date) {
        date = next;
        whole = Math.max(1, secondsUntil(next));
      }
      tick();
    },
    stop() {
      clearInterval(timer);
    },
  };
}
