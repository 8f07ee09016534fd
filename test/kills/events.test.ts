import { test } from 'node:test';
import { killUnderEvents } from '../support/kill-events.ts';

test('events that were answered are delivered through kills of the server', async (t) => {
  await killUnderEvents(t, { events: 2_000, kills: 4, seed: 20_261_125 });
});
