import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorHash } from './collections/incidents.ts';
import { COLLECTIONS, type CollectionName, collection } from './collections.ts';
import { History } from './history.ts';
import { startForm } from './names.ts';
import type { Condition, Scalar, SearchQuery } from './search.ts';

function emptyHistory(): History {
  return new History(':memory:', {
    last: () => 0,
    oldest: () => 1,
    read: () => [],
    cut: () => 0,
    close: () => undefined,
  });
}

const VALUES = { key: 1, string: 'a', int: 1, date: 1, bool: true, json: '[]' } as const satisfies Record<
  string,
  Scalar
>;

test('each collection can be searched by each of its fields, with each kind of test, and sorted by each', () => {
  const history = emptyHistory();
  for (const name of Object.keys(COLLECTIONS) as CollectionName[]) {
    const spec = collection(name);
    const run = (query: Partial<SearchQuery>) =>
      history.search({
        collection: name,
        where: [],
        sort: [],
        page: { kind: 'from', from: 0, limit: 5 },
        ...query,
      });
    const testsOf = (field: string, value: Scalar): Condition[] => [
      { kind: 'compare', field, operator: 'eq', value },
      { kind: 'compare', field, operator: 'like', value: 'a*?[\\*' },
      { kind: 'among', field, negated: true, values: [value] },
      { kind: 'exists', field, exists: false },
    ];
    for (const [field, { type, sort }] of Object.entries(spec.fields)) {
      for (const condition of testsOf(field, VALUES[type])) run({ where: [condition] });
      if (sort) run({ sort: [{ field, order: 'DESC' }] });
    }
    for (const [relation, { fields }] of Object.entries(spec.relations ?? {})) {
      for (const [field, { type }] of Object.entries(fields)) {
        run({ where: [{ kind: 'related', relation, tests: testsOf(field, VALUES[type]) }] });
      }
    }
    for (const filter of Object.keys(spec.variables ?? {})) {
      run({ where: [{ kind: 'variable', filter, name: 'n', tests: testsOf('value', 'x') }] });
    }
    for (const [field, { type }] of Object.entries(spec.groups?.of.fields ?? {})) {
      run({ grouped: testsOf(field, VALUES[type]), step: 60_000 });
    }
  }
  history.close();
});

test('messages of incidents are hashed as Java hashes texts', () => {
  assert.equal(errorHash(''), 0);
  assert.equal(errorHash('abc'), 96354);
  assert.equal(errorHash('Expected to find a variable'), javaHash('Expected to find a variable'));
});

/** The definition, in whole numbers: s[0]·31^(n-1) + … + s[n-1], cut to 32 bits. */
function javaHash(text: string): number {
  let sum = 0n;
  for (const unit of text) sum = sum * 31n + BigInt(unit.charCodeAt(0));
  return Number(BigInt.asIntN(32, sum));
}

test('the form of a start event is found in the right process, and comments have none', () => {
  const event = (form: string) =>
    `<bpmn:startEvent id="s"><x:formDefinition formId="${form}"/></bpmn:startEvent>`;
  const xml = `<d><bpmn:process id="a"><bpmn:startEvent id="t"/><!-- ${event('no')} --></bpmn:process>
    <bpmn:process id="b"><bpmn:startEvent id="plain" name="a > b"/>${event('yes')}</bpmn:process></d>`;
  assert.equal(startForm(xml, 'a'), undefined);
  assert.equal(startForm(xml, 'b'), 'yes');
  assert.equal(startForm(xml, 'c'), undefined);
});
