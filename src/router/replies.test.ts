import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CloudEvent, encodeUtf8, makeEvent } from '../cloudevents/index.ts';
import { documentText, jobEventId, type Routing, route, verdictOnStatus, type WaitingJob } from './index.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const settings = { engineId: 'engine-1', timeToLive: 1000 };
const job: WaitingJob = {
  jobKey: 100,
  processInstanceKey: 90,
  elementId: 'pay',
  waitType: 'Paid',
  correlationKey: 'o1',
  mapping: { errorTypes: { Refused: 'REFUSED' }, failTypes: ['Failed'] },
};

interface Parts {
  readonly id?: string;
  readonly subject?: string;
  readonly data?: string;
  readonly extensions?: Readonly<Record<string, string>>;
}

function event(type: string, { id = 'e1', subject, data, extensions }: Parts = {}): CloudEvent {
  return makeEvent({
    id,
    source: '/test',
    type,
    subject,
    extensions,
    ...(data !== undefined && { datacontenttype: 'application/json', data: encodeUtf8(data) }),
  });
}

function routed(what: CloudEvent, jobs: readonly WaitingJob[] = [job]): Routing {
  const view = {
    job: (key: number) => jobs.find(({ jobKey }) => jobKey === key),
    jobsWaitingFor: (type: string, key: string) =>
      jobs.filter(
        ({ waitType, correlationKey, mapping }) =>
          correlationKey === key &&
          (waitType === type || type in (mapping?.errorTypes ?? {}) || mapping?.failTypes?.includes(type)),
      ),
    isMessageName: () => false,
    audience: () => ({ messages: [], starts: [] }),
    timeToLive: () => undefined,
    isReplyType: () => false,
  };
  return route(what, view, settings, NOW);
}

const named = { jobkey: '100' };

test('a reply is found by the extension of the router of May 2020', () => {
  for (const jobKey of ['"100"', '100']) {
    const zeebe = `{"workflowKey":"80","workflowInstanceKey":90,"jobKey":${jobKey}}`;
    assert.equal(routed(event('Paid', { extensions: { zeebe } })).kind, 'reply', jobKey);
  }
  for (const zeebe of ['', 'true', '{"jobKey":null}', '{"jobKey":', '[100]', '{"jobkey":100}'])
    assert.equal(routed(event('Paid', { extensions: { zeebe } })).kind, 'unmatched', zeebe);
});

test('a reply whose type the task maps to an error throws it, with the data as variables', () => {
  for (const parts of [{ extensions: named }, { extensions: { correlationkey: 'o1' } }]) {
    const routing = routed(event('Refused', { ...parts, data: '{"reason":"limit"}' }));
    assert.ok(routing.kind === 'errorReply');
    assert.equal(routing.errorCode, 'REFUSED');
    assert.equal(routing.errorMessage, "The reply was 'Refused'.");
    assert.equal(documentText(routing.variables), '{"reason":"limit"}');
  }
});

test('F11 the extension errorcode makes a reply throw that error, whatever its type is', () => {
  const extensions = { ...named, errorcode: 'LIMIT', errormessage: 'Too much.' };
  for (const type of ['Paid', 'Anything']) {
    const routing = routed(event(type, { extensions }));
    assert.ok(routing.kind === 'errorReply');
    assert.deepEqual([routing.errorCode, routing.errorMessage], ['LIMIT', 'Too much.']);
  }
  assert.equal(routed(event('Anything', { extensions: { ...named, errorcode: ' ' } })).kind, 'unmatched');
});

test('what the task says of a type goes before the extension errorcode', () => {
  const extensions = { ...named, errorcode: 'LIMIT' };
  const refused = routed(event('Refused', { extensions }));
  assert.equal(refused.kind === 'errorReply' && refused.errorCode, 'REFUSED');
  assert.equal(routed(event('Failed', { extensions })).kind, 'failReply');
});

test('a failure with data that are no variables is still a failure, and says so', () => {
  const routing = routed(event('Refused', { extensions: named, data: '"no"' }));
  assert.match((routing.kind === 'errorReply' && routing.note) || '', /not an object/);
  assert.equal(routed(event('Paid', { extensions: named, data: '"no"' })).kind, 'unusableReply');
});

test('a reply to a job that rests until it is tried again is kept for it', () => {
  const resting = { ...job, resting: 'It failed.' };
  for (const extensions of [named, { correlationkey: 'o1' }]) {
    const routing = routed(event('Paid', { extensions }), [resting]);
    const correlationKey = 'correlationkey' in extensions ? 'o1' : '';
    assert.deepEqual(routing, { kind: 'earlyReply', correlationKey, until: NOW + 1000, jobKey: 100 });
  }
  const waiting = { ...job, jobKey: 101 };
  const routing = routed(event('Paid', { extensions: { correlationkey: 'o1' } }), [resting, waiting]);
  assert.equal(routing.kind === 'reply' && routing.job.jobKey, 101, 'who waits goes before who rests');
});

test('no event that a job has sent is its reply, in none of its tries', () => {
  const any: WaitingJob = { jobKey: 100, processInstanceKey: 90, elementId: 'pay' };
  for (const answers of [0, 1])
    assert.equal(
      routed(event('Paid', { id: jobEventId('engine-1', 100, answers), extensions: named }), [any]).kind,
      'unmatched',
    );
});

test('an exact status goes before its class, and what no header names has no meaning', () => {
  const mapping = { errorStatuses: { 402: 'MONEY', '4xx': 'OTHER' }, failStatuses: ['404', 'unreachable'] };
  const code = (status: number | 'unreachable') => {
    const verdict = verdictOnStatus(mapping, status);
    return verdict?.kind === 'throw' ? verdict.errorCode : verdict?.kind;
  };
  assert.deepEqual([402, 400, 404, 500, 'unreachable' as const].map(code), [
    'MONEY',
    'OTHER',
    'fail',
    undefined,
    'fail',
  ]);
  assert.equal(verdictOnStatus(mapping, undefined), undefined);
});
