import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Item, Site } from './site.test-helper.ts';
import { startTutti } from './tutti.ts';

/** Where an instance stands; `broken` has an incident at its job. */
type Place = 'work' | 'broken' | 'paid' | 'ask';

interface Running {
  readonly key: string;
  readonly order: string;
  place: Place;
  jobKey?: string;
}

const KINDS = [
  'start',
  'set',
  'fail',
  'resolve',
  'complete',
  'publish',
  'correlate',
  'send',
  'assign',
  'finish',
  'cancel',
  'evaluate',
  'deploy',
] as const;
type Kind = (typeof KINDS)[number];
/** `pick` chooses the instance, and values. */
type Command = readonly [kind: Kind, pick: number];

/** Names of clients are never used twice, whatever is tried again. */
let clients = 0;

/** One of several: does a command, and asks at once for what it has changed. It never waits. */
class Client {
  readonly #site: Site;
  readonly #name = `client-${++clients}`;
  #running: Running[] = [];
  #orders = 0;
  #deployed = 0;

  constructor(site: Site) {
    this.#site = site;
  }

  async run(commands: readonly Command[]): Promise<void> {
    for (const [kind, pick] of commands) await this.#do(kind, pick);
  }

  /** An instance that stands at one of these places. */
  #at(pick: number, ...places: readonly Place[]): Running | undefined {
    const there = this.#running.filter(({ place }) => places.includes(place));
    return there[pick % Math.max(1, there.length)];
  }

  async #do(kind: Kind, pick: number): Promise<void> {
    switch (kind) {
      case 'start':
        return this.#start();
      case 'set':
        return this.#set(this.#at(pick, 'work', 'broken', 'paid', 'ask'), pick);
      case 'fail':
        return this.#fail(this.#at(pick, 'work'));
      case 'resolve':
        return this.#resolve(this.#at(pick, 'broken'));
      case 'complete':
        return this.#complete(this.#at(pick, 'work'));
      case 'publish':
      case 'correlate':
      case 'send':
        return this.#pay(this.#at(pick, 'paid'), kind);
      case 'assign':
        return this.#assign(this.#at(pick, 'ask'), pick);
      case 'finish':
        return this.#finish(this.#at(pick, 'ask'));
      case 'cancel':
        return this.#cancel(this.#at(pick, 'work', 'broken', 'paid', 'ask'));
      case 'evaluate':
        return this.#evaluate();
      case 'deploy':
        return this.#deploy();
    }
  }

  async #found(what: string, filter: object, expected: object, count = 1): Promise<Item> {
    const items = await this.#site.items(what, filter);
    const told = `${what} ${JSON.stringify(filter)}: ${JSON.stringify(items)}`;
    assert.equal(items.length, count, told);
    for (const item of items)
      for (const [name, value] of Object.entries(expected)) assert.deepEqual(item[name], value, told);
    return items[0] ?? {};
  }

  async #start(): Promise<void> {
    const order = `${this.#name}-${++this.#orders}`;
    const key = await this.#site.create('long', { order, type: this.#name });
    const of = { processInstanceKey: key };
    await this.#found('process-instances', of, { state: 'ACTIVE', hasIncident: false });
    await this.#found('element-instances', { ...of, elementId: 'work' }, { state: 'ACTIVE' });
    await this.#found('variables', { ...of, name: 'order' }, { value: JSON.stringify(order) });
    const { jobKey } = await this.#found('jobs', of, { state: 'CREATED', type: this.#name });
    this.#running.push({ key, order, place: 'work', jobKey: String(jobKey) });
  }

  async #set(instance: Running | undefined, pick: number): Promise<void> {
    if (instance === undefined) return;
    const variables = { [`v${pick % 3}`]: pick };
    await this.#site.json('PUT', `/v2/element-instances/${instance.key}/variables`, { variables });
    const filter = { processInstanceKey: instance.key, name: `v${pick % 3}` };
    await this.#found('variables', filter, { value: String(pick), scopeKey: instance.key });
  }

  async #take(instance: Running): Promise<void> {
    const activation = { type: this.#name, timeout: 1, maxJobsToActivate: 100 };
    const { jobs } = await this.#site.json<{ jobs: readonly Item[] }>(
      'POST',
      '/v2/jobs/activation',
      activation,
    );
    // Another job of this client may be held for a moment longer; the one that is meant can be failed without.
    assert.ok(jobs.length <= this.#running.length);
    assert.ok(instance.jobKey);
  }

  async #fail(instance: Running | undefined): Promise<void> {
    if (instance === undefined) return;
    await this.#take(instance);
    const body = { retries: 0, errorMessage: `broken ${instance.order}` };
    const failed = await this.#site.call('POST', `/v2/jobs/${instance.jobKey}/failure`, body);
    // It was held for one millisecond only.
    if (failed.status === 409) return;
    assert.equal(failed.status, 204, await failed.text());
    instance.place = 'broken';
    const of = { processInstanceKey: instance.key };
    await this.#found('jobs', of, { state: 'FAILED', retries: 0, errorMessage: body.errorMessage });
    await this.#found(
      'incidents',
      { ...of, state: 'ACTIVE' },
      { errorMessage: body.errorMessage, jobKey: instance.jobKey },
    );
    await this.#found('process-instances', { ...of, hasIncident: true }, { state: 'ACTIVE' });
    await this.#found('element-instances', { ...of, hasIncident: true }, { elementId: 'work' });
  }

  async #resolve(instance: Running | undefined): Promise<void> {
    if (instance === undefined) return;
    const of = { processInstanceKey: instance.key };
    await this.#site.json('PATCH', `/v2/jobs/${instance.jobKey}`, { changeset: { retries: 2 } });
    await this.#found('jobs', of, { state: 'RETRIES_UPDATED', retries: 2 });
    const { incidentKey } = await this.#found('incidents', { ...of, state: 'ACTIVE' }, {});
    await this.#site.json('POST', `/v2/incidents/${incidentKey}/resolution`, {});
    await this.#found('incidents', { ...of, incidentKey }, { state: 'RESOLVED' });
    await this.#found('process-instances', of, { hasIncident: false });
    instance.place = 'work';
  }

  async #complete(instance: Running | undefined): Promise<void> {
    if (instance === undefined) return;
    await this.#take(instance);
    const done = await this.#site.call('POST', `/v2/jobs/${instance.jobKey}/completion`, {
      variables: { done: instance.order },
    });
    assert.equal(done.status, 204, await done.text());
    instance.place = 'paid';
    const of = { processInstanceKey: instance.key };
    await this.#found('jobs', of, { state: 'COMPLETED' });
    await this.#found('variables', { ...of, name: 'done' }, { value: JSON.stringify(instance.order) });
    await this.#found('decision-instances', of, { state: 'EVALUATED', result: '2' });
    await this.#found('message-subscriptions', of, {
      messageSubscriptionState: 'CREATED',
      correlationKey: instance.order,
    });
    await this.#found('element-instances', { ...of, state: 'ACTIVE' }, { elementId: 'paid' });
  }

  async #pay(instance: Running | undefined, how: 'publish' | 'correlate' | 'send'): Promise<void> {
    if (instance === undefined) return;
    const { order, key } = instance;
    if (how === 'send') {
      const event = {
        specversion: '1.0',
        id: order,
        source: '/shop',
        type: 'Order.Paid',
        subject: order,
        data: { order },
      };
      const headers = { 'content-type': 'application/cloudevents+json' };
      const sent = await this.#site.call('POST', '/events', event, headers);
      assert.equal(sent.status, 202, await sent.text());
      // Events are accepted first and routed then: the answer promises no more.
      const there = async () =>
        (await this.#site.items('user-tasks', { processInstanceKey: key })).length === 1;
      await this.#site.until(there);
    } else {
      const body = { name: 'Order.Paid', correlationKey: order, variables: { paid: true } };
      await this.#site.json(
        'POST',
        `/v2/messages/${how === 'publish' ? 'publication' : 'correlation'}`,
        body,
      );
    }
    instance.place = 'ask';
    const of = { processInstanceKey: key };
    await this.#found('message-subscriptions', of, { messageSubscriptionState: 'CORRELATED' });
    await this.#found('correlated-message-subscriptions', of, {
      messageName: 'Order.Paid',
      correlationKey: order,
    });
    await this.#found('user-tasks', of, { state: 'CREATED', assignee: null });
    await this.#found('element-instances', { ...of, elementId: 'paid' }, { state: 'COMPLETED' });
  }

  async #assign(instance: Running | undefined, pick: number): Promise<void> {
    if (instance === undefined) return;
    const of = { processInstanceKey: instance.key };
    const { userTaskKey } = await this.#found('user-tasks', of, { state: 'CREATED' });
    const assignee = `person-${pick % 5}`;
    await this.#site.json('POST', `/v2/user-tasks/${userTaskKey}/assignment`, {
      assignee,
      allowOverride: true,
    });
    await this.#found('user-tasks', { ...of, assignee }, { userTaskKey });
  }

  async #finish(instance: Running | undefined): Promise<void> {
    if (instance === undefined) return;
    const of = { processInstanceKey: instance.key };
    const { userTaskKey } = await this.#found('user-tasks', of, { state: 'CREATED' });
    await this.#site.json('POST', `/v2/user-tasks/${userTaskKey}/completion`, { variables: { asked: true } });
    await this.#found('user-tasks', of, { state: 'COMPLETED' });
    await this.#found('process-instances', of, { state: 'COMPLETED' });
    await this.#found(
      'process-instances',
      { parentProcessInstanceKey: instance.key },
      { state: 'COMPLETED' },
    );
    await this.#found('element-instances', { ...of, state: 'ACTIVE' }, {}, 0);
    await this.#found('variables', { ...of, name: 'asked' }, { value: 'true' });
    this.#ended(instance);
  }

  async #cancel(instance: Running | undefined): Promise<void> {
    if (instance === undefined) return;
    await this.#site.json('POST', `/v2/process-instances/${instance.key}/cancellation`, {});
    const of = { processInstanceKey: instance.key };
    await this.#found('process-instances', of, { state: 'TERMINATED', hasIncident: false });
    await this.#found('element-instances', { ...of, state: 'ACTIVE' }, {}, 0);
    await this.#found('incidents', { ...of, state: 'ACTIVE' }, {}, 0);
    await this.#found('user-tasks', { ...of, state: 'CREATED' }, {}, 0);
    await this.#found('message-subscriptions', { ...of, messageSubscriptionState: 'CREATED' }, {}, 0);
    if (instance.place === 'work' || instance.place === 'broken')
      await this.#found('jobs', of, { state: 'CANCELED' });
    this.#ended(instance);
  }

  async #evaluate(): Promise<void> {
    const body = { decisionDefinitionId: 'rate', variables: { who: this.#name } };
    const { decisionEvaluationKey } = await this.#site.json<Item>(
      'POST',
      '/v2/decision-definitions/evaluation',
      body,
    );
    await this.#found('decision-instances', { decisionEvaluationKey }, { result: '2' });
  }

  async #deploy(): Promise<void> {
    const xml = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
      <bpmn:process id="${this.#name}" isExecutable="true"><bpmn:startEvent id="s${++this.#deployed}" /></bpmn:process></bpmn:definitions>`;
    const form = new FormData();
    form.append('resources', new Blob([xml]), `${this.#name}.bpmn`);
    const answer = await fetch(`${this.#site.tutti.addresses.http}/v2/deployments`, {
      method: 'POST',
      body: form,
    });
    assert.equal(answer.status, 200, await answer.text());
    const of = { processDefinitionId: this.#name };
    await this.#found('process-definitions', of, {}, this.#deployed);
    await this.#found('process-definitions', { ...of, isLatestVersion: true }, { version: this.#deployed });
  }

  #ended(instance: Running): void {
    this.#running = this.#running.filter((other) => other !== instance);
  }
}

const command = fc.tuple(
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Kind>('start') },
    { weight: 26, arbitrary: fc.constantFrom(...KINDS) },
  ),
  fc.nat(1000),
);

test('whoever got an answer finds what it did in the read model at once, among others who do the same', {
  timeout: 120_000,
}, async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'tutti-own-writes-'));
  const tutti = await startTutti({ data, http: 0, grpc: 0 });
  t.after(async () => {
    await tutti.close();
    rmSync(data, { recursive: true, force: true });
  });
  const site = new Site(tutti);
  await site.deploy();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(command, { minLength: 20, maxLength: 60 }), { minLength: 4, maxLength: 6 }),
      async (plans) => {
        await Promise.all(plans.map((plan) => new Client(site).run(plan)));
      },
    ),
    { numRuns: 4, endOnFailure: true },
  );
});
