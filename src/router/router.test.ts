import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphElement, ProcessGraph } from '../bpmn/graph.ts';
import { type CloudEvent, decodeUtf8, encodeUtf8, idOf, makeEvent, subjectOf } from '../cloudevents/index.ts';
import type { LogRecord } from '../engine/records/log.ts';
import type { JobValue } from '../engine/records/record.ts';
import {
  bindingsOf,
  documentOf,
  documentText,
  eventOfJob,
  type Fate,
  jobEventId,
  type Listener,
  longestLife,
  publicationOf,
  type RouterView,
  type Routing,
  readJobHeaders,
  route,
  showFate,
  tellFate,
  variablesOf,
  type WaitingJob,
  wholeFate,
} from './index.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const settings = { engineId: 'engine-1', timeToLive: 3_600_000 };

interface Parts {
  readonly id?: string;
  readonly subject?: string;
  readonly data?: string;
  readonly contentType?: string;
  readonly extensions?: Record<string, string>;
}

function event(
  type: string,
  { id = 'e1', subject, data, contentType, extensions = {} }: Parts = {},
): CloudEvent {
  const bytes = data === undefined ? undefined : encodeUtf8(data);
  const datacontenttype = data === undefined ? undefined : (contentType ?? 'application/json');
  return makeEvent({ id, source: '/test', type, subject, extensions, datacontenttype, data: bytes });
}

interface Present {
  readonly jobs?: readonly WaitingJob[];
  readonly names?: readonly string[];
  readonly starts?: readonly string[];
  readonly replyTypes?: readonly string[];
  readonly timeToLive?: number;
}

function listener(startsOne: boolean, timeToLive?: number): Listener {
  const use = timeToLive === undefined ? {} : { timeToLive };
  return { bpmnProcessId: 'P', elementId: 'wait', starts: startsOne, use, names: ['1:wait'] };
}

function view({ jobs = [], names = [], starts = [], replyTypes = [], timeToLive }: Present): RouterView {
  return {
    job: (key) => jobs.find(({ jobKey }) => jobKey === key),
    jobsWaitingFor: (type, key) =>
      jobs.filter(({ waitType, correlationKey }) => waitType === type && correlationKey === key),
    isMessageName: (type) => names.includes(type),
    audience: (type) => ({
      messages: names.includes(type)
        ? [{ name: type, listeners: [listener(starts.includes(type), timeToLive)] }]
        : [],
      starts: [],
    }),
    isReplyType: (type) => replyTypes.includes(type),
    timeToLive: () => timeToLive,
  };
}

const job: WaitingJob = {
  jobKey: 100,
  processInstanceKey: 90,
  elementId: 'pay',
  waitType: 'Paid',
  correlationKey: 'o1',
};
const requestOf = (routing: Routing) => (routing.kind === 'messages' ? routing.publications[0] : undefined);
const routed = (what: CloudEvent, present: Present) => route(what, view(present), settings, NOW);

test('a reply is found by the key of its job, by the subject of three keys, or by type and correlation key', () => {
  for (const parts of [
    { extensions: { jobkey: '100' } },
    { subject: '80:90:100' },
    { extensions: { correlationkey: 'o1' } },
    { subject: 'o1' },
  ]) {
    const routing = routed(event('Paid', parts), { jobs: [job] });
    assert.equal(routing.kind, 'reply', JSON.stringify(parts));
  }
});

test('the key of a job counts more than a correlation key', () => {
  const other = { ...job, jobKey: 101, correlationKey: 'o2' };
  const extensions = { jobkey: '101', correlationkey: 'o1' };
  const routing = routed(event('Paid', { extensions }), { jobs: [job, other] });
  assert.equal(routing.kind === 'reply' && routing.job.jobKey, 101);
});

test('F4 an event of another type than the job waits for is not its reply', () => {
  const parts = { extensions: { jobkey: '100' } };
  assert.equal(routed(event('Refused', parts), { jobs: [job] }).kind, 'unmatched');
  const { waitType: _any, ...anyType } = job;
  assert.equal(routed(event('Refused', parts), { jobs: [anyType] }).kind, 'reply');
});

test('a reply is only a reply: it becomes no message as well', () => {
  const routing = routed(event('Paid', { extensions: { correlationkey: 'o1' } }), {
    jobs: [job],
    names: ['Paid'],
  });
  assert.equal(routing.kind, 'reply');
});

test('an event that a job has sent is not its own reply, but may be a message', () => {
  const id = jobEventId('engine-1', 100);
  const extensions = { jobkey: '100', correlationkey: 'o1' };
  assert.equal(routed(event('Paid', { id, extensions }), { jobs: [job] }).kind, 'unmatched');
  assert.equal(routed(event('Paid', { id, extensions }), { jobs: [job], names: ['Paid'] }).kind, 'messages');
});

test('F5 a job that is gone makes a reply late, unless it is a message too or another job waits', () => {
  const gone = { ...job, gone: 'it was canceled' };
  const byKey = event('Paid', { extensions: { correlationkey: 'o1' } });
  const late = routed(byKey, { jobs: [gone] });
  assert.equal(late.kind === 'lateReply' && late.reason, 'it was canceled');
  assert.equal(routed(byKey, { jobs: [gone], names: ['Paid'] }).kind, 'messages');
  const next = { ...job, jobKey: 101 };
  const routing = routed(byKey, { jobs: [gone, next] });
  assert.equal(routing.kind === 'reply' && routing.job.jobKey, 101);
});

test('F5 keys that are no keys of jobs match nothing and break nothing', () => {
  for (const jobkey of ['abc', '-1', '99999999999999999999', '', ' 100']) {
    const routing = routed(event('Paid', { extensions: { jobkey } }), { jobs: [job] });
    assert.deepEqual(routing, { kind: 'unknownJob', jobKey: jobkey });
  }
});

test('F5 a reply that no job waits for yet is early if some model waits for its type', () => {
  const extensions = { correlationkey: 'o1' };
  const routing = routed(event('Paid', { extensions }), { replyTypes: ['Paid'], timeToLive: 500 });
  assert.deepEqual(routing, { kind: 'earlyReply', correlationKey: 'o1', until: NOW + 500 });
  assert.equal(routed(event('Paid'), { replyTypes: ['Paid'] }).kind, 'unmatched');
});

test('F14 a message needs a correlation key, unless it starts an instance', () => {
  const named = { names: ['Paid'] };
  const unmatched = routed(event('Paid'), named);
  assert.match((unmatched.kind === 'messages' && unmatched.reason) || '', /no correlation key/);
  const started = routed(event('Paid'), { ...named, starts: ['Paid'] });
  assert.equal(requestOf(started)?.correlationKey, '');
  const both = routed(event('Paid', { subject: 's', extensions: { correlationkey: 'k' } }), named);
  assert.equal(requestOf(both)?.correlationKey, 'k');
});

test('F15 the life of a message is its expirytime, else what the model says, else the setting', () => {
  const life = (parts: Parts, timeToLive?: number) => {
    const routing = routed(event('Paid', { subject: 'o1', ...parts }), {
      names: ['Paid'],
      ...(timeToLive !== undefined && { timeToLive }),
    });
    return requestOf(routing)?.timeToLive ?? routing.kind;
  };
  const expirytime = (ms: number) => ({ extensions: { expirytime: new Date(NOW + ms).toISOString() } });
  assert.equal(life({}), 3_600_000);
  assert.equal(life({}, 0), 0);
  assert.equal(life(expirytime(7000), 500), 7000);
  assert.equal(life(expirytime(0)), 'expired');
});

test('F3 the id of a message tells source and id apart', () => {
  const routing = routed(event('Paid', { subject: 'o1' }), { names: ['Paid'] });
  assert.equal(requestOf(routing)?.messageId, '["/test","e1"]');
});

test('F10 variables are an object, also one in a JSON string; nothing and null are none; the rest is refused', () => {
  const read = (data: string | undefined, contentType?: string) => {
    const parts = { ...(data !== undefined && { data }), ...(contentType !== undefined && { contentType }) };
    const result = variablesOf(event('T', parts));
    return result.ok ? documentText(result.variables) : result.reason;
  };
  assert.equal(read('{"a":1.0,"b":{"c":[ ]},"a":2}'), '{"a":2,"b":{"c":[ ]}}');
  assert.equal(read('"{\\"a\\":1}"'), '{"a":1}');
  for (const none of [undefined, 'null', ' null ']) assert.equal(read(none), '{}');
  for (const bad of ['1', '[]', 'true', '"text"', '"\\"{}\\""']) assert.match(read(bad), /not an object/);
  for (const bad of ['{', '<a/>']) assert.match(read(bad), /^The data is not JSON/);
  assert.match(read('{}', 'text/plain'), /^The data is not JSON/);
});

test('documents keep the exact text of each member', () => {
  const text = '{"a":1e400,"b":"\\u00e9","c":{ "d" : 0.10 }}';
  const document = documentOf(text) ?? assert.fail();
  assert.deepEqual(
    [...document],
    [
      ['a', '1e400'],
      ['b', '"\\u00e9"'],
      ['c', '{ "d" : 0.10 }'],
    ],
  );
  assert.equal(documentOf('[]'), undefined);
  assert.equal(documentOf('{} x'), undefined);
});

test('F6 task headers are read ignoring case, dashes and underscores, and refused with the remedy', () => {
  for (const name of ['WaitType', 'WAIT_TYPE', 'wait-type']) {
    const read = readJobHeaders({ TYPE: 'T', MODE: 'wait-for-cloud-event', [name]: ' R ' });
    assert.deepEqual(read, {
      ok: true,
      headers: { type: 'T', mode: 'WAIT_FOR_CLOUD_EVENT', waitType: 'R' },
    });
  }
  assert.deepEqual(readJobHeaders({ Type: 'T', Mode: '', Host: '' }), {
    ok: true,
    headers: { type: 'T', mode: 'EMIT_ONLY' },
  });
  assert.match(JSON.stringify(readJobHeaders({ Host: 'x' })), /'Type' is missing/);
  assert.match(JSON.stringify(readJobHeaders({ Type: 'T', Mode: 'X' })), /Set it to one of EMIT_ONLY/);
});

const jobValue: JobValue = {
  processInstanceKey: 90,
  elementInstanceKey: 95,
  elementId: 'pay',
  bpmnProcessId: 'My Process',
  processDefinitionKey: 80,
  processDefinitionVersion: 1,
  type: 'cloudevents',
  retries: 3,
  worker: '',
  deadline: -1,
  customHeaders: {},
  variables: new Map(),
  errorMessage: '',
  errorCode: '',
  retryBackoff: 0,
  recurringTime: -1,
  jobKind: 'BPMN_ELEMENT',
  jobListenerEventType: 'UNSPECIFIED',
};
const outgoing = { engineId: 'engine-1', source: '/process/{processId}' };

function made(customHeaders: Record<string, string>, variables: readonly (readonly [string, string])[] = []) {
  const value = { ...jobValue, customHeaders };
  return eventOfJob({ key: 100, value, variables: new Map(variables), elementName: 'Pay' }, outgoing, NOW);
}

test('F3 the event of a job has the same id at every attempt, and names where it comes from', () => {
  const result = made({ Type: 'Told' });
  assert.ok(result.ok);
  const { event: sent } = result.outgoing;
  assert.equal(idOf(sent), 'engine-1-100');
  assert.equal(subjectOf(sent), '80:90:100');
  assert.deepEqual(Object.fromEntries(sent.attributes), {
    specversion: '1.0',
    id: 'engine-1-100',
    source: '/process/My%20Process',
    type: 'Told',
    subject: '80:90:100',
    time: '2030-01-01T12:00:00.000Z',
    datacontenttype: 'application/json',
    bpmnprocessid: 'My Process',
    bpmnactivityid: 'pay',
    bpmnactivityname: 'Pay',
    elementinstancekey: '95',
    processdefinitionkey: '80',
    processinstancekey: '90',
    workflowkey: '80',
    workflowinstancekey: '90',
    jobkey: '100',
  });
});

test('headers that begin with = are FEEL over the variables of the job', () => {
  const result = made(
    { Type: '="Order." + kind', Host: '=host', CorrelationKey: '=id', Subject: 'fix', Data: '={n: n + 1}' },
    [
      ['kind', '"Paid"'],
      ['host', '"http://localhost:1/x"'],
      ['id', '12'],
      ['n', '1'],
    ],
  );
  assert.ok(result.ok, JSON.stringify(result));
  const { event: sent, host, wait } = result.outgoing;
  assert.equal(sent.attributes.get('type'), 'Order.Paid');
  assert.equal(sent.attributes.get('correlationkey'), '12');
  assert.equal(subjectOf(sent), 'fix');
  assert.equal(decodeUtf8(sent.data ?? new Uint8Array()), '{"n":2}');
  assert.equal(host, 'http://localhost:1/x');
  assert.equal(wait, undefined);
});

test('F6 headers that give no text are refused, naming the header', () => {
  const reason = (headers: Record<string, string>) => {
    const result = made(headers, [['list', '[1]']]);
    return result.ok ? 'accepted' : result.reason;
  };
  assert.match(reason({ Type: '=list' }), /^The task header 'Type' is '=list', which gives \[1\]/);
  assert.match(reason({ Type: '=' }), /^The task header 'Type' is '=', which does not parse/);
  assert.match(
    reason({ Type: 'T', Host: '=unknown' }),
    /^The task header 'Host' is '=unknown', which gives null/,
  );
  assert.match(reason({ Type: 'a\u0000b' }), /^The event cannot be made: attribute 'type'/);
});

test('a waiting job tells what it waits for', () => {
  const result = made({ Type: 'T', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'R', CorrelationKey: '=id' }, [
    ['id', '"o1"'],
  ]);
  assert.deepEqual(result.ok && result.outgoing.wait, { mode: 'reply', waitType: 'R', correlationKey: 'o1' });
});

function graphOf(elements: readonly Partial<GraphElement>[]): ProcessGraph {
  const base = {
    eventType: 'NONE',
    incoming: [],
    outgoing: [],
    inputs: [],
    outputs: [],
    boundaryEvents: [],
  } as const;
  const process: GraphElement = { ...base, id: 'P', type: 'PROCESS', flowScope: null };
  const all = elements.map((element, index): GraphElement => {
    return { ...base, id: `e${index}`, type: 'RECEIVE_TASK', flowScope: 'P', ...element };
  });
  const byId = Object.fromEntries([process, ...all].map((element) => [element.id, element]));
  return { format: 1, bpmnProcessId: 'P', elements: byId, flows: {} };
}

const named = (value: string) => ({ name: { kind: 'static', value } }) as const;

test('the bindings of a model are its static message names, those that start it, and the replies it waits for', () => {
  const text = (value: string) => ({ kind: 'static', value }) as const;
  const headers = { Type: 'T', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'R' };
  const jobOf = (type: string) => ({ type: text(type), retries: text('3'), headers });
  const graph = graphOf([
    { type: 'START_EVENT', message: named('Begin') },
    { message: named('Go') },
    { message: { name: { kind: 'feel', text: 'x' } } },
    { id: 'sub', type: 'EVENT_SUB_PROCESS' },
    { type: 'START_EVENT', flowScope: 'sub', message: named('Inside') },
    { type: 'SERVICE_TASK', job: jobOf('cloudevents') },
    { type: 'SERVICE_TASK', job: { ...jobOf('other'), headers: { ...headers, WaitType: 'Other' } } },
  ]);
  const { listeners, waitTypes } = bindingsOf(graph, new Set(['cloudevents']));
  assert.deepEqual(
    listeners.map(({ messageName, starts }) => [messageName, starts]),
    [
      ['Begin', true],
      ['Go', false],
      ['Inside', false],
    ],
  );
  assert.deepEqual([...waitTypes], ['R']);
});

test('F15 of several elements with one message name the longest life holds', () => {
  const life = (...texts: (string | undefined)[]) => {
    const { listeners } = bindingsOf(
      graphOf(
        texts.map((text) => ({
          message: named('Go'),
          ...(text !== undefined && { properties: { messageTtl: text } }),
        })),
      ),
      new Set(),
    );
    const uses = listeners.map(({ use }) => use);
    return longestLife(uses, 3_600_000);
  };
  assert.equal(life('PT10S', 'PT1M'), 60_000);
  assert.equal(life('PT10S'), 10_000);
  assert.equal(life('PT10S', undefined), 3_600_000, 'the setting holds for the one that says nothing');
  assert.equal(life('ten seconds'), 3_600_000);
});

test('F17 the fates of a message are read from the records of its publication', () => {
  const request = { name: 'Go', correlationKey: 'k', timeToLive: 0, messageId: '', variables: new Map() };
  const frame = { recordType: 'EVENT', timestamp: NOW, recordVersion: 1 } as const;
  const record = (key: number, valueType: string, intent: string, value: object) =>
    ({ ...frame, key, valueType, intent, value }) as unknown as LogRecord;
  const published = record(7, 'MESSAGE', 'PUBLISHED', {});
  const moved = { messageKey: 7, processInstanceKey: 90, bpmnProcessId: 'P', elementId: 'wait' };
  const { fates } = publicationOf(
    request,
    [
      published,
      record(8, 'MESSAGE_START_EVENT_SUBSCRIPTION', 'CORRELATED', { ...moved, startEventId: 'begin' }),
      record(9, 'PROCESS_MESSAGE_SUBSCRIPTION', 'CORRELATED', moved),
      record(10, 'PROCESS_MESSAGE_SUBSCRIPTION', 'CORRELATED', { ...moved, messageKey: 6 }),
    ],
    NOW,
  );
  const place = { processInstanceKey: '90', bpmnProcessId: 'P' };
  assert.deepEqual(fates, [
    { kind: 'started', ...place, elementId: 'begin' },
    { kind: 'correlated', ...place, elementId: 'wait' },
  ]);
  assert.equal(publicationOf(request, [published], NOW).fates[0]?.kind, 'expired');
  assert.deepEqual(publicationOf({ ...request, timeToLive: 5 }, [published], NOW).fates, [
    { kind: 'buffered', messageName: 'Go', correlationKey: 'k', until: NOW + 5 },
  ]);
});

test('F17 every fate can be told in a sentence', () => {
  const place = { processInstanceKey: '90', bpmnProcessId: 'P', elementId: 'wait' };
  const fates: readonly (readonly [Fate, string])[] = [
    [{ kind: 'duplicate', of: 3 }, 'a repeat of event number 3; no effect'],
    [{ kind: 'reply', jobKey: '1', processInstanceKey: '90', elementId: 'pay' }, 'completed job 1 at pay'],
    [{ kind: 'lateReply', jobKey: '1', reason: 'Gone.' }, 'a reply to job 1 without effect: Gone.'],
    [
      { kind: 'errorReply', jobKey: '1', ...place, errorCode: 'NO', note: 'n' },
      "threw the error 'NO' for job 1 at wait; n",
    ],
    [
      { kind: 'failReply', jobKey: '1', ...place, retries: 2 },
      'failed job 1 at wait, which has 2 retries left',
    ],
    [
      { kind: 'earlyReply', correlationKey: 'k', until: NOW, jobKey: '1' },
      'kept until 2030-01-01T12:00:00.000Z for the next try of job 1',
    ],
    [{ kind: 'unusableReply', jobKey: '1', reason: 'No.' }, 'a reply to job 1 without effect: No.'],
    [{ kind: 'unknownJob', jobKey: '1' }, 'a reply to job 1, which is not known here'],
    [
      { kind: 'earlyReply', correlationKey: 'k', until: NOW },
      "kept as an early reply for key 'k' until 2030-01-01T12:00:00.000Z",
    ],
    [{ kind: 'started', ...place }, 'started instance 90 of P'],
    [{ kind: 'correlated', ...place }, 'moved instance 90 of P on at wait'],
    [
      { kind: 'buffered', messageName: 'Go', correlationKey: 'k', until: NOW },
      "waits until 2030-01-01T12:00:00.000Z for an instance with key 'k'",
    ],
    [{ kind: 'refused', reason: 'r' }, 'r'],
    [{ kind: 'refused', bpmnProcessId: 'P', elementId: 'wait', reason: 'r' }, 'refused by wait of P: r'],
    [{ kind: 'declined', bpmnProcessId: 'P', reason: 'r' }, 'not for P: r'],
    [
      { kind: 'errorReply', jobKey: '1', errorCode: 'E', processInstanceKey: '90', elementId: 'pay' },
      "threw the error 'E' for job 1 at pay",
    ],
    [{ kind: 'expired', reason: 'r' }, 'r'],
    [{ kind: 'unmatched', reason: 'r', nearMisses: [] }, 'r'],
    [{ kind: 'failed', reason: 'r' }, 'r'],
    [{ kind: 'delivered', sink: 's', attempts: 2 }, 'delivered to s at attempt 2'],
    [{ kind: 'delivered', sink: 's', attempts: 2, note: 'n' }, 'delivered to s at attempt 2; n'],
    [{ kind: 'deadLettered', sink: 's', attempts: 2, reason: 'r' }, 'given up for s after 2 attempts: r'],
  ];
  for (const [fate, text] of fates) assert.equal(tellFate(fate), text);
});

test('a fate that is kept short is shown whole, by the type of the event', () => {
  const reason = "No deployed model waits for events of type 'Paid', and no instance does.";
  const whole = { kind: 'unmatched', reason, nearMisses: [] } as const;
  assert.deepEqual(wholeFate({ kind: 'unmatched' }, 'Paid'), whole);
  assert.deepEqual(showFate({ kind: 'unmatched' }, 'Paid'), { ...whole, text: reason });
  const near = [{ messageName: 'Go', correlationKey: 'k', processInstanceKey: '1', elementId: 'wait' }];
  const kept = { kind: 'unmatched', reason: 'r', nearMisses: near } as const;
  assert.deepEqual(wholeFate(kept, 'Paid'), kept);
});
