import assert from 'node:assert/strict';
import type { Tutti } from './tutti.ts';

/** Goes past all that leaves something behind: a job that fails, a decision, a message, a user task, a call. */
const LONG = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <bpmn:message id="m" name="Order.Paid"><bpmn:extensionElements><zeebe:subscription correlationKey="=order" /></bpmn:extensionElements></bpmn:message>
  <bpmn:process id="long" isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:serviceTask id="work"><bpmn:extensionElements><zeebe:taskDefinition type="=type" /></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:businessRuleTask id="rate"><bpmn:extensionElements><zeebe:calledDecision decisionId="rate" resultVariable="rate" /></bpmn:extensionElements></bpmn:businessRuleTask>
    <bpmn:receiveTask id="paid" messageRef="m" />
    <bpmn:userTask id="ask"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask>
    <bpmn:callActivity id="call"><bpmn:extensionElements><zeebe:calledElement processId="short" /></bpmn:extensionElements></bpmn:callActivity>
    <bpmn:endEvent id="end" />
    ${['start', 'work', 'rate', 'paid', 'ask', 'call', 'end']
      .map((id, at, all) => {
        const next = all[at + 1];
        return next === undefined
          ? ''
          : `<bpmn:sequenceFlow id="${id}-${next}" sourceRef="${id}" targetRef="${next}" />`;
      })
      .join('')}
  </bpmn:process>
  <bpmn:process id="short" isExecutable="true">
    <bpmn:startEvent id="short-start" />
    <bpmn:endEvent id="short-end" />
    <bpmn:sequenceFlow id="short-flow" sourceRef="short-start" targetRef="short-end" />
  </bpmn:process>
</bpmn:definitions>`;
const DECISION = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drg" name="Rules" namespace="t">
  <decision id="rate" name="Rate"><variable name="rate" /><literalExpression><text>1 + 1</text></literalExpression></decision>
</definitions>`;

export type Item = Readonly<Record<string, unknown>>;

/** Tutti over HTTP. */
export class Site {
  readonly tutti: Tutti;

  constructor(tutti: Tutti) {
    this.tutti = tutti;
  }

  async call(method: string, path: string, body?: object, headers: object = {}): Promise<Response> {
    return fetch(this.tutti.addresses.http + path, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async json<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await this.call(method, path, body);
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  async deploy(): Promise<void> {
    const form = new FormData();
    form.append('resources', new Blob([LONG]), 'long.bpmn');
    form.append('resources', new Blob([DECISION]), 'rules.dmn');
    const response = await fetch(`${this.tutti.addresses.http}/v2/deployments`, {
      method: 'POST',
      body: form,
    });
    assert.equal(response.status, 200, await response.text());
  }

  async create(processDefinitionId: string, variables: object): Promise<string> {
    const body = { processDefinitionId, variables };
    const made = await this.json<{ processInstanceKey: string }>('POST', '/v2/process-instances', body);
    return made.processInstanceKey;
  }

  async items(what: string, filter: object = {}): Promise<readonly Item[]> {
    const page = { limit: 1000 };
    return (await this.json<{ items: readonly Item[] }>('POST', `/v2/${what}/search`, { filter, page }))
      .items;
  }

  /** From the start to the user task, by way of an incident. */
  async toUserTask(order: string): Promise<string> {
    const key = await this.create('long', { order, type: 'work' });
    const activation = { type: 'work', timeout: 60_000, maxJobsToActivate: 1 };
    const take = async (): Promise<Item> => {
      const { jobs } = await this.json<{ jobs: readonly Item[] }>('POST', '/v2/jobs/activation', activation);
      return jobs[0] ?? assert.fail('no job');
    };
    const { jobKey } = await take();
    await this.json('POST', `/v2/jobs/${jobKey}/failure`, { retries: 0, errorMessage: 'broken' });
    await this.json('PATCH', `/v2/jobs/${jobKey}`, { changeset: { retries: 1 } });
    const [incident] = await this.items('incidents', { processInstanceKey: key, state: 'ACTIVE' });
    await this.json('POST', `/v2/incidents/${incident?.['incidentKey']}/resolution`, {});
    await take();
    await this.json('POST', `/v2/jobs/${jobKey}/completion`, {});
    const event = { specversion: '1.0', id: order, source: '/shop', type: 'Order.Paid', subject: order };
    const headers = { 'content-type': 'application/cloudevents+json' };
    const sent = await this.call('POST', '/events', { ...event, data: { order } }, headers);
    assert.equal(sent.status, 202, await sent.text());
    await this.until(async () => (await this.items('user-tasks', { processInstanceKey: key })).length === 1);
    return key;
  }

  async toEnd(order: string): Promise<string> {
    const key = await this.toUserTask(order);
    const [found] = await this.items('user-tasks', { processInstanceKey: key });
    await this.json('POST', `/v2/user-tasks/${found?.['userTaskKey']}/completion`, {});
    const { state } = await this.json<{ state: string }>('GET', `/v2/process-instances/${key}`);
    assert.equal(state, 'COMPLETED');
    return key;
  }

  async pass(ms: number): Promise<void> {
    await this.json('PUT', '/v2/clock', { timestamp: Date.now() + ms });
  }

  /** Looks again until it holds; the time-out of the test ends it otherwise. */
  async until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
