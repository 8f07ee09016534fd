import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openWorld, type World, withWorld } from '../testing.ts';

const join = (world: World, sessionId: string) =>
  world.send('/queue', 'Tickets.CustomerQueueJoined', { sessionId });
const quit = (world: World, sessionId: string) =>
  world.send('/abandon', 'Queue.CustomerAbandoned', { sessionId, reason: 'quit' });

describe('the queue', () => {
  it('R5: calls customers in the order in which they were accepted', () =>
    withWorld({ tickets: { 'max-buying': 1 } }, async (world) => {
      for (const name of ['a', 'b', 'c', 'd']) assert.equal(await join(world, name), 204);
      for (const name of ['a', 'b', 'c']) await quit(world, name);
      const called = await world.told('Queue.CustomerExited', 4);
      assert.deepEqual(
        called.map((event) => event.subject),
        ['a', 'b', 'c', 'd'],
      );
    }));

  it('R5: positions never grow, and leaving keeps the order of the others', () =>
    withWorld({ tickets: { 'max-buying': 1 } }, async (world) => {
      const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
      for (const name of names) await join(world, name);
      const positions = async () => {
        const response = await fetch(`${world.tickets().url}/queue/positions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ sessionIds: names }),
        });
        const body = (await response.json()) as {
          positions: Record<string, { position: number; state: string }>;
        };
        return body.positions;
      };
      let earlier = await positions();
      assert.deepEqual(
        names.map((name) => earlier[name]?.position),
        [-1, ...Array.from({ length: 29 }, (_, index) => index)],
      );
      for (const gone of ['s7', 's0', 's29', 's3', 's12']) {
        await quit(world, gone);
        const present = await positions();
        const waiting = names.filter((name) => present[name]?.state === 'waiting');
        assert.deepEqual(
          waiting.map((name) => present[name]?.position),
          waiting.map((_, index) => index),
          'those who wait are numbered in the order of joining',
        );
        for (const name of waiting)
          assert.ok((present[name]?.position ?? 0) <= (earlier[name]?.position ?? 0));
        earlier = present;
      }
    }));

  it('R5: keeps the order of many joins that arrive at once in one batch', () =>
    withWorld({ tickets: { 'max-buying': 1 } }, async (world) => {
      const events = Array.from({ length: 300 }, (_, index) => ({
        specversion: '1.0',
        id: `j${index}`,
        source: '/website',
        type: 'Tickets.CustomerQueueJoined',
        datacontenttype: 'application/json',
        data: { sessionId: `b${index}` },
      }));
      const response = await fetch(`${world.tickets().url}/queue`, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(events),
      });
      assert.equal(response.status, 204);
      const { sessions } = await world.ask('/queue?limit=1000');
      assert.deepEqual(
        sessions,
        events.slice(1).map((event) => event.data.sessionId),
      );
    }));

  it('R16: appends a session once and for ever, also after it was served or left', () =>
    withWorld({ tickets: { 'max-buying': 1 } }, async (world) => {
      for (const name of ['a', 'b', 'b', 'a']) await join(world, name);
      assert.equal((await world.ask('/queue')).size, 1);
      await quit(world, 'a');
      await quit(world, 'b');
      await join(world, 'a');
      await join(world, 'b');
      assert.equal((await world.ask('/queue/a')).state, 'left');
      assert.equal((await world.ask('/queue')).size, 0);
      assert.equal((await world.told('Queue.CustomerExited', 2)).length, 2);
    }));

  it('R16: takes the old name of the event for the new one', () =>
    withWorld({}, async (world) => {
      assert.equal(
        await world.send('/queue', 'Queue.CustomerJoined', JSON.stringify({ sessionId: 'old' })),
        204,
      );
      const [called] = await world.told('Queue.CustomerExited', 1);
      assert.equal(called?.subject, 'old');
    }));

  it('R16: finds a customer gone whose farewell overtook the join', () =>
    withWorld({}, async (world) => {
      await quit(world, 'hasty');
      await join(world, 'hasty');
      assert.equal((await world.ask('/queue/hasty')).state, 'left');
      assert.equal(world.broker.ofType('Queue.CustomerExited').length, 0);
    }));

  it('lets exits follow free capacity: places to buy, and seats left', () =>
    withWorld({ tickets: { 'max-buying': 3, seats: 'standing=2' } }, async (world) => {
      for (const name of ['a', 'b', 'c', 'd']) await join(world, name);
      assert.equal((await world.ask('/stats')).buying, 2, 'two seats: no third is called');
      await quit(world, 'a');
      assert.deepEqual(
        (await world.told('Queue.CustomerExited', 3)).map((event) => event.subject),
        ['a', 'b', 'c'],
      );
    }));

  it('R2: frees a turn by itself only safetySeconds after its end, and tells the others', () =>
    withWorld({ tickets: { 'max-buying': 1, 'turn-seconds': 60, 'safety-seconds': 300 } }, async (world) => {
      await join(world, 'a');
      await join(world, 'b');
      await world.pass(359);
      assert.equal((await world.ask('/queue/a')).state, 'turn');
      await world.pass(2);
      assert.equal((await world.ask('/queue/a')).state, 'left');
      assert.equal((await world.ask('/queue/b')).state, 'turn');
      const [gone] = await world.told('Queue.CustomerAbandoned', 1);
      assert.deepEqual(gone?.data, { sessionId: 'a', reason: 'timeout' });
      await world.send('/abandon', 'Queue.CustomerAbandoned', gone?.data);
      assert.equal((await world.ask('/stats')).buying, 1);
    }));

  it('R24: estimates the wait from the measured rate of exits, and knows none before the first', () =>
    withWorld({ tickets: { 'max-buying': 1 } }, async (world) => {
      assert.equal((await world.ask('/queue')).exitsPerMinute, 0);
      for (let index = 0; index < 20; index += 1) await join(world, `r${index}`);
      for (let index = 0; index < 9; index += 1) {
        await world.pass(20);
        await quit(world, `r${index}`);
      }
      // 10 calls within 180 s: 3.3 a minute, one every 18 s.
      const { exitsPerMinute } = await world.ask('/queue');
      assert.equal(exitsPerMinute, 3.3);
      assert.equal((await world.ask('/queue/r10')).waitSeconds, 18);
      assert.equal((await world.ask('/queue/r14')).waitSeconds, 90);
      await world.pass(600);
      assert.equal(
        (await world.ask('/queue/r10')).waitSeconds,
        null,
        'nobody was called for long: nobody knows',
      );
    }));

  it('drops those whose position nobody asks for, if a grace time is set', () =>
    withWorld({ tickets: { 'max-buying': 1, 'grace-seconds': 60 } }, async (world) => {
      for (const name of ['a', 'here', 'away']) await join(world, name);
      await world.pass(40);
      await world.ask('/queue/here');
      await world.pass(40);
      assert.equal((await world.ask('/queue/here')).state, 'waiting');
      assert.equal((await world.ask('/queue/away')).state, 'left');
      const [gone] = await world.told('Queue.CustomerAbandoned', 1);
      assert.equal(gone?.subject, 'away');
    }));
});

describe('the queue, asked wrongly', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  it('refuses an event without session id, and one that is no event', async () => {
    assert.equal(await world.send('/queue', 'Tickets.CustomerQueueJoined', {}), 400);
    assert.equal(await world.send('/queue', 'Tickets.CustomerQueueJoined', 'no object'), 400);
    const response = await fetch(`${world.tickets().url}/queue`, { method: 'POST', body: 'hello' });
    assert.equal(response.status, 400);
    assert.match(response.headers.get('content-type') ?? '', /problem\+json/);
  });

  it('takes and ignores an event of a type that it does not know', async () => {
    assert.equal(await world.send('/events', 'Somebody.Else', { sessionId: 'x' }), 204);
    assert.equal(await world.send('/queue', 'Tickets.Requested', { sessionId: 'x' }), 204);
    assert.equal((await world.ask('/queue/x')).state, 'unknown');
  });

  it('R8: drops a repeated (source, id), unless the source is known to reuse ids', async () => {
    const joinAs = (sessionId: string) =>
      world.send('/queue', 'Tickets.CustomerQueueJoined', { sessionId }, { id: 'same' });
    assert.equal(await joinAs('first'), 204);
    assert.equal(await joinAs('second'), 204);
    assert.equal((await world.ask('/queue/second')).state, 'unknown');
    const old = await openWorld({ tickets: { 'reused-id-sources': '/test' } });
    try {
      for (const sessionId of ['first', 'second']) {
        await old.send('/queue', 'Tickets.CustomerQueueJoined', { sessionId }, { id: 'CE-same' });
      }
      assert.equal((await old.ask('/queue/second')).state, 'turn');
    } finally {
      await old.close();
    }
  });

  it('refuses a wrong limit and a wrong list of sessions with 400', async () => {
    assert.equal((await fetch(`${world.tickets().url}/queue?limit=0`)).status, 400);
    const response = await fetch(`${world.tickets().url}/queue/positions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"sessionIds":[1]}',
    });
    assert.equal(response.status, 400);
  });
});
