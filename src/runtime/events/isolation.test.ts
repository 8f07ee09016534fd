import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBatch, encodeStructured } from '../../cloudevents/index.ts';
import { openRawSink } from './raw-sink.test-helper.ts';
import { eventOf, eventually, openSink, openWorld, type World } from './world.test-helper.ts';

const subscribe = (world: World, sink: string, more: object = {}) =>
  world.events.createSubscription({ sink, protocol: 'HTTP', types: ['Paid'], ...more });

const many = (count: number, data?: string) =>
  Array.from({ length: count }, () => eventOf('Paid', data === undefined ? {} : { data }));

const attempted = (world: World, sequence: number, attempts: number) =>
  eventually(async () =>
    (await world.story(sequence)).deliveries.find((delivery) => delivery.attempts === attempts),
  );

const delivered = (world: World, sequence: number) =>
  eventually(async () =>
    (await world.story(sequence)).fates.map(({ fate }) => fate).find(({ kind }) => kind === 'delivered'),
  );

test('D5 sinks that never answer take up all there is, and another sink still gets every event', async (t) => {
  const world = await openWorld(t, { overall: 8 });
  const dead = await Promise.all(Array.from({ length: 3 }, () => openRawSink(t, () => undefined)));
  const quick = await openSink(t);
  for (const { url } of dead) await subscribe(world, url);
  await world.runtime.publish(many(50));
  await eventually(async () => (dead.every(({ requests }) => requests.length > 0) ? true : undefined));
  await subscribe(world, quick.url);
  await world.runtime.publish(many(200));
  await quick.reached(200);
  const held = dead.reduce((sum, { requests }) => sum + requests.length, 0);
  assert.ok(held >= 8 && held <= 8 + 3, `${held} requests hang`);
});

test('a sink that drips its answer for ever is cut off at the time-out of its subscription', async (t) => {
  const world = await openWorld(t);
  const dripping = await openRawSink(t, (response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('x'), 5);
    response.on('close', () => clearInterval(drip));
  });
  await subscribe(world, dripping.url, { config: { timeout: 'PT0.1S' } });
  const sequence = await world.publish(eventOf('Paid'));
  const { lastError } = await attempted(world, sequence, 1);
  assert.equal(lastError, 'The sink did not answer within 100 ms.');
});

test('of an answer of 10 MB the beginning is read and the rest is refused, whatever its status', async (t) => {
  const world = await openWorld(t);
  let written = 0;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const talkative = await openRawSink(t, (response) => {
    response.writeHead(422);
    const write = (): void => {
      while (written < 10 * 1024 * 1024 && !response.destroyed) {
        written += chunk.length;
        if (!response.write(chunk)) return;
      }
      response.end();
    };
    response.on('drain', write);
    write();
  });
  await subscribe(world, talkative.url);
  await world.publish(eventOf('Paid'));
  const [letter] = await eventually(async () => {
    const letters = await world.events.deadLetters({ limit: 1 });
    return letters.length > 0 ? letters : undefined;
  });
  assert.equal(letter?.response?.body.length, 1024);
  assert.ok(written < 10 * 1024 * 1024, `${written} bytes were taken`);
});

test('a sink that resets the connection is tried again and holds up nobody', async (t) => {
  const world = await openWorld(t);
  const resetting = await openRawSink(t, (response) => response.socket?.resetAndDestroy());
  const quick = await openSink(t);
  await subscribe(world, resetting.url);
  await subscribe(world, quick.url);
  const sequence = await world.publish(eventOf('Paid'));
  await quick.reached(1);
  const { lastError } = await attempted(world, sequence, 1);
  assert.match(lastError ?? '', /^The sink cannot be reached/);
});

test('D2 a subscription has as many requests in flight as it asks for', async (t) => {
  const world = await openWorld(t);
  const held: (() => void)[] = [];
  const sink = await openRawSink(t, (response) => held.push(() => response.writeHead(204).end()));
  await subscribe(world, sink.url, { config: { concurrency: 2 } });
  const other = await openRawSink(t, (response) => held.push(() => response.writeHead(204).end()));
  await subscribe(world, other.url, { config: { concurrency: 30 } });
  await world.runtime.publish(many(40));
  await eventually(async () => (other.requests.length === 30 ? true : undefined));
  assert.equal(sink.requests.length, 2);
  sink.answer = (response) => response.writeHead(204).end();
  other.answer = sink.answer;
  for (const release of held) release();
  await eventually(async () =>
    sink.requests.length === 40 && other.requests.length === 40 ? true : undefined,
  );
});

test('two subscriptions of one sink take turns', async (t) => {
  const world = await openWorld(t, { window: 1 });
  const sink = await openSink(t);
  await subscribe(world, sink.url, { protocolsettings: { headers: { 'x-who': 'first' } } });
  await subscribe(world, sink.url, { protocolsettings: { headers: { 'x-who': 'second' } } });
  await world.runtime.publish(many(30));
  await sink.reached(60);
  const firstHalf = sink.received.slice(0, 30).filter(({ headers }) => headers['x-who'] === 'second');
  assert.ok(firstHalf.length >= 10, `${firstHalf.length} of the first 30 requests`);
});

test('requests go at the rate that a subscription asks for', async (t) => {
  const world = await openWorld(t);
  const sink = await openSink(t);
  await subscribe(world, sink.url, { config: { rate: 50 } });
  const begun = performance.now();
  await world.runtime.publish(many(25));
  await sink.reached(25);
  const tookMs = performance.now() - begun;
  assert.ok(tookMs > 350, `25 requests at 50 a second took ${tookMs} ms`);
});

test('a subscription that is deleted or retired while requests are in flight ends with what they bring', async (t) => {
  const world = await openWorld(t, { window: 2 });
  const held: ((status: number) => void)[] = [];
  const sink = await openRawSink(t, (response) => held.push((status) => response.writeHead(status).end()));
  const { id } = await subscribe(world, sink.url);
  const first = await world.runtime.publish(many(4));
  await eventually(async () => (held.length === 2 ? true : undefined));
  await world.events.deleteSubscription(id);
  const sequences = first.map(({ sequence }) => sequence);
  await eventually(async () =>
    (await world.story(sequences[3] ?? 0)).deliveries.length === 0 ? true : undefined,
  );
  held[0]?.(204);
  held[1]?.(500);
  await eventually(async () => {
    const stories = await Promise.all(sequences.map((sequence) => world.story(sequence)));
    const fates = stories.flatMap((story) => story.fates).filter(({ fate }) => fate.kind === 'delivered');
    return fates.length === 1 && stories.every((story) => story.deliveries.length === 0) ? true : undefined;
  });
  assert.deepEqual(await world.events.deadLetters({ limit: 10 }), [], 'nobody wants them any more');
  assert.equal(sink.requests.length, 2);

  held.length = 0;
  await subscribe(world, sink.url);
  await world.runtime.publish(many(6));
  await eventually(async () => (held.length === 2 ? true : undefined));
  held[0]?.(410);
  const letters = await eventually(async () => {
    const found = await world.events.deadLetters({ limit: 10 });
    return found.length === 5 ? found : undefined;
  });
  assert.ok(letters.every(({ reason }) => reason.includes('410')));
  held[1]?.(204);
  await eventually(async () =>
    (await world.events.search({ limit: 6 })).items.filter(({ fate }) => fate?.kind === 'delivered')
      .length === 1
      ? true
      : undefined,
  );
  assert.equal(sink.requests.length, 4, 'nothing was sent after the 410');
});

test('events in a reply are taken in structured and in batch mode', async (t) => {
  const world = await openWorld(t);
  const sink = await openRawSink(t, () => undefined);
  await subscribe(world, sink.url);
  const replies = ['r-1', 'r-2', 'r-3'].map((id) => eventOf('Reserved', { id, data: '{"n":1.0}' }));
  const [one, ...others] = replies;
  assert.ok(one);
  sink.answer = (response) => {
    const { headers, body } = encodeStructured(one);
    response.writeHead(200, headers).end(body);
  };
  const first = await world.publish(eventOf('Paid'));
  await delivered(world, first);
  sink.answer = (response) => {
    const { headers, body } = encodeBatch(others);
    response.writeHead(200, headers).end(body);
  };
  const second = await world.publish(eventOf('Paid'));
  await delivered(world, second);
  const causes = await Promise.all(
    replies.map((_, index) =>
      eventually(async () => {
        const found = await world.events.find('/test', `r-${index + 1}`);
        return found === undefined ? undefined : (await world.story(found)).cause;
      }),
    ),
  );
  assert.deepEqual(causes, [first, second, second]);
});

test('a broken batch in a reply is told, and nothing of it is taken', async (t) => {
  const world = await openWorld(t);
  const good = '{"specversion":"1.0","id":"1","source":"/s","type":"T"}';
  const sink = await openRawSink(t, (response) => {
    response.writeHead(200, { 'content-type': 'application/cloudevents-batch+json' });
    response.end(`[${good},{"id":"2"}]`);
  });
  await subscribe(world, sink.url);
  const fate = await delivered(world, await world.publish(eventOf('Paid')));
  assert.match(JSON.stringify(fate), /event 1 of the batch/);
  assert.equal((await world.events.search({ limit: 10 })).items.length, 1);
});
