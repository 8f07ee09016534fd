import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  end,
  jobsOf,
  modelOf,
  openSink,
  openWorld,
  send,
  start,
  startInstance,
} from '../../runtime/events/world.test-helper.ts';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { eventsGroup } from './index.ts';

test('GET /api/waits lists the jobs that wait, page by page, and finds them by type and correlation key', async (t) => {
  const world = await openWorld(t);
  const gateway = await startGateway({
    groups: [eventsGroup({ runtime: world.runtime, events: world.events })],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  const get = async (query = '') => {
    const response = await fetch(`${gateway.url}/api/waits${query}`);
    return { status: response.status, body: (await response.json()) as { items: object[]; next?: string } };
  };
  assert.deepEqual(await get(), { status: 200, body: { items: [] } });

  const sink = await openSink(t);
  sink.answer = () => undefined;
  const reply = { Type: 'Pay', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Paid', CorrelationKey: '=order' };
  await world.deploy(
    modelOf('WAIT', [start, send('pay', { ...reply, Timeout: 'PT1M' }), end]),
    modelOf('CONFIRM', [
      start,
      send('tell', { Type: 'Told', Mode: 'EMIT_AND_CONFIRM', Host: sink.url }),
      end,
    ]),
  );
  const waiting = await startInstance(world, 'WAIT', { order: 'o1' });
  const confirming = await startInstance(world, 'CONFIRM');
  const [first, second] = jobsOf(world).map(({ key }) => String(key));
  const paid = {
    jobKey: first,
    processInstanceKey: String(waiting),
    elementId: 'pay',
    mode: 'reply',
    waitType: 'Paid',
    failureTypes: [],
    correlationKey: 'o1',
    sequence: 1,
    since: '2030-01-01T12:00:00.000Z',
    until: '2030-01-01T12:01:00.000Z',
    receivers: [],
  };
  const told = {
    jobKey: second,
    processInstanceKey: String(confirming),
    elementId: 'tell',
    mode: 'confirm',
    failureTypes: [],
    sequence: 2,
    since: '2030-01-01T12:00:00.000Z',
    receivers: [{ kind: 'host', address: sink.url }],
  };
  assert.deepEqual((await get()).body, { items: [paid, told] });
  assert.deepEqual((await get('?limit=1')).body, { items: [paid], next: first });
  assert.deepEqual((await get(`?limit=1&after=${first}`)).body.items, [told]);
  assert.deepEqual((await get('?type=Paid&correlationKey=o1')).body.items, [paid]);
  assert.deepEqual((await get('?correlationKey=o2')).body.items, []);
  assert.equal((await get('?limit=0')).status, 400);
});
