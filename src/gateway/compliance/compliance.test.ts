import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { History, InlineReadModel, openJournalSource } from '../../history/index.ts';
import {
  end,
  eventOf,
  message,
  modelOf,
  openWorld,
  receive,
  START,
  startBy,
  type World,
} from '../../runtime/events/world.test-helper.ts';
import { HostPolicy } from '../hosts.ts';
import { startGateway } from '../server.ts';
import { complianceGroup } from './index.ts';

const PARCEL = modelOf(
  'parcel',
  [startBy('Parcel.Sent'), receive('paid', 'Parcel.Paid'), receive('arrived', 'Parcel.Arrived'), end],
  message('Parcel.Sent') + message('Parcel.Paid', '=id') + message('Parcel.Arrived', '=id'),
);

interface Served {
  readonly world: World;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  get(path: string, status?: number): Promise<any>;
  tell(type: string, id: string): Promise<void>;
}

async function served(t: TestContext): Promise<Served> {
  const world = await openWorld(t);
  await world.deploy(PARCEL);
  const history = new InlineReadModel(new History(':memory:', openJournalSource(world.data)));
  t.after(() => history.close());
  const gateway = await startGateway({
    groups: [complianceGroup({ history })],
    hosts: new HostPolicy([]),
    host: '127.0.0.1',
    port: 0,
    onError: (error) => assert.fail(String(error)),
  });
  t.after(() => gateway.close(0));
  return {
    world,
    get: async (path, status = 200) => {
      const response = await fetch(`${gateway.url}/api/compliance${path}`);
      const body = await response.json();
      assert.equal(response.status, status, JSON.stringify(body));
      return body;
    },
    tell: async (type, id) => {
      await world.publish(eventOf(type, { subject: id, data: JSON.stringify({ id }) }));
    },
  };
}

test('a process whose events came in order has the rate 1', async (t) => {
  const { get, tell } = await served(t);
  assert.deepEqual((await get('')).items, [
    {
      bpmnProcessId: 'parcel',
      instances: { judged: 0, conforming: 0, rate: null },
      events: { expected: 0, early: 0, late: 0, unexpected: 0, missing: 0, rate: null },
    },
  ]);
  for (const type of ['Parcel.Sent', 'Parcel.Paid', 'Parcel.Arrived']) await tell(type, 'p-1');
  assert.deepEqual((await get('')).items[0].instances, { judged: 1, conforming: 1, rate: 1 });
});

test('an event out of order lowers the rate, and is told with its reason, its instance and its place', async (t) => {
  const { get, tell } = await served(t);
  for (const type of ['Parcel.Sent', 'Parcel.Paid', 'Parcel.Arrived']) await tell(type, 'p-1');
  for (const type of ['Parcel.Sent', 'Parcel.Arrived', 'Parcel.Paid']) await tell(type, 'p-2');
  const parcel = await get('/parcel');
  assert.deepEqual(parcel.instances, { judged: 2, conforming: 1, rate: 0.5 });
  assert.equal(parcel.events.rate, 5 / 6);
  assert.deepEqual(parcel.worst, [
    {
      version: 1,
      elementId: 'arrived',
      eventType: 'Parcel.Arrived',
      counts: { expected: 1, early: 1, late: 0, unexpected: 0, missing: 0 },
      deviations: 1,
    },
  ]);
  const { items } = await get('/parcel/deviations?verdict=early&limit=10');
  assert.equal(items.length, 1);
  assert.deepEqual(
    { ...items[0], processInstanceKey: '', processDefinitionKey: '' },
    {
      id: 1,
      version: 1,
      businessKey: 'p-2',
      eventSequence: 5,
      eventType: 'Parcel.Arrived',
      verdict: 'early',
      elementId: 'arrived',
      reason: 'It came before its place was reached, and was kept until then.',
      processInstanceKey: '',
      processDefinitionKey: '',
      time: new Date(START).toISOString(),
    },
  );
  const instance = await get(`/instances/${items[0].processInstanceKey}`);
  assert.equal(instance.deviations, 1);
  assert.deepEqual(
    instance.steps.map((step: { elementId: string; state: string; events: { verdict: string }[] }) => [
      step.elementId,
      step.state,
      step.events.map(({ verdict }) => verdict),
    ]),
    [
      ['start', 'done', ['expected']],
      ['paid', 'done', ['expected']],
      ['arrived', 'done', ['early']],
    ],
  );
});

test('a running instance tells what is expected next', async (t) => {
  const { get, tell, world } = await served(t);
  await tell('Parcel.Sent', 'p-1');
  const key = world.journal().find(({ valueType }) => valueType === 'PROCESS_INSTANCE')?.key;
  const instance = await get(`/instances/${key}`);
  assert.equal(instance.endedAt, null);
  assert.deepEqual(instance.next, [{ elementId: 'paid', eventType: 'Parcel.Paid' }]);
  assert.deepEqual(
    instance.steps.map(({ state }: { state: string }) => state),
    ['done', 'waiting', 'ahead'],
  );
});

test('what does not exist and what cannot be read is refused by name', async (t) => {
  const { get } = await served(t);
  assert.match((await get('/parcle', 404)).detail, /No process 'parcle'/);
  assert.match((await get('/parcel?version=7', 404)).detail, /version 7/);
  assert.match((await get('/instances/1', 404)).detail, /no process instance with key '1'/);
  assert.match(
    (await get('/parcel/deviations?verdict=bad', 400)).detail,
    /verdict must be one of early, late/,
  );
  assert.match((await get('/parcel/deviations?from=yesterday', 400)).detail, /from must be a date/);
});
