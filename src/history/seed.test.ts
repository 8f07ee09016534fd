import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogRecord } from '../engine/records/log.ts';
import type { CollectionName } from './collections.ts';
import { History } from './history.ts';
import type { PositionedRecord, RecordSource } from './source.ts';

const SINCE = 5000;

/** A journal whose first `pruned` records are gone, and what lives at its end. */
class PrunedJournal implements RecordSource {
  readonly all: PositionedRecord[] = [];
  pruned = 0;
  living: readonly LogRecord[] = [];
  looked = 0;

  add(...records: readonly LogRecord[]): void {
    for (const record of records) this.all.push({ position: this.all.length + 1, record });
  }
  last() {
    return this.all.length;
  }
  oldest() {
    return this.pruned + 1;
  }
  read(position: number, limit: number) {
    const from = Math.max(position, this.pruned);
    return this.all.slice(from, from + limit);
  }
  cut() {
    return 0;
  }
  live() {
    this.looked += 1;
    return { position: this.last(), since: SINCE, records: () => this.living, close: () => undefined };
  }
  close() {}
}

/** A step of an instance, or of an element in it. */
function step(
  key: number,
  intent: 'ELEMENT_ACTIVATING' | 'ELEMENT_COMPLETED',
  value: { readonly instance?: number; readonly parent?: number } = {},
  timestamp = SINCE,
): LogRecord {
  const { instance = key, parent = -1 } = value;
  return {
    recordType: 'EVENT',
    recordVersion: 1,
    key,
    timestamp,
    valueType: 'PROCESS_INSTANCE',
    intent,
    value: {
      bpmnElementType: instance === key ? 'PROCESS' : 'TASK',
      bpmnEventType: 'UNSPECIFIED',
      elementId: instance === key ? 'p' : 'task',
      bpmnProcessId: 'p',
      version: 1,
      processDefinitionKey: 1,
      processInstanceKey: instance,
      flowScopeKey: instance === key ? -1 : instance,
      parentProcessInstanceKey: parent,
      parentElementInstanceKey: parent,
    },
  };
}

function rows(history: History, collection: CollectionName) {
  return history.search({ collection, where: [], sort: [], page: { kind: 'from', from: 0, limit: 100 } })
    .items;
}

function built(journal: PrunedJournal, file = ':memory:'): History {
  const history = new History(file, journal);
  history.catchUp();
  return history;
}

test('an instance whose calls began before the journal does is found below the one at the top', () => {
  const journal = new PrunedJournal();
  const top = step(10, 'ELEMENT_ACTIVATING');
  const middle = step(20, 'ELEMENT_ACTIVATING', { parent: 10 });
  const last = step(30, 'ELEMENT_ACTIVATING', { parent: 20 }, 6000);
  journal.add(top, middle, last);
  journal.pruned = 2;
  journal.living = [top, middle, last];
  const history = built(journal);
  assert.deepEqual(
    rows(history, 'processInstances').map((row) => [
      row['processInstanceKey'],
      row['rootProcessInstanceKey'],
    ]),
    [
      [10, 10],
      [20, 10],
      [30, 10],
    ],
  );
  assert.equal(history.callHierarchy(30).length, 3);
  history.close();
});

test('what ended in the part that is kept began when that part does, if no record tells it', () => {
  const journal = new PrunedJournal();
  journal.add(
    step(10, 'ELEMENT_ACTIVATING', {}, 1000),
    step(11, 'ELEMENT_ACTIVATING', { instance: 10 }, 1000),
    step(11, 'ELEMENT_COMPLETED', { instance: 10 }, 6000),
    step(10, 'ELEMENT_COMPLETED', {}, 6000),
  );
  journal.pruned = 2;
  const history = built(journal);
  for (const collection of ['processInstances', 'elementInstances'] as const)
    for (const { state, startDate } of rows(history, collection))
      assert.deepEqual([state, startDate], ['COMPLETED', SINCE]);
  history.close();
});

test('what was only changed since, and never told whole, is not shown', () => {
  const journal = new PrunedJournal();
  journal.add(step(10, 'ELEMENT_ACTIVATING'));
  const deleted = {
    recordType: 'EVENT',
    recordVersion: 1,
    key: 1,
    timestamp: SINCE,
    valueType: 'PROCESS',
    intent: 'DELETED',
    value: { processDefinitionKey: 1, bpmnProcessId: 'p', version: 1 },
  };
  const done = {
    ...deleted,
    valueType: 'BATCH_OPERATION_EXECUTION',
    intent: 'EXECUTED',
    value: {
      batchOperationKey: 5,
      results: [{ number: 1, state: 'COMPLETED' }],
      completed: 1,
      failed: 0,
    },
  };
  journal.add(deleted as unknown as LogRecord, done as unknown as LogRecord);
  journal.pruned = 1;
  const history = built(journal);
  for (const collection of ['processDefinitions', 'batchOperations', 'batchOperationItems'] as const)
    assert.deepEqual(rows(history, collection), []);
  history.close();
});

test('a copy that ends before the journal begins is built again, one that ends right there is not', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-seed-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'history.db');
  const journal = new PrunedJournal();
  journal.add(step(10, 'ELEMENT_ACTIVATING'), step(20, 'ELEMENT_ACTIVATING'));
  built(journal, file).close();
  journal.add(step(30, 'ELEMENT_ACTIVATING'), step(40, 'ELEMENT_ACTIVATING'));
  journal.living = journal.all.map(({ record }) => record);
  journal.pruned = 2;
  const next = built(journal, file);
  assert.equal(rows(next, 'processInstances').length, 4);
  assert.equal(journal.looked, 0, 'nothing is missing');
  next.close();
  rmSync(file, { force: true });

  journal.pruned = 0;
  const early = new History(file, journal);
  early.advance(1);
  early.close();
  journal.pruned = 3;
  const later = built(journal, file);
  assert.equal(journal.looked, 1);
  assert.equal(rows(later, 'processInstances').length, 4);
  later.close();
});
