import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Item, Site } from './site.test-helper.ts';
import { startTutti } from './tutti.ts';

const DAY = 86_400_000;
const job = (id: string): string =>
  `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="${id}" /></bpmn:extensionElements><bpmn:incoming>to-${id}</bpmn:incoming></bpmn:serviceTask>`;
const flow = (id: string): string => `<bpmn:sequenceFlow id="to-${id}" sourceRef="fork" targetRef="${id}" />`;
const BRANCHES = ['work', 'ask', 'wait', 'broken', 'call', 'inside'];
/** Stands, after its start, at everything that can wait. */
const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:message id="m" name="paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order" /></bpmn:extensionElements></bpmn:message>
  <bpmn:message id="begin" name="begin" />
  <bpmn:process id="all" name="All that waits" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>to-fork</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="to-fork" sourceRef="start" targetRef="fork" />
    <bpmn:parallelGateway id="fork"><bpmn:incoming>to-fork</bpmn:incoming>${BRANCHES.map((id) => `<bpmn:outgoing>to-${id}</bpmn:outgoing>`).join('')}</bpmn:parallelGateway>
    ${BRANCHES.map(flow).join('')}
    ${job('work')}
    <bpmn:userTask id="ask" name="Ask"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition assignee="ada" candidateGroups="left" /></bpmn:extensionElements><bpmn:incoming>to-ask</bpmn:incoming></bpmn:userTask>
    <bpmn:receiveTask id="wait" messageRef="m"><bpmn:incoming>to-wait</bpmn:incoming></bpmn:receiveTask>
    <bpmn:scriptTask id="broken"><bpmn:extensionElements><zeebe:script expression="=assert(nobody, nobody != null)" resultVariable="r" /></bpmn:extensionElements><bpmn:incoming>to-broken</bpmn:incoming></bpmn:scriptTask>
    <bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="called" /></bpmn:extensionElements><bpmn:incoming>to-call</bpmn:incoming></bpmn:callActivity>
    <bpmn:subProcess id="inside"><bpmn:extensionElements><zeebe:ioMapping><zeebe:input source="=order" target="own" /></zeebe:ioMapping></bpmn:extensionElements><bpmn:incoming>to-inside</bpmn:incoming>
      <bpmn:startEvent id="inside-start"><bpmn:outgoing>inside-flow</bpmn:outgoing></bpmn:startEvent>
      <bpmn:sequenceFlow id="inside-flow" sourceRef="inside-start" targetRef="inside-wait" />
      <bpmn:intermediateCatchEvent id="inside-wait"><bpmn:incoming>inside-flow</bpmn:incoming><bpmn:timerEventDefinition><bpmn:timeDuration>P90D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    </bpmn:subProcess>
  </bpmn:process>
  <bpmn:process id="called" isExecutable="true">
    <bpmn:startEvent id="called-start"><bpmn:outgoing>called-flow</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="called-flow" sourceRef="called-start" targetRef="called-work" />
    <bpmn:serviceTask id="called-work"><bpmn:extensionElements><zeebe:taskDefinition type="called-work" /></bpmn:extensionElements><bpmn:incoming>called-flow</bpmn:incoming></bpmn:serviceTask>
  </bpmn:process>
  <bpmn:process id="by-message" isExecutable="true">
    <bpmn:startEvent id="message-start"><bpmn:outgoing>message-flow</bpmn:outgoing><bpmn:messageEventDefinition messageRef="begin" /></bpmn:startEvent>
    <bpmn:sequenceFlow id="message-flow" sourceRef="message-start" targetRef="message-end" />
    <bpmn:endEvent id="message-end"><bpmn:incoming>message-flow</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>`;
const DECISION = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drg" name="Rules" namespace="t">
  <decision id="rate" name="Rate"><literalExpression><text>1 + 1</text></literalExpression></decision>
</definitions>`;

const COLLECTIONS = [
  'process-definitions',
  'process-instances',
  'element-instances',
  'variables',
  'jobs',
  'incidents',
  'message-subscriptions',
  'user-tasks',
  'decision-definitions',
  'decision-requirements',
];
/** What state does not remember: when things began. */
const TIMES = /(?:Date|Time)$/;

/** All that a client sees of what lives, without times, in any order. */
async function living(site: Site): Promise<Readonly<Record<string, readonly string[]>>> {
  const shown: Record<string, readonly string[]> = {};
  const active = new Set(
    (await site.items('process-instances', { state: 'ACTIVE' })).map((item) => item['processInstanceKey']),
  );
  for (const what of COLLECTIONS) {
    const all = await site.items(what, what === 'element-instances' ? { state: 'ACTIVE' } : {});
    shown[what] = all
      .filter(({ processInstanceKey: key }) => key === undefined || key === null || active.has(key))
      .map((item) =>
        JSON.stringify(
          Object.entries(item)
            .filter(([name]) => !TIMES.test(name))
            .sort(),
        ),
      )
      .sort();
  }
  const definitions = await site.items('process-definitions', { processDefinitionId: 'all' });
  const key = definitions[0]?.['processDefinitionKey'];
  const xml = await site.call('GET', `/v2/process-definitions/${key}/xml`);
  const statistics = await site.call(
    'POST',
    `/v2/process-definitions/${key}/statistics/element-instances`,
    {},
  );
  const { items: counts } = (await statistics.json()) as { items: readonly Item[] };
  shown['statistics'] = counts
    .filter((count) => Number(count['active']) + Number(count['incidents']) > 0)
    .map(({ elementId, active: now, incidents }) => JSON.stringify([elementId, now, incidents]))
    .sort();
  return { ...shown, xml: [await xml.text()] };
}

test('a read model that is built again after pruning shows all that lives, and goes on from there', {
  timeout: 60_000,
}, async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'tutti-rebuild-'));
  const options = {
    data,
    http: 0,
    grpc: 0,
    clock: 'controllable',
    retentionAge: 7 * DAY,
    retentionPauseMs: 20,
  } as const;
  let tutti = await startTutti(options);
  let site = new Site(tutti);
  t.after(async () => {
    await tutti.close();
    rmSync(data, { recursive: true, force: true });
  });
  const form = new FormData();
  form.append('resources', new Blob([MODEL]), 'all.bpmn');
  form.append('resources', new Blob([DECISION]), 'rules.dmn');
  const deployed = await fetch(`${tutti.addresses.http}/v2/deployments`, { method: 'POST', body: form });
  assert.equal(deployed.status, 200, await deployed.text());
  const create = async (order: string): Promise<void> => {
    const body = { processDefinitionId: 'all', variables: { order }, tags: ['gold'] };
    const created = await site.call('POST', '/v2/process-instances', body);
    assert.equal(created.status, 200, await created.text());
  };
  await create('old');
  await site.call('PUT', '/v2/clock', { timestamp: Date.now() + 8 * DAY });
  await create('new');
  await site.until(async () => (await site.call('GET', '/api/records')).status === 410);
  const before = await living(site);
  assert.equal(before['process-instances']?.length, 4);
  assert.equal(before['incidents']?.length, 2);
  await tutti.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(data, `history.db${end}`), { force: true });

  tutti = await startTutti(options);
  site = new Site(tutti);
  assert.deepEqual(await living(site), before);
  for (const { startDate } of await site.items('process-instances')) assert.equal(typeof startDate, 'string');

  const [task] = await site.items('user-tasks', { state: 'CREATED' });
  const completed = await site.call('POST', `/v2/user-tasks/${task?.['userTaskKey']}/completion`, {});
  assert.equal(completed.status, 204, await completed.text());
  await create('later');
  assert.equal((await site.items('user-tasks', { state: 'CREATED' })).length, 2);
  const asking = (await living(site))['statistics']?.find((count) => count.includes('"ask"'));
  assert.equal(asking, '["ask",2,0]');

  await tutti.close();
  tutti = await startTutti(options);
  site = new Site(tutti);
  assert.equal((await site.items('user-tasks', { state: 'CREATED' })).length, 2, 'it is not filled in twice');
});
