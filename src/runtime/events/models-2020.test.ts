import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { typeOf } from '../../cloudevents/index.ts';
import {
  completed,
  eventOf,
  incidentsOf,
  jobsOf,
  openSink,
  openWorld,
  startInstance,
} from './world.test-helper.ts';

const models = resolve(import.meta.dirname, '../../../../shared/models/zeebe-cloud-events-examples');
const skip = existsSync(models) ? false : 'the models of 2020 are not here';
const read = (name: string): string => readFileSync(resolve(models, name), 'utf8');

test('the model of 2020 that sends, waits and catches runs unchanged, answered by subject or by message', {
  skip,
}, async (t) => {
  const sink = await openSink(t);
  const hostMap = [{ from: 'http://localhost:8082', to: new URL(sink.url).origin }];
  const world = await openWorld(t, { settings: { hostMap } });
  await world.deploy(read('tickets-catch-event.bpmn'));
  const instance = await startInstance(world, 'TICKETS_CATCH', { sessionId: 's1' });
  const wish = { data: '{"tickets":{"type":"A","quantity":2}}', extensions: { correlationkey: 's1' } };
  await world.publish(eventOf('Tickets.Requested', wish));
  const checkout = jobsOf(world).at(-1);
  const subject = `${checkout?.value.processDefinitionKey}:${instance}:${checkout?.key}`;
  // Services of 2020 wrote JSON text into a JSON string.
  await world.publish(eventOf('Payments.RequestReceived', { subject, data: '"{\\"paymentId\\":\\"p1\\"}"' }));
  await world.publish(eventOf('Payments.Authorized', { extensions: { correlationkey: 'p1' } }));
  const received = await sink.reached(3);
  assert.deepEqual(received.map(({ url, event }) => `${url} ${typeOf(event)}`).sort(), [
    '/checkout Tickets.CheckedOut',
    '/queue Tickets.CustomerQueueJoined',
    '/tickets/emit Tickets.Emitted',
  ]);
  assert.equal(completed(world).at(-1), 'TICKETS_CATCH');
  assert.deepEqual(incidentsOf(world), []);
});

test('F7 a model of 2020 that names a stranger’s address calls nobody', { skip }, async (t) => {
  const world = await openWorld(t);
  await world.deploy(read('emit-wait.bpmn'));
  await startInstance(world, 'EMIT_WAIT');
  assert.match(incidentsOf(world).join(), /is not allowed as a target/);
  assert.deepEqual((await world.events.search({ limit: 1 })).items, []);
});
