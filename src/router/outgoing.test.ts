import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute, decodeUtf8, idOf, sourceOf } from '../cloudevents/index.ts';
import type { JobValue } from '../engine/records/record.ts';
import {
  eventOfJob,
  isEventOfJob,
  JOB_HEADER_NAMES,
  JobPlans,
  jobEventId,
  type Outgoing,
  type OutgoingSettings,
  type RouterJob,
  readJobHeaders,
} from './index.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const settings: OutgoingSettings = { engineId: 'engine-1', source: '/process/{processId}' };
const jobValue: JobValue = {
  processInstanceKey: 90,
  elementInstanceKey: 95,
  elementId: 'pay',
  bpmnProcessId: 'P',
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
const variables = new Map([
  ['order', '"o1"'],
  ['kind', '"Sorry"'],
  ['list', '["A","B"]'],
  ['days', '2'],
]);

type Headers = Readonly<Record<string, string>>;

function result(customHeaders: Headers, more: Partial<RouterJob> = {}, given = settings) {
  const headers = { Type: 'Told', ...customHeaders };
  const job = { key: 100, value: { ...jobValue, customHeaders: headers }, variables, ...more };
  return eventOfJob(job, given, NOW);
}

function made(customHeaders: Headers, more: Partial<RouterJob> = {}, given = settings): Outgoing {
  const outgoing = result(customHeaders, more, given);
  assert.ok(outgoing.ok, JSON.stringify(outgoing));
  return outgoing.outgoing;
}

function reason(customHeaders: Headers): string {
  const outgoing = result(customHeaders);
  return outgoing.ok ? 'accepted' : outgoing.reason;
}

const dataOf = ({ event }: Outgoing) => decodeUtf8(event.data ?? new Uint8Array());
const wait = { Mode: 'WAIT_FOR_CLOUD_EVENT' };
const confirm = { Mode: 'EMIT_AND_CONFIRM' };

test('source, schema, content type, partition key and extensions come from headers, as text or FEEL', () => {
  const { event } = made({
    Source: '="/shop/" + order',
    DataSchema: 'https://schemas.example/told',
    DataContentType: 'application/vnd.shop+json',
    PartitionKey: '=order',
    'Extension.tenant': '=kind',
    'extension.region': 'eu',
    Data: '[1, 2]',
  });
  assert.equal(sourceOf(event), '/shop/o1');
  for (const [name, value] of [
    ['dataschema', 'https://schemas.example/told'],
    ['datacontenttype', 'application/vnd.shop+json'],
    ['partitionkey', 'o1'],
    ['tenant', 'Sorry'],
    ['region', 'eu'],
  ] as const)
    assert.equal(attribute(event, name), value);
});

test('data that are no JSON are the text that the header Data gives', () => {
  assert.equal(dataOf(made({ DataContentType: 'text/plain', Data: '="Order " + order' })), 'Order o1');
  assert.equal(dataOf(made({ DataContentType: 'text/plain', Data: 'Hello' })), 'Hello');
  assert.match(
    reason({ DataContentType: 'text/plain' }),
    /Set the header 'Data' to FEEL that gives the text/,
  );
  assert.match(reason({ DataContentType: 'text/plain', Data: '=list' }), /'Data' is '=list', which gives \[/);
  assert.match(reason({ DataContentType: 'text' }), /'DataContentType' is 'text', which is no media type/);
});

test('data that cannot be made are refused with the reason', () => {
  assert.match(reason({ Data: '=orderr' }), /^The task header 'Data' is '=orderr', which gives null/);
  assert.match(reason({ Data: '={a:' }), /^The task header 'Data' is '={a:', which does not parse/);
  assert.match(reason({ Data: '=assert(order, false, "no")' }), /^The task header 'Data' is .* which fails/);
  assert.match(reason({ Data: 'hello' }), /'Data' is 'hello', which is neither JSON nor FEEL/);
  assert.equal(dataOf(made({ Data: '={a: null}' })), '{"a":null}');
});

test('extensions whose names are wrong, or that another header or the router sets, are refused', () => {
  assert.match(reason({ 'Extension.TenantId': 'x' }), /names are lower-case letters and digits/);
  assert.match(reason({ 'Extension.tenant-id': 'x' }), /names are lower-case letters and digits/);
  assert.match(reason({ 'Extension.data': 'x' }), /names no extension/);
  assert.match(reason({ 'Extension.subject': 'x' }), /Use the header 'Subject'/);
  assert.match(reason({ 'Extension.correlationkey': 'x' }), /Use the header 'CorrelationKey'/);
  assert.match(reason({ 'Extension.jobkey': 'x' }), /names an attribute that the router sets/);
  assert.equal(
    attribute(made({ 'Extension.tenant': ' ' }).event, 'tenant'),
    undefined,
    'empty means not given',
  );
});

test('the trace of the job goes into the event, and extension headers win', () => {
  const trace = { correlationid: 'c1', causationid: 'e0', traceparent: '00-1-2-01', tracestate: 'a=b' };
  const { event } = made({ 'Extension.correlationid': '=order' }, { trace });
  assert.equal(attribute(event, 'correlationid'), 'o1');
  for (const name of ['causationid', 'traceparent', 'tracestate'] as const)
    assert.equal(attribute(event, name), trace[name]);
  assert.equal(made({}).event.attributes.has('traceparent'), false);
});

test('the activity extensions have their meaning of 2020 if the setting says so', () => {
  const { event } = made({}, { elementName: 'Pay' }, { ...settings, legacyActivityIds: true });
  assert.equal(attribute(event, 'bpmnactivityid'), '95');
  assert.equal(attribute(event, 'bpmnactivityname'), 'pay');
});

test('F3 the event is another one only after a reply that did not complete the job', () => {
  assert.equal(idOf(made({}).event), 'engine-1-100');
  assert.equal(idOf(made({}, { answers: 2 }).event), 'engine-1-100-3');
  for (const answers of [0, 1, 12])
    assert.ok(isEventOfJob(jobEventId('engine-1', 100, answers), 'engine-1', '100'));
  assert.equal(isEventOfJob(jobEventId('engine-1', 1001), 'engine-1', 100), false);
});

test('failures are mapped by text or FEEL', () => {
  const mapping = (headers: Headers) => made({ ...wait, ...headers }).wait?.mapping;
  const text = {
    ErrorTypes: 'Pay.Refused=REFUSED, a=b=TWO',
    FailTypes: 'Pay.Failed , Pay.Broken',
    ErrorStatuses: '402=NO_MONEY, 4XX=REJECTED, unreachable=DOWN',
    FailStatuses: '503,409',
    RetryBackoff: 'PT1M',
  };
  const errorTypes = { 'Pay.Refused': 'REFUSED', 'a=b': 'TWO' };
  const errorStatuses = { 402: 'NO_MONEY', '4xx': 'REJECTED', unreachable: 'DOWN' };
  assert.deepEqual(mapping(text), {
    errorTypes,
    failTypes: ['Pay.Failed', 'Pay.Broken'],
    errorStatuses,
    failStatuses: ['503', '409'],
    retryBackoff: 60_000,
  });
  assert.deepEqual(
    mapping({
      ErrorTypes: '={"Pay.Refused": kind, "a,b": "C"}',
      FailTypes: '=list',
      ErrorStatuses: '="402=NO"',
      FailStatuses: '=[503, "5xx"]',
      Timeout: '=duration("P" + string(days) + "D")',
      TimeoutError: '=kind',
    }),
    {
      errorTypes: { 'Pay.Refused': 'Sorry', 'a,b': 'C' },
      failTypes: ['A', 'B'],
      errorStatuses: { 402: 'NO' },
      failStatuses: ['503', '5xx'],
      timeoutError: 'Sorry',
    },
  );
  assert.equal(mapping({}), undefined);
});

test('a time-out is a duration, as text or FEEL', () => {
  const timeout = (text: string) => made({ ...confirm, Timeout: text }).wait?.timeout;
  assert.equal(timeout('PT0.5S'), 500);
  assert.equal(timeout('P1DT1H'), 90_000_000);
  assert.equal(timeout('=duration("PT" + string(days) + "M")'), 120_000);
  for (const bad of ['30', 'PT', '-PT1S', 'PT0S', 'P1Y', 'P999999D', '=days', 'soon'])
    assert.match(
      reason({ ...wait, Timeout: bad }),
      /^The task header 'Timeout' is .* Write it like PT30S/,
      bad,
    );
});

const refusals: readonly (readonly [Headers, RegExp])[] = [
  [
    { ...wait, ErrorTypes: 'Refused' },
    /'ErrorTypes' is 'Refused', which holds 'Refused', which is no KEY=CODE/,
  ],
  [{ ...wait, ErrorTypes: 'A=' }, /which is no KEY=CODE/],
  [{ ...wait, ErrorTypes: 'A=B,A=C' }, /holds 'A' twice/],
  [{ ...wait, ErrorTypes: '=list' }, /Make it give a context/],
  [{ ...wait, ErrorTypes: '={A: 1}' }, /gives no text for 'A'/],
  [{ ...wait, FailTypes: '={A: 1}' }, /Make it give a list of texts/],
  [
    { ...wait, WaitType: 'Paid', ErrorTypes: 'Paid=X' },
    /'ErrorTypes' .* holds 'Paid', for which 'WaitType' waits/,
  ],
  [
    { ...wait, WaitType: 'Paid', FailTypes: 'Paid' },
    /'FailTypes' .* holds 'Paid', for which 'WaitType' waits/,
  ],
  [{ ...wait, ErrorTypes: 'A=X', FailTypes: 'A' }, /'FailTypes' .* throws an error already/],
  [
    { ...wait, ErrorStatuses: '40=X' },
    /holds '40', which is no status. Write it like 402, 4xx or unreachable/,
  ],
  [{ ...wait, FailStatuses: '4x' }, /holds '4x', which is no status/],
  [{ ...confirm, ErrorStatuses: '500=X', FailStatuses: '500' }, /throws an error already/],
  [{ ...wait, Retries: '0' }, /'Retries' is '0', which must be a whole number from 1/],
  [{ ...wait, Retries: '2.5' }, /'Retries'/],
  [{ ...wait, RetryBackoff: 'soon' }, /'RetryBackoff' .* ISO 8601/],
  [{ ...wait, TimeoutError: 'LATE' }, /'TimeoutError' needs the header 'Timeout'/],
  [
    { Timeout: 'PT1S' },
    /'Timeout' means nothing where 'Mode' is EMIT_ONLY. Remove it, or set 'Mode' to EMIT_AND/,
  ],
  [{ ...confirm, ErrorTypes: 'A=X' }, /'ErrorTypes' means nothing where 'Mode' is EMIT_AND_CONFIRM/],
  [{ ...wait, Timeout: '=1 +' }, /'Timeout' is '=1 \+', which does not parse/],
  [{ ...wait, WAIT_TYPE: 'A', WaitType: 'B' }, /'WAIT_TYPE' and 'WaitType' are one and the same/],
  [{ 'Extension.tenant': '=nothing' }, /'Extension.tenant' is '=nothing', which gives null/],
];

test('F6 a header that cannot be read is refused with its name and the remedy', () => {
  for (const [headers, expected] of refusals)
    assert.match(reason(headers), expected, JSON.stringify(headers));
});

test('headers of other programs are left alone, and every header has one spelling', () => {
  assert.equal(readJobHeaders({ Type: 'T', 'io.example:other': '=1 +' }).ok, true);
  assert.equal(new Set(JOB_HEADER_NAMES.map((name) => name.toLowerCase())).size, JOB_HEADER_NAMES.length);
});

test('a task’s headers are read and compiled once, and again when they differ', () => {
  const plans = new JobPlans(2);
  const of = (elementId: string, customHeaders: Headers) => {
    const read = plans.of({ ...jobValue, elementId, customHeaders });
    return read.ok ? read.plan : assert.fail(read.reason);
  };
  const first = of('a', { Type: '=order' });
  assert.equal(of('a', { Type: '=order' }), first);
  assert.notEqual(of('a', { Type: '=kind' }), first, 'a migrated job keeps other headers');
  const other = of('b', { Type: 'B' });
  of('c', { Type: 'C' });
  assert.equal(of('b', { Type: 'B' }), other);
  assert.notEqual(of('a', { Type: '=order' }), first, 'the oldest was dropped');
});
