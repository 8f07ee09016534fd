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

  test('sql, which Knative names cesql, passes what is TRUE without an error, also within other filters', () => {
    for (const dialect of ['sql', 'cesql']) {
      const sql = (expression: string) => ({ [dialect]: expression });
      assert.equal(passes([sql("type LIKE 'Tickets.%' AND n > 4")]), true);
      assert.equal(passes([sql('n > 5')]), false);
      assert.equal(passes([sql('yes')]), true);
      assert.equal(passes([sql('n')]), false);
      assert.equal(passes([sql('gone')]), false);
      assert.equal(passes([sql('NOT EXISTS gone OR gone = 1')]), true);
      assert.equal(passes([{ any: [sql('n > 5'), { all: [sql('n = 5'), { not: sql('n = 6') }] }] }]), true);
      // The sql filter does not match because of its error, so its opposite does.
      assert.equal(passes([{ not: sql('gone = 1') }]), true);
    }
  });

  test('an expression that can let no event pass is refused with its place and the remedy', () => {
    const rule = (filter: object, path: string): string => {
      refused([filter], path);
      try {
        parseFilters([filter]);
      } catch (error) {
        return error instanceof FilterError ? error.rule : String(error);
      }
      return '';
    };
    assert.match(
      rule({ sql: "type = 'a' adn n = 5" }, 'filters[0].sql'),
      /^line 1, column 12: expected an operator .* did you mean AND\?$/,
    );
    assert.match(
      rule({ any: [{ exact: { id: '1' } }, { cesql: 'type =' }] }, 'filters[0].any[1].cesql'),
      /^line 1, column 7: expected a value/,
    );
    assert.equal(
      rule({ not: { sql: 'LENGHT(type) > 3' } }, 'filters[0].not.sql'),
      'line 1, column 1: there is no function LENGHT; did you mean LENGTH?',
    );
    assert.match(
      rule({ sql: 'LENGTH(type)' }, 'filters[0].sql'),
      /of type Integer; a filter needs a Boolean/,
    );
    assert.match(rule({ sql: '' }, 'filters[0].sql'), /the expression is empty/);
    assert.match(rule({ sql: 5 }, 'filters[0].sql'), /must be a CESQL expression: a string/);
  });

  test('unknown dialects are refused', () => {
    for (const dialect of ['SQL', 'regex', 'constructor']) {
      refused([{ [dialect]: 'type = 1' }], `filters[0].${dialect}`, 'unsupportedDialect');
    }
  });

  test('deep nesting is refused', () => {
    let filter: unknown = { exact: { id: '1' } };
    for (let depth = 0; depth < 10_000; depth++) filter = { not: filter };
    assert.throws(() => parseFilters([filter]), FilterError);
  });
});
