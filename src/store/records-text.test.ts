import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encode } from './codec.ts';
import type { JournalRecord } from './journal.ts';
import { decodeRecords, encodeRecords } from './records-text.ts';

const step = (intent: string, value: object, more: object = {}): JournalRecord => ({
  recordType: 'EVENT',
  key: 7,
  timestamp: 1000,
  recordVersion: 1,
  valueType: 'PROCESS_INSTANCE',
  intent,
  value,
  ...more,
});

describe('the records of a transaction as text', () => {
  test('are given back to the letter, whatever frames, times and values they share', () => {
    const values = [
      {},
      { a: 1 },
      { variables: new Map([['x', '1.0']]) },
      { $map: [], frames: [], entries: 3 },
    ];
    const records = fc.array(
      fc.record({
        recordType: fc.constantFrom('EVENT', 'COMMAND_REJECTION'),
        key: fc.maxSafeInteger(),
        timestamp: fc.nat(),
        recordVersion: fc.constantFrom(1, 2),
        valueType: fc.constantFrom('JOB', 'TIMER'),
        intent: fc.constantFrom('CREATED', 'CANCELED'),
        value: fc.constantFrom(...values),
      }),
      { maxLength: 30 },
    );
    const some = fc.array(
      fc.record(
        { rejectionType: fc.constantFrom('NOT_FOUND', 'INVALID_STATE'), rejectionReason: fc.string() },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(records, some, (plain, more) => {
        const all = plain.map((record, at) => ({ ...record, ...more[at] }));
        assert.deepEqual(decodeRecords(encodeRecords(all)), all);
      }),
    );
  });

  test('tell once what the steps of one element instance have in common', () => {
    const value = { elementId: 'a'.repeat(1000) };
    const steps = ['ELEMENT_ACTIVATED', 'ELEMENT_COMPLETING', 'ELEMENT_COMPLETED'].map((intent) =>
      step(intent, value),
    );
    const text = encodeRecords(steps);
    assert.ok(text.length < 1500, `${text.length} characters`);
    const [first, , last] = decodeRecords(text);
    assert.equal(first?.value, last?.value);
  });

  test('of an older folder, which told each record whole, are read as well', () => {
    const records = [
      step('ELEMENT_ACTIVATED', { variables: new Map([['x', '1']]) }),
      step('ELEMENT_COMPLETED', {}),
    ];
    assert.deepEqual(decodeRecords(encode(records)), records);
  });
});
