import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  completed,
  end,
  incidentsOf,
  jobsOf,
  message,
  modelOf,
  receive,
  send,
  start,
  startBy,
  startInstance,
  type World,
} from '../../runtime/events/world.test-helper.ts';
import { ce, serveLegacy } from './legacy.test-helper.ts';

const asking = modelOf('ASK', [
  start,
  send('ask', { Type: 'Asked', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Answered' }),
  end,
]);
const receiving = modelOf('RECEIVE', [start, receive('wait', 'Paid'), end], message('Paid', '=order'));
const plain = modelOf('PLAIN', [start, end]);

async function waitingJob(world: World) {
  const instance = await startInstance(world, 'ASK');
  const job = jobsOf(world).at(-1) ?? assert.fail('no job');
  const keys = {
    'Ce-WorkflowKey': String(job.value.processDefinitionKey),
    'Ce-WorkflowInstanceKey': String(instance),
    'Ce-JobKey': String(job.key),
  };
  return { instance, job, keys };
}

test('POST / completes the waiting job by its three keys and answers with the code of each case', async (t) => {
  const { call, world } = await serveLegacy(t);
  await world.deploy(asking);
  const { instance, job, keys } = await waitingJob(world);
  const unusable = await call('POST', '/', '"{name=salaboy}"', ce('Answered', keys));
  assert.equal(unusable.status, 422);
  assert.match(unusable.json.detail, /not an object/);
  const reply = ce('Answered', keys);
  const done = await call('POST', '/', { name: 'x' }, reply);
  assert.equal(done.status, 200);
  assert.deepEqual(done.json.processInstanceKeys, [String(instance)]);
  assert.deepEqual(done.json.jobKeys, [String(job.key)]);
  assert.equal((await call('POST', '/', { name: 'x' }, reply)).status, 200, 'a repeat has no effect');
  const late = await call('POST', '/', {}, ce('Answered', keys));
  assert.equal(late.status, 409);
  assert.equal(late.type, 'application/problem+json');
  const unknown = await call('POST', '/', {}, ce('Answered', { ...keys, 'Ce-JobKey': '1' }));
  assert.equal(unknown.status, 404);
  assert.equal((await call('POST', '/', {}, ce('Else', { 'Ce-JobKey': '1' }))).status, 404);
  assert.equal((await call('POST', '/', {}, { 'Ce-Id': '1' })).status, 400);
  assert.deepEqual(completed(world), ['start', 'ask', 'end', 'ASK']);
});

test('the header zeebe of the first version names the job too', async (t) => {
  const { call, world } = await serveLegacy(t);
  await world.deploy(asking);
  const { job } = await waitingJob(world);
  const zeebe = JSON.stringify({ bpmnActivityId: 'a', workflowKey: '1', jobKey: job.key });
  const done = await call('POST', '/', { ok: true }, ce('Answered', { zeebe, 'Ce-Specversion': '0.3' }));
  assert.equal(done.status, 200);
  const wrong = await call('POST', '/', {}, ce('Answered', { zeebe: 'x' }));
  assert.equal(wrong.status, 400);
  assert.match(wrong.json.detail, /header 'zeebe' must hold a JSON object/);
});

test('POST /message publishes with the key of the extension or of the plain header', async (t) => {
  const { call, world } = await serveLegacy(t);
  await world.deploy(receiving);
  for (const order of ['o1', 'o2']) await startInstance(world, 'RECEIVE', { order });
  const first = await call('POST', '/message', { a: 1 }, ce('Paid', { 'Ce-CorrelationKey': 'o1' }));
  assert.equal(first.status, 200);
  assert.equal(first.json.fates[0].kind, 'correlated');
  assert.equal((await call('POST', '/message', {}, ce('Paid', { CorrelationKey: 'o2' }))).status, 200);
  assert.equal((await call('POST', '/message', {}, ce('Paid', { correlationKey: 'o3' }))).status, 202);
  const without = await call('POST', '/message', {}, ce('Paid'));
  assert.equal(without.status, 404);
  assert.match(without.json.detail, /no correlation key/);
});

test('POST /workflows says what POST /workflow starts, and both answer with what there is', async (t) => {
  const { call, world } = await serveLegacy(t);
  await world.deploy(plain);
  assert.equal((await call('POST', '/workflow', {}, ce('Joined'))).status, 404);
  const none = await call('POST', '/workflows', { cloudEventType: 'Joined' });
  assert.equal(none.status, 400);
  assert.match(none.json.detail, /Set bpmnProcessId or workflowKey/);
  const mapping = { cloudEventType: 'Joined', bpmnProcessId: 'PLAIN', version: '1', extra: 'ignored' };
  const put = await call('POST', '/workflows', mapping);
  assert.equal(put.status, 200);
  assert.equal(put.json.version, '1');
  const listed = (await call('GET', '/workflows')).json;
  assert.equal(listed.Joined.bpmnProcessId, 'PLAIN');
  assert.equal(listed.Joined.targets.length, 1);
  const started = await call('POST', '/workflow', { any: { deep: [1] } }, ce('Joined'));
  assert.equal(started.status, 200);
  assert.equal(started.json.processInstanceKeys.length, 1);
  assert.deepEqual(completed(world), ['start', 'end', 'PLAIN']);
  await call('POST', '/workflows', { cloudEventType: 'Joined', bpmnProcessId: 'NOPE' });
  const refused = await call('POST', '/workflow', {}, ce('Joined'));
  assert.equal(refused.status, 422);
  assert.match(refused.json.detail, /no process found|none found/);
});

test('a mapping may name a definition by its key', async (t) => {
  const { call, world } = await serveLegacy(t);
  const deployed = await call('POST', '/deploy', { name: 'plain', workflowDefinition: plain });
  const [{ workflowKey, bpmnProcessId }] = deployed.json.workflows;
  assert.equal(bpmnProcessId, 'PLAIN');
  await call('POST', '/workflows', { cloudEventType: 'Joined', workflowKey, bpmnProcessId });
  assert.equal((await call('POST', '/workflow', {}, ce('Joined'))).status, 200);
  assert.deepEqual(completed(world), ['start', 'end', 'PLAIN']);
});

test('DELETE /workflow cancels the instance that the event names', async (t) => {
  const { call, world } = await serveLegacy(t);
  await world.deploy(receiving);
  const key = String(await startInstance(world, 'RECEIVE', { order: 'o1' }));
  const headers = ce('Cancel', { 'Ce-WorkflowInstanceKey': key });
  const done = await call('DELETE', '/workflow', {}, headers);
  assert.deepEqual([done.status, done.json], [200, { processInstanceKey: key }]);
  assert.equal((await call('DELETE', '/workflow', {}, headers)).status, 404);
  assert.equal((await call('DELETE', '/workflow', {}, ce('Cancel'))).status, 400);
});

test('F11 POST /error throws a BPMN error at the task of the waiting job, by extension errorcode or by type', async (t) => {
  const { call, world } = await serveLegacy(t);
  const ask = send('ask', { Type: 'Asked', Mode: 'WAIT_FOR_CLOUD_EVENT' });
  const caught = modelOf(
    'ASK',
    [start, ask, end],
    '<bpmn:error id="err" name="e" errorCode="sold-out"/>',
  ).replace(
    '</bpmn:process>',
    `<bpmn:boundaryEvent id="sorry" attachedToRef="ask"><bpmn:outgoing>x</bpmn:outgoing><bpmn:errorEventDefinition errorRef="err"/></bpmn:boundaryEvent>
     <bpmn:endEvent id="without"><bpmn:incoming>x</bpmn:incoming></bpmn:endEvent><bpmn:sequenceFlow id="x" sourceRef="sorry" targetRef="without"/></bpmn:process>`,
  );
  await world.deploy(caught);
  const first = await waitingJob(world);
  const byCode = await call(
    'POST',
    '/error',
    {},
    ce('Failed', { ...first.keys, 'Ce-ErrorCode': 'sold-out' }),
  );
  assert.equal(byCode.status, 200);
  assert.equal(byCode.json.fates[0].kind, 'errorReply');
  const second = await waitingJob(world);
  assert.equal((await call('POST', '/error', {}, ce('sold-out', second.keys))).status, 200);
  assert.equal(completed(world).filter((id) => id === 'without').length, 2);
  assert.deepEqual(incidentsOf(world), []);
  assert.equal((await call('POST', '/error', {}, ce('sold-out', second.keys))).status, 409);
  assert.equal((await call('POST', '/error', {}, ce('sold-out'))).status, 404);
});

test('F16 POST /deploy deploys or leaves nothing behind; what it deployed listens at once', async (t) => {
  const { call, world } = await serveLegacy(t);
  const joined = modelOf('BEGIN', [startBy('Joined'), end], message('Joined'));
  const broken = joined.replace('messageRef="m-Joined"', 'messageRef="nothing"');
  const refused = await call('POST', '/deploy', { name: 'begin.bpmn', workflowDefinition: broken });
  assert.equal(refused.status, 400);
  assert.equal((await call('POST', '/message', {}, ce('Joined'))).status, 404);
  const deployed = await call('POST', '/deploy', { name: 'begin.bpmn', workflowDefinition: joined });
  assert.equal(deployed.status, 200);
  const [{ workflowKey }] = deployed.json.workflows;
  assert.deepEqual((await call('GET', '/messages')).json, { [workflowKey]: ['Joined'] });
  assert.equal((await call('POST', '/message', {}, ce('Joined'))).status, 200);
  assert.deepEqual(completed(world), ['start', 'end', 'BEGIN']);
});

test('F10 state and tables are JSON', async (t) => {
  const { call, world } = await serveLegacy(t);
  await world.deploy(asking);
  const { instance, job, keys } = await waitingJob(world);
  assert.deepEqual((await call('GET', '/status')).json, {
    'zeebe.broker.contactPoint': '127.0.0.1:26500',
    plainTextConnection: true,
  });
  assert.deepEqual((await call('GET', '/jobs')).json, {
    [keys['Ce-WorkflowKey']]: { [instance]: [String(job.key)] },
  });
  assert.deepEqual((await call('GET', '/actuator/health')).json, { status: 'UP' });
  const told = { workflowKey: keys['Ce-WorkflowKey'], messageName: 'Extra' };
  assert.equal((await call('POST', '/messages', told)).status, 200);
  assert.deepEqual((await call('GET', '/messages')).json, { [told.workflowKey]: ['Extra'] });
  const kept = await call('POST', '/message', {}, ce('Extra', { 'Ce-CorrelationKey': 'k' }));
  assert.equal(kept.status, 202, 'events of a name that was told wait');
});
