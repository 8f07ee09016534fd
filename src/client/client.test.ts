import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { startTutti, type Tutti } from '../tutti.ts';
import {
  BpmnError,
  type Event,
  EventRefusal,
  JobFailure,
  nodeListener,
  type ReceiveOptions,
  receiveEvents,
  TuttiClient,
  TuttiError,
} from './index.ts';

const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">
  <bpmn:process id="order" isExecutable="true">
    <bpmn:startEvent id="start"><bpmn:outgoing>a</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="a" sourceRef="start" targetRef="pay" />
    <bpmn:serviceTask id="pay">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="pay" /><zeebe:taskHeaders><zeebe:header key="unit" value="EUR" /></zeebe:taskHeaders>
      </bpmn:extensionElements>
      <bpmn:incoming>a</bpmn:incoming><bpmn:outgoing>b</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:boundaryEvent id="declined" attachedToRef="pay"><bpmn:outgoing>c</bpmn:outgoing>
      <bpmn:errorEventDefinition errorRef="e" />
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="b" sourceRef="pay" targetRef="end" />
    <bpmn:sequenceFlow id="c" sourceRef="declined" targetRef="refused" />
    <bpmn:endEvent id="end"><bpmn:incoming>b</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="refused">
      <bpmn:extensionElements><zeebe:ioMapping><zeebe:output source="=&quot;refused&quot;" target="outcome" /></zeebe:ioMapping></bpmn:extensionElements>
      <bpmn:incoming>c</bpmn:incoming>
    </bpmn:endEvent>
  </bpmn:process>
  <bpmn:error id="e" errorCode="DECLINED" />
  <bpmn:process id="parcel" isExecutable="true">
    <bpmn:startEvent id="start2"><bpmn:outgoing>d</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="d" sourceRef="start2" targetRef="wait" />
    <bpmn:receiveTask id="wait" messageRef="arrived"><bpmn:incoming>d</bpmn:incoming><bpmn:outgoing>f</bpmn:outgoing></bpmn:receiveTask>
    <bpmn:sequenceFlow id="f" sourceRef="wait" targetRef="end2" />
    <bpmn:endEvent id="end2"><bpmn:incoming>f</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmn:message id="arrived" name="Parcel.Arrived">
    <bpmn:extensionElements><zeebe:subscription correlationKey="=parcelId" /></bpmn:extensionElements>
  </bpmn:message>
</bpmn:definitions>`;
const SECRET = 'a secret of at least 24 bytes';

let folder: string;
let tutti: Tutti;
let client: TuttiClient;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tutti-client-'));
  tutti = await startTutti({ data: folder, http: 0, grpc: 0 });
  client = new TuttiClient({ url: tutti.addresses.http });
  const { processes } = await client.deploy({ name: 'order.bpmn', content: MODEL });
  assert.deepEqual(
    processes.map(({ processDefinitionId }) => processDefinitionId),
    ['order', 'parcel'],
  );
});
after(async () => {
  await tutti?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A service that takes events at an address of its own. */
async function serve(t: TestContext, handler: Parameters<typeof receiveEvents>[0], options?: ReceiveOptions) {
  const server = createServer(nodeListener(receiveEvents(handler, options)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sink`;
}

describe('workers of the client', () => {
  it('complete jobs with variables', async () => {
    await using _worker = client.worker<{ amount: number }>(
      'pay',
      ({ variables, customHeaders, elementId }) => ({
        paid: `${variables.amount} ${customHeaders['unit']} at ${elementId}`,
      }),
    );
    const { variables } = await client.startWithResult<{ paid: string }>('order', { amount: 12.5 });
    assert.equal(variables.paid, '12.5 EUR at pay');
  });

  it('throw errors that the model catches', async () => {
    await using _worker = client.worker('pay', () => {
      throw new BpmnError('DECLINED', 'no cover');
    });
    const { variables } = await client.startWithResult('order');
    assert.equal(variables['outcome'], 'refused');
  });

  it('fail jobs, which come again while they have retries', async () => {
    const retries: number[] = [];
    await using _worker = client.worker('pay', (job) => {
      retries.push(job.retries);
      if (job.retries === 3) throw new Error('the bank is closed');
      if (job.retries === 2) throw new JobFailure('not yet', { retries: 9, retryBackOff: 1 });
      return { tries: retries.length };
    });
    const { variables } = await client.startWithResult('order');
    assert.deepEqual(retries, [3, 2, 9]);
    assert.equal(variables['tries'], 3);
  });

  it('do no more jobs at a time than they may', async () => {
    let underWay = 0;
    let most = 0;
    await using _worker = client.worker(
      'pay',
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
      },
      { maxJobs: 2 },
    );
    await Promise.all(Array.from({ length: 7 }, () => client.startWithResult('order')));
    assert.ok(most === 1 || most === 2, String(most));
  });

  it('let jobs under way end before they stop, and then ask for no more', async () => {
    const started = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const worker = client.worker('pay', async () => {
      started.resolve();
      await go.promise;
      return { late: true };
    });
    const result = client.startWithResult('order');
    await started.promise;
    const stopped = worker.stop();
    go.resolve();
    await stopped;
    assert.equal((await result).variables['late'], true);
    await assert.rejects(client.startWithResult('order', {}, { timeoutMs: 50 }), { status: 504 });
    await using _other = client.worker('pay', () => undefined);
  });

  it('go on when the server cannot be reached for a while', async () => {
    const errors: unknown[] = [];
    let broken = true;
    const flaky = new TuttiClient({
      url: tutti.addresses.http,
      fetch: async (input, init) => {
        if (broken) throw new TypeError('fetch failed');
        return fetch(input, init);
      },
    });
    await using _worker = flaky.worker('pay', () => ({ reached: true }), {
      backOff: { firstMs: 1, mostMs: 2 },
      onError: (error) => {
        errors.push(error);
        if (errors.length === 3) broken = false;
      },
    });
    const { variables } = await client.startWithResult('order');
    assert.equal(variables['reached'], true);
    assert.equal(errors.length, 3);
  });
});

describe('events of the client', () => {
  it('are published one by one and in batches, and repeats are told', async () => {
    const one = await client.publish({ type: 'Test.One', data: { a: 1 } });
    assert.equal(one.source, '/client');
    assert.equal(one.duplicate, false);
    const again = await client.publish([
      { type: 'Test.One', id: one.id, source: one.source },
      { type: 'Test.Two', subject: 'x' },
    ]);
    assert.deepEqual(
      again.map(({ duplicate }) => duplicate),
      [true, false],
    );
    assert.equal(again[0]?.sequence, one.sequence);
    assert.deepEqual(await client.publish([]), []);
  });

  it('are refused by name before they are sent', async () => {
    await assert.rejects(client.publish({ type: '' }), /type/);
    await assert.rejects(client.publish({ type: 'T', 'not-a-name': 1 }), /not-a-name/);
  });

  it('are delivered signed to a subscription, and its reply comes back', async (t) => {
    const taken: Event[] = [];
    const sink = await serve(
      t,
      (event) => {
        taken.push(event);
        return { type: 'Test.Answer', data: { to: event.id } };
      },
      { secret: SECRET },
    );
    const stop = new AbortController();
    const answers = client.follow({ type: 'Test.Answer', signal: stop.signal, after: 0 });
    const id = await client.subscribe({ sink, types: ['Test.Question'], secret: SECRET });
    const data = { text: 'ça va?', list: [1, 2.5, null] };
    const asked = await client.publish({ type: 'Test.Question', subject: 's', myext: 'x', data });
    const { value: answer } = await answers.next();
    assert.equal(answer?.source, '/sink');
    assert.equal(taken.length, 1);
    assert.deepEqual(taken[0]?.data, data);
    assert.equal(taken[0]?.['myext'], 'x');
    assert.equal(taken[0]?.id, asked.id);
    await client.unsubscribe(id);
    stop.abort();
    assert.equal((await answers.next()).done, true);
  });

  it('move processes as messages do', async () => {
    const parcels = [client.startWithResult('parcel', { parcelId: 'p-1' })];
    parcels.push(client.startWithResult('parcel', { parcelId: 'p-2' }));
    await client.publish({ type: 'Parcel.Arrived', subject: 'p-1', data: { by: 'event' } });
    await client.publishMessage('Parcel.Arrived', 'p-2', { by: 'message' }, { timeToLive: 60_000 });
    const results = await Promise.all(parcels);
    assert.deepEqual(
      results.map(({ variables }) => variables['by']),
      ['event', 'message'],
    );
  });

  it('are followed from where one was, each once', async () => {
    const first = await client.publish({ type: 'Test.Followed', subject: '1' });
    await client.publish({ type: 'Test.Followed', subject: '2' });
    const seen: string[] = [];
    for await (const { subject } of client.follow({ type: 'Test.Followed', after: first.sequence - 1 })) {
      seen.push(String(subject));
      if (seen.length === 2) await client.publish({ type: 'Test.Followed', subject: '3' });
      if (seen.length === 3) break;
    }
    assert.deepEqual(seen, ['1', '2', '3']);
  });
});

describe('a handler of deliveries', () => {
  const post = (headers: Record<string, string>, body = '') =>
    new Request('http://localhost/sink', { method: 'POST', headers, body });
  const event = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 'T' };

  it('refuses what is not signed, signed otherwise, or signed long ago', async () => {
    const receive = receiveEvents(() => undefined, { secret: SECRET });
    const now = String(Math.floor(Date.now() / 1000));
    const old = String(Math.floor(Date.now() / 1000) - 3600);
    const signed = async (timestamp: string, secret = SECRET) => {
      const key = await crypto.subtle.importKey(
        'raw',
        new TextEncoder().encode(secret),
        { name: 'HMAC', hash: 'SHA-256' },
        false,
        ['sign'],
      );
      const bytes = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`m.${timestamp}.{}`));
      const signature = `v1,bm8= v1,${btoa(String.fromCharCode(...new Uint8Array(bytes)))}`;
      return { ...event, 'webhook-id': 'm', 'webhook-timestamp': timestamp, 'webhook-signature': signature };
    };
    const status = async (headers: Record<string, string>) => (await receive(post(headers, '{}'))).status;
    assert.equal(await status(event), 401);
    assert.equal(await status(await signed(now, `${SECRET}!`)), 401);
    assert.equal(await status(await signed(old)), 401);
    assert.equal(await status({ ...(await signed(now)), 'webhook-signature': 'v1,%%' }), 401);
    assert.equal(await status(await signed(now)), 202);
  });

  it('answers what it cannot read, what is too long, what is refused, and what went wrong', async () => {
    const errors: unknown[] = [];
    const receive = receiveEvents(
      ({ subject }) => {
        if (subject === 'no') throw new EventRefusal(422, 'no such order');
        throw new Error('a mistake');
      },
      { maxBytes: 10, onError: (error) => errors.push(error) },
    );
    assert.equal((await receive(new Request('http://localhost/'))).status, 405);
    assert.equal((await receive(post({}))).status, 400);
    assert.equal((await receive(post(event, 'x'.repeat(11)))).status, 413);
    const refused = await receive(post({ ...event, 'ce-subject': 'no' }));
    assert.equal(refused.status, 422);
    assert.match(await refused.text(), /no such order/);
    const failed = await receive(post(event));
    assert.equal(failed.status, 500);
    assert.doesNotMatch(await failed.text(), /a mistake/);
    assert.equal(String(errors[0]), 'Error: a mistake');
  });

  it('gives consent to those who may deliver webhooks, and to nobody else', async () => {
    const receive = receiveEvents(() => undefined, { allowedOrigins: ['good.example'] });
    const ask = async (origin: string) => {
      const headers = { 'webhook-request-origin': origin, 'webhook-request-rate': '60' };
      const { headers: answer } = await receive(
        new Request('http://localhost/', { method: 'OPTIONS', headers }),
      );
      return [answer.get('webhook-allowed-origin'), answer.get('webhook-allowed-rate')];
    };
    assert.deepEqual(await ask('good.example'), ['good.example', '60']);
    assert.deepEqual(await ask('bad.example'), [null, null]);
  });
});

it('the client tells what the server refuses', async () => {
  await assert.rejects(client.start('nobody'), (error) => {
    assert.ok(error instanceof TuttiError);
    assert.equal(error.status, 404);
    assert.equal(error.title, 'NOT_FOUND');
    assert.match(error.message, /nobody/);
    return true;
  });
  const { processInstanceKey } = await client.start('parcel', { parcelId: 'p-9' });
  await client.cancel(processInstanceKey);
  await assert.rejects(client.cancel(processInstanceKey), { status: 404 });
  await client.broadcastSignal('nobody listens');
  assert.throws(() => new TuttiClient({ url: 'localhost:8080' }), /http/);
});
