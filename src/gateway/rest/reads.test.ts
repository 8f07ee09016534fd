import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { COLLECTIONS, type CollectionName, collection } from '../../history/index.ts';
import { startTutti, type Tutti } from '../../tutti.ts';
import { OPERATORS } from './filter.ts';

const SEARCHES = (Object.keys(COLLECTIONS) as CollectionName[]).flatMap((name) => {
  const { rest } = collection(name);
  return rest?.search === true ? [{ name, path: `/v2/${rest.path}/search` }] : [];
});

const operandOf = (operator: string, value: unknown): unknown => {
  if (operator === '$exists') return false;
  if (operator === '$in' || operator === '$notIn') return [value, value];
  return operator === '$like' ? 'a*b?' : value;
};

describe('Reads over REST', () => {
  let folder = '';
  let tutti: Tutti;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tutti-reads-'));
    tutti = await startTutti({ data: folder, http: 0, grpc: 0 });
  });
  after(async () => {
    await tutti.close();
    rmSync(folder, { recursive: true });
  });

  const ask = async (path: string, body?: unknown) => {
    const response = await fetch(tutti.addresses.http + path, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  const refused = async (path: string, body: unknown, title = 'Bad Request') => {
    const answer = await ask(path, body);
    const about = `${path} ${JSON.stringify(body)?.slice(0, 200)} ${JSON.stringify(answer.body)}`;
    assert.equal(answer.status, 400, about);
    assert.match(answer.type ?? '', /^application\/problem\+json/);
    assert.equal(answer.body['title'], title, about);
    assert.equal(answer.body['instance'], path);
    return String(answer.body['detail']);
  };

  it('answers every search with a whole page, empty as it is', async () => {
    for (const { path } of SEARCHES) {
      assert.deepEqual((await ask(path, {})).body, {
        items: [],
        page: { totalItems: 0, hasMoreTotalItems: false, startCursor: null, endCursor: null },
      });
    }
  });

  it('refuses, by name, what no search knows', async () => {
    for (const { path } of SEARCHES) {
      assert.match(
        await refused(path, { odd: 1 }),
        /\[odd\] cannot be parsed: it is unknown; known here: filter, page, sort/,
      );
      assert.match(
        await refused(path, { filter: { odd: 1 } }),
        /\[filter\.odd\] cannot be parsed: it is unknown; known here: /,
      );
      assert.match(
        await refused(path, { page: { odd: 1 } }),
        /\[page\.odd\] cannot be parsed: it is unknown/,
      );
      assert.match(await refused(path, { sort: [{ field: 'tenantId', odd: 1 }] }), /\[sort\[0\]\.odd\]/);
      assert.match(
        await refused(path, { sort: [{ field: 'odd' }] }),
        /^Unexpected value 'odd' for enum field 'field'\. Use any of the following values: \[\w+(, \w+)*\]$/,
      );
      assert.equal(
        await refused(path, { sort: [{ order: 'ASC' }] }, 'INVALID_ARGUMENT'),
        'Sort field must not be null.',
      );
      assert.equal(
        await refused(path, { page: { after: 'a', before: 'b' } }),
        'Only one of [from, after, before] is allowed.',
      );
      assert.equal(
        await refused(path, { page: { limit: -1, from: -2 }, sort: [{}] }, 'INVALID_ARGUMENT'),
        "Sort field must not be null. The value for page.limit is '-1' but must be a non-negative number. " +
          "The value for page.from is '-2' but must be a non-negative number.",
      );
      assert.equal(
        await refused(path, { page: { limit: 10_001 } }, 'INVALID_ARGUMENT'),
        "The value for page.limit is '10001' but must be at most 10000.",
      );
      assert.equal((await ask(path, { page: { limit: 0 } })).status, 200);
      assert.match(await refused(path, { page: { after: 'nonsense' } }, 'INVALID_ARGUMENT'), /nonsense/);
    }
  });

  it('refuses a wrong value in every member of every filter', async () => {
    const wrong = { key: 12, string: 12, int: 'x', date: 12, bool: 'x' } as const;
    const invalid = {
      key: [
        "'odd' is not a valid key",
        'Expected a numeric value',
        'Did you pass an entity id instead of an entity key?.',
      ],
      date: ["'odd' cannot be parsed as a date according to RFC 3339, section 5.6."],
    };
    for (const { name, path } of SEARCHES) {
      const { fields, relations } = collection(name);
      const all = [fields, ...Object.values(relations ?? {}).map((relation) => relation.fields)];
      for (const [field, { type, filter }] of all.flatMap((some) => Object.entries(some))) {
        if (!filter || type === 'json') continue;
        assert.match(
          await refused(path, { filter: { [field]: wrong[type] } }),
          new RegExp(`filter\\.${field}\\]`),
        );
        if (type === 'key' || type === 'date') {
          const text = `The provided ${field} ${invalid[type].join('. ')}`;
          assert.equal(await refused(path, { filter: { [field]: 'odd' } }, 'INVALID_ARGUMENT'), text);
          const twice = { filter: { [field]: { $in: ['odd'], $neq: 'odd' } }, page: { limit: -1 } };
          assert.equal(
            await refused(path, twice, 'INVALID_ARGUMENT'),
            `The value for page.limit is '-1' but must be a non-negative number. ${text} ${text}`,
          );
        }
        if (type === 'bool') continue;
        assert.match(
          await refused(path, { filter: { [field]: { $odd: 1 } } }),
          new RegExp(
            `\\[filter\\.${field}\\.\\$odd\\] cannot be parsed: the operator is unknown; known here: \\$eq`,
          ),
        );
      }
    }
  });

  it('takes each operator on each member of every filter, and sorts by each field in both orders', async () => {
    const right = {
      key: '12',
      string: 'a',
      int: 1,
      date: '2030-01-31T12:00:00.5+01:00',
      bool: true,
    } as const;
    for (const { name, path } of SEARCHES) {
      const { fields, relations } = collection(name);
      const all = [fields, ...Object.values(relations ?? {}).map((relation) => relation.fields)];
      for (const [field, { type, filter, values }] of all.flatMap((some) => Object.entries(some))) {
        if (!filter || type === 'json') continue;
        const value = values?.[0] ?? right[type];
        const operators = OPERATORS[type].map((operator) => [operator, operandOf(operator, value)] as const);
        const alone = operators.map((one) => Object.fromEntries([one]));
        const tests =
          type === 'bool' ? [value, null] : [value, null, {}, Object.fromEntries(operators), ...alone];
        for (const test of tests) {
          const answer = await ask(path, { filter: { [field]: test } });
          assert.equal(
            answer.status,
            200,
            `${path} ${field} ${JSON.stringify(test)} ${JSON.stringify(answer.body)}`,
          );
        }
      }
      const sortable = Object.entries(fields).filter(([, { sort }]) => sort);
      for (const [field] of sortable)
        for (const order of [undefined, 'ASC', 'DESC'])
          assert.equal(
            (await ask(path, { sort: [{ field, order }] })).status,
            200,
            `${path} ${field} ${order}`,
          );
      const twice = sortable.slice(0, 1).flatMap(([field]) => [{ field }, { field, order: 'DESC' }]);
      assert.equal((await ask(path, { sort: twice })).status, 200, 'a field that is named twice');
    }
  });

  it("says which words it knows, in Camunda's text", async () => {
    const states = '[ACTIVE, COMPLETED, TERMINATED]';
    for (const state of ['odd', { $in: ['ACTIVE', 'odd'] }]) {
      assert.equal(
        await refused('/v2/process-instances/search', { filter: { state } }),
        `Unexpected value 'odd' for enum field 'state'. Use any of the following values: ${states}`,
      );
    }
    assert.equal(
      await refused('/v2/jobs/search', { sort: [{ field: 'jobKey', order: 'dsc' }] }),
      "Unexpected value 'dsc' for enum field 'order'. Use any of the following values: [ASC, DESC]",
    );
  });

  it('refuses filters that would cost too much, and branches within branches', async () => {
    const path = '/v2/process-instances/search';
    const many = Array.from({ length: 600 }, () => ({ state: 'ACTIVE' }));
    assert.match(await refused(path, { filter: { $or: many } }, 'INVALID_ARGUMENT'), /at most 500 tests/);
    const variables = Array.from({ length: 600 }, () => ({ name: 'a', value: '1' }));
    assert.match(await refused(path, { filter: { variables } }, 'INVALID_ARGUMENT'), /at most 500 tests/);
    assert.match(
      await refused(path, { filter: { $or: [{ $or: [] }] } }),
      /\[filter\.\$or\[0\]\.\$or\] cannot be parsed: it is unknown/,
    );
    assert.match(
      await refused(path, { filter: { processDefinitionId: { $like: '*a'.repeat(11) } } }),
      /\$like/,
    );
    const keys = Array.from({ length: 10_000 }, (_, index) => String(index));
    assert.equal((await ask(path, { filter: { processInstanceKey: { $in: keys } } })).status, 200);
    assert.match(
      await refused(path, { filter: { processInstanceKey: { $in: [...keys, '1'] } } }),
      /at most 10000/,
    );
    const within = Array.from({ length: 200 }, () => ({
      state: { $neq: 'ACTIVE' },
      elementId: { $like: '*x' },
    }));
    assert.equal((await ask(path, { filter: { $or: within.slice(0, 120) } })).status, 200);
    const sort = Array.from({ length: 31 }, () => ({ field: 'state' }));
    assert.match(await refused(path, { sort }, 'INVALID_ARGUMENT'), /at most 30 fields/);
    const deep = `${'{"filter":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    assert.equal((await ask(path, deep)).status, 400);
  });

  it('refuses statistics that do not say what they have to', async () => {
    const window = { from: '2030-01-01T00:00:00Z', to: '2030-01-02T00:00:00Z' };
    const detail = (path: string, body: unknown) => refused(`/v2/${path}`, body, 'INVALID_ARGUMENT');
    assert.equal(await detail('jobs/statistics/by-workers', {}), 'No filter provided.');
    assert.equal(await detail('jobs/statistics/by-types', { filter: {} }), 'No from provided.');
    assert.equal(await detail('jobs/statistics/errors', { filter: window }), 'No jobType provided.');
    assert.match(await detail('jobs/statistics/errors', { filter: { ...window, from: 'x' } }), /from 'x'/);
    for (const resolution of ['x', 'P', 'PT', 'PT1S', 'PT0M', 'PT90S']) {
      const filter = { ...window, jobType: 'a', resolution };
      assert.match(await detail('jobs/statistics/time-series', { filter }), /filter\.resolution is '/);
    }
    assert.match(
      await detail('incidents/statistics/process-instances-by-definition', { filter: {} }),
      /^No errorHashCode provided\.$/,
    );
    assert.match(
      await detail('process-definitions/statistics/process-instances-by-version', { filter: {} }),
      /^No processDefinitionId provided\.$/,
    );
    assert.match(
      await refused('/v2/process-definitions/statistics/process-instances', { page: { after: 'x' } }),
      /\[page\.after\] cannot be parsed: it is unknown; known here: from, limit/,
    );
    assert.match(
      await refused('/v2/jobs/statistics/by-types', { sort: [] }),
      /\[sort\] cannot be parsed: it is unknown/,
    );
    assert.equal((await ask('/v2/jobs/statistics/global')).status, 400);
    const query = new URLSearchParams({ ...window, odd: '1' });
    assert.match(
      String((await ask(`/v2/jobs/statistics/global?${query}`)).body['detail']),
      /\[odd\] cannot be parsed: it is unknown/,
    );
  });

  it('answers 404 for one that is not there, and 400 for what is no key', async () => {
    for (const name of Object.keys(COLLECTIONS) as CollectionName[]) {
      const { rest } = collection(name);
      if (rest?.get !== true) continue;
      const id = name === 'decisionInstances' ? '99-1' : '99';
      const missing = await ask(`/v2/${rest.path}/${id}`);
      assert.equal(missing.status, 404);
      assert.equal(missing.body['title'], 'NOT_FOUND');
      assert.equal(missing.body['detail'], `${rest.entity} with key '${id}' not found`);
      assert.equal((await ask(`/v2/${rest.path}/x`)).status, 400);
    }
    const below = [
      'process-definitions/99/xml',
      'process-definitions/99/form',
      'decision-definitions/99/xml',
      'decision-requirements/99/xml',
      'resources/99/content',
      'process-instances/99/call-hierarchy',
      'process-instances/99/sequence-flows',
      'process-instances/99/statistics/element-instances',
      'user-tasks/99/form',
    ];
    for (const path of below) assert.equal((await ask(`/v2/${path}`)).status, 404, path);
    const searches = [
      'process-instances/99/incidents',
      'element-instances/99/incidents',
      'user-tasks/99/variables',
      'user-tasks/99/effective-variables',
      'user-tasks/99/audit-logs',
    ];
    for (const path of searches) assert.equal((await ask(`/v2/${path}/search`, {})).status, 404, path);
  });

  it('finds nothing of other tenants', async () => {
    const found = await ask('/v2/process-definitions/search', { filter: { tenantId: 'other' } });
    assert.equal((found.body['page'] as Record<string, unknown>)['totalItems'], 0);
  });
});
