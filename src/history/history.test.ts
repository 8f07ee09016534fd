import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { LogRecord } from '../engine/records/log.ts';
import type { ProcessInstanceValue } from '../engine/records/record.ts';
import { History } from './history.ts';
import { elementNames } from './names.ts';
import { InvalidCursorError, type SearchQuery } from './search.ts';
import type { PositionedRecord, RecordSource } from './source.ts';

const XML = `<?xml version="1.0"?><definitions><process id="order" name="Order &amp; pay">
  <serviceTask id="ask" name="Ask the bank"/></process></definitions>`;

/** A journal in memory. */
class Records implements RecordSource {
  readonly all: PositionedRecord[] = [];
  pruned = 0;
  add(record: object): this {
    const full = { recordType: 'EVENT', recordVersion: 1, timestamp: 1000 + this.all.length, ...record };
    this.all.push({ position: this.all.length + 1, record: full as LogRecord });
    return this;
  }
  last() {
    return this.all.length;
  }
  oldest() {
    return this.pruned + 1;
  }
  read(position: number, limit: number) {
    return this.all.slice(Math.max(position, this.pruned), Math.max(position, this.pruned) + limit);
  }
  cut() {
    return 0;
  }
  close() {}
}

const definition = (records: Records, key = 1, version = 1) =>
  records.add({
    key,
    valueType: 'PROCESS',
    intent: 'CREATED',
    value: {
      bpmnProcessId: 'order',
      version,
      processDefinitionKey: key,
      resourceName: 'order.bpmn',
      checksum: '',
      isDuplicate: false,
      resource: XML,
    },
  });

const element = (
  records: Records,
  key: number,
  intent: string,
  value: Partial<ProcessInstanceValue> & { processInstanceKey: number },
) =>
  records.add({
    key,
    valueType: 'PROCESS_INSTANCE',
    intent,
    value: {
      bpmnElementType: 'PROCESS',
      bpmnEventType: 'UNSPECIFIED',
      elementId: 'order',
      bpmnProcessId: 'order',
      version: 1,
      processDefinitionKey: 1,
      flowScopeKey: -1,
      parentProcessInstanceKey: -1,
      parentElementInstanceKey: -1,
      ...value,
    },
  });

const owner = (processInstanceKey: number, elementInstanceKey: number) => ({
  processInstanceKey,
  elementInstanceKey,
  elementId: 'ask',
  bpmnProcessId: 'order',
  processDefinitionKey: 1,
  processDefinitionVersion: 1,
});

/** An instance that stands at its task, which has failed. */
function failing(records: Records, key: number): void {
  const task = {
    processInstanceKey: key,
    bpmnElementType: 'SERVICE_TASK',
    elementId: 'ask',
    flowScopeKey: key,
  } as const;
  element(records, key, 'ELEMENT_ACTIVATING', { processInstanceKey: key });
  element(records, key, 'ELEMENT_ACTIVATED', { processInstanceKey: key });
  records.add({
    key: key + 1,
    valueType: 'VARIABLE',
    intent: 'CREATED',
    value: {
      name: 'customer',
      value: `"c-${key}"`,
      scopeKey: key,
      processInstanceKey: key,
      processDefinitionKey: 1,
      bpmnProcessId: 'order',
    },
  });
  element(records, key + 2, 'SEQUENCE_FLOW_TAKEN', {
    ...task,
    elementId: 'flow',
    bpmnElementType: 'SEQUENCE_FLOW',
  });
  element(records, key + 3, 'ELEMENT_ACTIVATING', task);
  element(records, key + 3, 'ELEMENT_ACTIVATED', task);
  const job = {
    ...owner(key, key + 3),
    type: 'bank',
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
  records.add({ key: key + 4, valueType: 'JOB', intent: 'CREATED', value: job });
  records.add({
    key: key + 4,
    valueType: 'JOB',
    intent: 'FAILED',
    value: { ...job, retries: 0, errorMessage: 'boom' },
  });
  records.add({
    key: key + 5,
    valueType: 'INCIDENT',
    intent: 'CREATED',
    value: {
      ...owner(key, key + 3),
      errorType: 'JOB_NO_RETRIES',
      errorMessage: 'boom',
      jobKey: key + 4,
      variableScopeKey: key + 3,
    },
  });
}

const page = (limit = 100) => ({ kind: 'from', from: 0, limit }) as const;
const instances = (where: SearchQuery['where'] = [], extra: Partial<SearchQuery> = {}): SearchQuery => ({
  collection: 'processInstances',
  where,
  sort: [],
  page: page(),
  ...extra,
});

function open(t: TestContext, records: Records, file = ':memory:'): History {
  const history = new History(file, records);
  let open = true;
  const close = history.close.bind(history);
  history.close = () => {
    if (open) close();
    open = false;
  };
  t.after(() => history.close());
  return history;
}

function temporaryFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-history-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'history.db');
}

describe('The read model', () => {
  it('shows where an instance stands, its variables, its job and its incident', (t) => {
    const records = definition(new Records());
    failing(records, 100);
    const history = open(t, records);
    history.catchUp();
    const view = history.instanceView(100);
    assert.equal(view?.instance['state'], 'ACTIVE');
    assert.equal(view?.instance['processDefinitionName'], 'Order & pay');
    assert.equal(view?.instance['hasIncident'], 1);
    assert.equal(view?.instance['parentProcessInstanceKey'], null);
    assert.deepEqual(
      view?.elements.map((row) => [row['elementId'], row['elementName'], row['state'], row['incidentKey']]),
      [['ask', 'Ask the bank', 'ACTIVE', 105]],
    );
    assert.deepEqual(view?.flows, [{ elementId: 'flow', count: 1 }]);
    assert.equal(view?.variables[0]?.['value'], '"c-100"');
    assert.equal(view?.jobs[0]?.['state'], 'FAILED');
    assert.equal(view?.jobs[0]?.['deadline'], null);
    assert.equal(view?.incidents[0]?.['errorMessage'], 'boom');
    assert.deepEqual(history.instancePage(instances()).items[0]?.standsAt, [
      { elementId: 'ask', elementName: 'Ask the bank', count: 1 },
    ]);
  });

  it('keeps the start of an element that ended in a later batch', (t) => {
    const records = definition(new Records());
    const history = open(t, records);
    element(records, 100, 'ELEMENT_ACTIVATING', { processInstanceKey: 100 });
    history.catchUp();
    element(records, 100, 'ELEMENT_COMPLETED', { processInstanceKey: 100 });
    history.catchUp();
    const row = history.find('processInstances', 100);
    assert.equal(row?.['state'], 'COMPLETED');
    assert.equal(row?.['startDate'], 1001);
    assert.equal(row?.['endDate'], 1002);
  });

  it('counts instances and elements of a definition, whether they end in the same batch or not', (t) => {
    const records = definition(new Records());
    const history = open(t, records);
    failing(records, 100);
    failing(records, 200);
    history.catchUp();
    element(records, 103, 'ELEMENT_TERMINATED', {
      processInstanceKey: 100,
      bpmnElementType: 'SERVICE_TASK',
      elementId: 'ask',
    });
    records.add({
      ...records.all.find(({ record }) => record.valueType === 'INCIDENT')?.record,
      intent: 'RESOLVED',
    });
    element(records, 100, 'ELEMENT_TERMINATED', { processInstanceKey: 100 });
    history.catchUp();
    assert.deepEqual(
      history.elementStatistics(1).find(({ elementId }) => elementId === 'ask'),
      { elementId: 'ask', active: 1, completed: 0, canceled: 1, incidents: 1 },
    );
    const [overview] = history.definitionOverviews();
    assert.deepEqual(
      [overview?.active, overview?.canceled, overview?.completed, overview?.withIncident],
      [1, 1, 0, 1],
    );
  });

  it('goes on where it was after it was closed, and takes no record twice', (t) => {
    const file = temporaryFile(t);
    const records = definition(new Records());
    failing(records, 100);
    const first = open(t, records, file);
    first.advance(5);
    assert.equal(first.position(), 5);
    first.close();
    const second = open(t, records, file);
    assert.equal(second.position(), 5);
    second.catchUp();
    assert.equal(second.elementStatistics(1).find(({ elementId }) => elementId === 'flow')?.completed, 1);
    assert.equal(second.instanceView(100)?.incidents.length, 1);
  });

  it('is built again when its file was deleted', (t) => {
    const file = temporaryFile(t);
    const records = definition(new Records());
    failing(records, 100);
    const first = open(t, records, file);
    first.catchUp();
    const before = first.instanceView(100);
    first.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    const second = open(t, records, file);
    assert.equal(second.position(), 0);
    second.catchUp();
    assert.deepEqual(second.instanceView(100), before);
  });

  it('does not start on a journal that is shorter than what it shows, and does when it was deleted', (t) => {
    const file = temporaryFile(t);
    const long = definition(new Records());
    failing(long, 100);
    const first = open(t, long, file);
    first.catchUp();
    first.close();
    assert.throws(() => open(t, definition(new Records()), file), { code: 'JOURNAL_LOST' });
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    const other = open(t, definition(new Records()), file);
    other.catchUp();
    assert.equal(other.position(), 1);
    assert.equal(other.instanceView(100), undefined);
  });

  it('is built again when other records stand where its last one was', (t) => {
    const file = temporaryFile(t);
    const first = open(t, definition(new Records()), file);
    first.catchUp();
    first.close();
    const later = new Records().add({
      timestamp: 5000,
      key: 9,
      valueType: 'SIGNAL',
      intent: 'BROADCASTED',
      value: {},
    });
    assert.equal(open(t, later, file).position(), 0);
  });

  it('changes nothing when a record cannot be applied, and says why each time', (t) => {
    const records = definition(new Records());
    const history = open(t, records);
    failing(records, 100);
    records.add({ key: 1, valueType: 'VARIABLE', intent: 'CREATED', value: undefined });
    assert.throws(() => history.advance(), TypeError);
    assert.throws(() => history.advance(), TypeError);
    assert.equal(history.position(), 0);
    assert.equal(history.instanceView(100), undefined);
  });

  it('knows the root of a called instance even when its caller began in another batch', (t) => {
    const records = definition(new Records());
    const history = open(t, records);
    element(records, 100, 'ELEMENT_ACTIVATING', { processInstanceKey: 100 });
    history.catchUp();
    element(records, 200, 'ELEMENT_ACTIVATING', { processInstanceKey: 200, parentProcessInstanceKey: 100 });
    element(records, 300, 'ELEMENT_ACTIVATING', { processInstanceKey: 300, parentProcessInstanceKey: 200 });
    history.catchUp();
    assert.equal(history.find('processInstances', 300)?.['rootProcessInstanceKey'], 100);
  });
});

describe('Search', () => {
  const many = (t: TestContext, count: number): History => {
    const records = definition(new Records());
    for (let index = 1; index <= count; index++) failing(records, index * 100);
    const history = open(t, records);
    history.catchUp();
    return history;
  };
  const keys = (history: History, query: SearchQuery) =>
    history.search(query).items.map((row) => row['processInstanceKey']);

  it('pages forward and back by cursor in the order asked for', (t) => {
    const history = many(t, 7);
    const sort = [{ field: 'startDate', order: 'DESC' }] as const;
    const first = history.search(instances([], { sort, page: page(3) }));
    assert.deepEqual(
      first.items.map((row) => row['processInstanceKey']),
      [700, 600, 500],
    );
    assert.equal(first.totalItems, 7);
    const cursor = first.endCursor ?? '';
    const second = history.search(instances([], { sort, page: { kind: 'after', cursor, limit: 3 } }));
    assert.deepEqual(
      second.items.map((row) => row['processInstanceKey']),
      [400, 300, 200],
    );
    const back = second.startCursor ?? '';
    assert.deepEqual(
      keys(history, instances([], { sort, page: { kind: 'before', cursor: back, limit: 2 } })),
      [600, 500],
    );
  });

  it('refuses a cursor of another order', (t) => {
    const history = many(t, 1);
    assert.throws(
      () => history.search(instances([], { page: { kind: 'after', cursor: 'WzEsMiwzXQ', limit: 3 } })),
      InvalidCursorError,
    );
  });

  it('finds instances by a variable, by a mentioned text and by where they stand', (t) => {
    const history = many(t, 3);
    const test = { kind: 'compare', field: 'value', operator: 'eq', value: '"c-200"' } as const;
    assert.deepEqual(
      keys(history, instances([{ kind: 'variable', filter: 'variables', name: 'customer', tests: [test] }])),
      [200],
    );
    assert.deepEqual(keys(history, instances([{ kind: 'mentions', text: 'c-3' }])), [300]);
    assert.deepEqual(keys(history, instances([{ kind: 'mentions', text: '100' }])), [100]);
    assert.deepEqual(keys(history, instances([{ kind: 'standsAt', elementId: 'ask' }])), [100, 200, 300]);
    assert.deepEqual(keys(history, instances([{ kind: 'standsAt', elementId: 'other' }])), []);
  });

  it('understands each operator', (t) => {
    const history = many(t, 3);
    const compare = (operator: 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte', value: number) =>
      keys(history, instances([{ kind: 'compare', field: 'processInstanceKey', operator, value }]));
    assert.deepEqual(compare('eq', 200), [200]);
    assert.deepEqual(compare('neq', 200), [100, 300]);
    assert.deepEqual(compare('gt', 200), [300]);
    assert.deepEqual(compare('gte', 200), [200, 300]);
    assert.deepEqual(compare('lt', 200), [100]);
    assert.deepEqual(compare('lte', 200), [100, 200]);
    const among = (negated: boolean) =>
      keys(history, instances([{ kind: 'among', field: 'processInstanceKey', negated, values: [100, 300] }]));
    assert.deepEqual(among(false), [100, 300]);
    assert.deepEqual(among(true), [200]);
    assert.deepEqual(keys(history, instances([{ kind: 'exists', field: 'endDate', exists: true }])), []);
    assert.deepEqual(
      keys(
        history,
        instances([
          {
            kind: 'any',
            branches: [
              [{ kind: 'compare', field: 'processInstanceKey', operator: 'eq', value: 100 }],
              [{ kind: 'compare', field: 'state', operator: 'like', value: 'COMP*' }],
            ],
          },
        ]),
      ),
      [100],
    );
  });

  it('takes percent and underscore in a pattern as they stand', (t) => {
    const records = new Records();
    for (const [key, value] of [
      [1, '"50%"'],
      [2, '"500"'],
      [3, '"5*"'],
    ] as const) {
      records.add({
        key,
        valueType: 'VARIABLE',
        intent: 'CREATED',
        value: {
          name: 'n',
          value,
          scopeKey: 1,
          processInstanceKey: 1,
          processDefinitionKey: 1,
          bpmnProcessId: 'order',
        },
      });
    }
    const history = open(t, records);
    history.catchUp();
    const like = (value: string) =>
      history
        .search({
          collection: 'variables',
          where: [{ kind: 'compare', field: 'value', operator: 'like', value }],
          sort: [],
          page: page(),
        })
        .items.map((row) => row['variableKey']);
    assert.deepEqual(like('"50%"'), [1]);
    assert.deepEqual(like('"50?"'), [1, 2]);
    assert.deepEqual(like('"5\\*"'), [3]);
    assert.deepEqual(like('"5*'), [1, 2, 3]);
  });
});

describe('Element names', () => {
  it('are read whatever the quotes, entities and order of attributes, and not from comments', () => {
    const names = elementNames(
      `<!-- <task id="no" name="No"/> --><bpmn:task name='A &lt; "b"' id="a"><task id="b" name=""/><x:y id="c" other-name="z" name="&#65;&#x42;"/>`,
    );
    assert.deepEqual(
      [...names],
      [
        ['a', 'A < "b"'],
        ['c', 'AB'],
      ],
    );
  });
});
