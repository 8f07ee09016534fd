import { test } from 'node:test';
import { killUnderEvents } from '../support/kill-events.ts';

for (let seed = 1; seed <= 5; seed++) {
  test(`ten thousand events that were answered are delivered through twenty kills (seed ${seed})`, async (t) => {
    await killUnderEvents(t, { events: 10_000, kills: 20, seed });
  });
}
