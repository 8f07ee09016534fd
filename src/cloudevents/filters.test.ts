import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FilterError } from './errors.ts';
import { makeEvent } from './event.ts';
import { matches, parseFilters } from './filters.ts';

const EVENT = makeEvent({
  id: '1',
  source: '/tickets',
  type: 'Tickets.Reserved',
  extensions: { n: 5, yes: true, constructor: 'c' },
});

function passes(json: unknown): boolean {
  return matches(parseFilters(json), EVENT);
}

function refused(json: unknown, path: string, code = 'invalidFilter'): void {
  assert.throws(
    () => parseFilters(json),
    (error) => {
      assert.ok(error instanceof FilterError, String(error));
      assert.deepEqual([error.code, error.path], [code, path]);
      return true;
    },
  );
}

describe('filters of subscriptions', () => {
  test('absent and empty filters let every event pass', () => {
    assert.equal(passes(undefined), true);
    assert.equal(passes([]), true);
  });

  test('exact, prefix and suffix compare text, with case', () => {
    assert.equal(passes([{ exact: { type: 'Tickets.Reserved' } }]), true);
    assert.equal(passes([{ exact: { type: 'tickets.reserved' } }]), false);
    assert.equal(passes([{ prefix: { type: 'Tickets.' } }]), true);
    assert.equal(passes([{ prefix: { type: 'Reserved' } }]), false);
    assert.equal(passes([{ suffix: { type: '.Reserved' } }]), true);
    assert.equal(passes([{ suffix: { type: 'Tickets' } }]), false);
  });

  test('several attributes of one filter must all match, as must several filters', () => {
    assert.equal(passes([{ exact: { type: 'Tickets.Reserved', source: '/tickets' } }]), true);
    assert.equal(passes([{ exact: { type: 'Tickets.Reserved', source: '/x' } }]), false);
    assert.equal(passes([{ prefix: { type: 'T' } }, { suffix: { type: 'd' } }]), true);
    assert.equal(passes([{ prefix: { type: 'T' } }, { suffix: { type: 'x' } }]), false);
  });

  test('integers and Booleans compare by their canonical text; what is missing does not match', () => {
    assert.equal(passes([{ exact: { n: '5', yes: 'true' } }]), true);
    assert.equal(passes([{ exact: { subject: 'x' } }]), false);
    assert.equal(passes([{ prefix: { tostring: 'f' } }]), false);
    assert.equal(passes([{ exact: { constructor: 'c' } }]), true);
  });

  test('all, any and not combine', () => {
    const yes = { exact: { id: '1' } };
    const no = { exact: { id: '2' } };
    assert.equal(passes([{ all: [yes, yes] }]), true);
    assert.equal(passes([{ all: [yes, no] }]), false);
    assert.equal(passes([{ any: [no, yes] }]), true);
    assert.equal(passes([{ any: [no, no] }]), false);
    assert.equal(passes([{ not: no }]), true);
    assert.equal(passes([{ not: { all: [yes, { any: [no, { not: no }] }] } }]), false);
  });

  test('errors name the place', () => {
    refused({ exact: { type: 'x' } }, 'filters');
    refused(null, 'filters');
    refused(['x'], 'filters[0]');
    refused([{}], 'filters[0]');
    refused([{ exact: { type: 'x' }, prefix: { type: 'x' } }], 'filters[0]');
    refused([{ exact: {} }], 'filters[0].exact');
    refused([{ exact: [] }], 'filters[0].exact');
    refused([{ exact: { type: '' } }], 'filters[0].exact.type');
    refused([{ exact: { n: 5 } }], 'filters[0].exact.n');
    refused([{ exact: { Type: 'x' } }], 'filters[0].exact.Type');
    refused([{ exact: { data: 'x' } }], 'filters[0].exact.data');
    refused([{ exact: { '': 'x' } }], 'filters[0].exact[""]');
    refused([{ all: [] }], 'filters[0].all');
    refused([{ any: { exact: {} } }], 'filters[0].any');
    refused([{ any: [{ exact: { id: '1' } }, { not: [] }] }], 'filters[0].any[1].not');
  });

  test('unknown dialects, and sql for now, are refused', () => {
    for (const dialect of ['sql', 'cesql', 'regex', 'constructor']) {
      refused([{ [dialect]: 'type = 1' }], `filters[0].${dialect}`, 'unsupportedDialect');
    }
  });

  test('deep nesting is refused', () => {
    let filter: unknown = { exact: { id: '1' } };
    for (let depth = 0; depth < 10_000; depth++) filter = { not: filter };
    assert.throws(() => parseFilters([filter]), FilterError);
  });
});
