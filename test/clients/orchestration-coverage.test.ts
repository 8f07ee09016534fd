import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { GatewayContext } from '../../src/gateway/rest/context.ts';
import { restGroup } from '../../src/gateway/rest/index.ts';
import { openApiDocument } from '../../src/gateway/rest/openapi/document.ts';
import { openGrpc } from '../support/grpc.ts';
import { clientOperations, type Member, membersOf, type Schema } from '../support/orchestration-api.ts';

/**
 * Our REST API against Camunda's, operation by operation and member by member: what the client for TypeScript sends and
 * reads, from the code generated for it, and what our API document says of our routes.
 */

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { schema: Schema }> };
  readonly responses: Readonly<Record<string, { readonly content?: Record<string, { schema: Schema }> }>>;
}

/** The routes are only looked at, so they need nothing to work with. */
const { routes } = restGroup({ version: '1.2.3' } as GatewayContext, () => ({ host: 'h', port: 1 }));
const document = openApiDocument(routes, '1.2.3') as { paths: Record<string, Record<string, Described>> };
const nameless = (path: string) => path.replace(/\{\w+\}/g, '{}');
const served = new Map(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => [
      `${method.toUpperCase()} ${nameless(path)}`,
      described,
    ]),
  ),
);

const theirs = await clientOperations();
const pairs = theirs.flatMap((operation) => {
  const own = served.get(`${operation.method} ${nameless(operation.path)}`);
  return own === undefined ? [] : [{ operation, own }];
});
const leftOut = theirs.filter((operation) => !served.has(`${operation.method} ${nameless(operation.path)}`));

const page = readFileSync(new URL('../../docs/reference/rest.md', import.meta.url), 'utf8');
const [, servedPart = '', leftOutPart = '', differences = ''] = page.split(/^## /m);

/** Where ours says otherwise, and may: each line is one of the page's table of differences. */
const allowed = new Map(
  [...differences.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, id = '', what = '']) => [
    id,
    [...what.matchAll(/`([^`]+)`/g)].map(([, member = '']) => member),
  ]),
);

/** The page says how long pages are, and only one tenant is taken. */
const BOUNDED = ['.page.limit', '.tenantId'];

/** What the request of a client would be refused for, though Camunda takes it. */
function refusedMembers(theirs: ReadonlyMap<string, Member>, ours: ReadonlyMap<string, Member>): string[] {
  const found: string[] = [];
  for (const [path, member] of theirs) {
    const own = ours.get(path);
    if (own === undefined) found.push(`${path} is not taken`);
    else {
      // In requests null counts as absent, wherever it stands.
      const types = [...member.types].filter((type) => type !== 'null' && !own.types.has(type));
      if (types.length > 0 && own.types.size > 0) found.push(`${path} may not be ${types}`);
      const words = [...(member.words ?? [])].filter((word) => own.words?.has(word) === false);
      if (words.length > 0) found.push(`${path} may not be ${words}`);
      // That a text is not blank and a list not empty is checked by the gateway, and does not stand in its schemas.
      if (own.least > Math.max(member.least, 1)) found.push(`${path} may not be below ${own.least}`);
      if (!BOUNDED.includes(path) && own.most < Math.min(member.most, Number.MAX_SAFE_INTEGER))
        found.push(`${path} may not exceed ${own.most}`);
    }
  }
  for (const [path, own] of ours) {
    const parent = ours.get(path.replace(/(\.[^.]+|\[\])$/, ''));
    if (own.required && parent !== own && theirs.get(path)?.required === false)
      found.push(`${path} is required`);
  }
  return found;
}

/** What a client would not understand of an answer. */
function strangeMembers(theirs: ReadonlyMap<string, Member>, ours: ReadonlyMap<string, Member>): string[] {
  const found: string[] = [];
  for (const [path, member] of theirs) {
    const own = ours.get(path);
    if (own === undefined) found.push(`${path} is not told`);
    else if (member.required && !own.required) found.push(`${path} may lack`);
  }
  for (const [path, own] of ours) {
    const member = theirs.get(path);
    if (member === undefined) {
      found.push(`${path} is unknown`);
      continue;
    }
    const types = [...own.types].filter((type) => !member.types.has(type));
    if (types.length > 0 && member.types.size > 0) found.push(`${path} may be ${types}`);
    if (member.words === undefined || member.words.size === 0) continue;
    const words =
      own.words === undefined ? ['anything'] : [...own.words].filter((word) => !member.words?.has(word));
    if (words.length > 0) found.push(`${path} may be ${words}`);
  }
  return found;
}

function differencesOf({ operation, own }: (typeof pairs)[number]): string[] {
  const found: string[] = [];
  const body = Object.values(own.requestBody?.content ?? {}).at(0)?.schema;
  if (operation.body !== undefined && body === undefined) found.push('a body is not taken');
  if (operation.body !== undefined && body !== undefined)
    found.push(...refusedMembers(membersOf(operation.body), membersOf(body, document)));
  if (own.requestBody?.required === true && !operation.bodyRequired) found.push('a body is required');
  const parameters = (own.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const known = Object.keys(operation.query?.properties ?? {});
  for (const name of known)
    if (!parameters.some((parameter) => parameter.name === name)) found.push(`?${name} is not taken`);
  for (const { name, required } of parameters)
    if (required && operation.query?.required?.includes(name) !== true) found.push(`?${name} is required`);
  const { default: _refusal, ...answers } = own.responses;
  const answer = Object.values(Object.values(answers).at(0)?.content ?? {}).at(0)?.schema;
  if ((answer === undefined) !== (operation.answer === undefined))
    found.push('an answer is missing, or none is read');
  if (answer !== undefined && operation.answer !== undefined)
    found.push(...strangeMembers(membersOf(operation.answer), membersOf(answer, document)));
  return found;
}

describe("Camunda's Orchestration Cluster API", () => {
  it('has the operations of the client, which are read whole', () => {
    assert.ok(theirs.length > 180, `${theirs.length} operations`);
    assert.ok(theirs.every(({ path, method }) => path.startsWith('/') && /^[A-Z]+$/.test(method)));
    assert.ok(theirs.filter(({ answer }) => answer !== undefined).length > 110);
  });

  it('is served under the names of the client', () => {
    for (const { operation, own } of pairs)
      assert.equal(own.operationId.toLowerCase(), operation.id.toLowerCase(), operation.path);
  });

  it('is listed on the page, and so is what is left out', () => {
    const names = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name).toSorted();
    const own = [...served.values()].map(({ operationId }) => operationId);
    assert.deepEqual(names(servedPart), own.toSorted());
    assert.deepEqual(names(leftOutPart), leftOut.map(({ id }) => id).toSorted());
  });

  for (const pair of pairs) {
    const { id } = pair.operation;
    it(`is taken and answered alike: ${id}`, () => {
      const found = differencesOf(pair);
      const expected = allowed.get(id) ?? [];
      assert.deepEqual(found, expected);
    });
  }

  it('differs only where the page says so', () => {
    const ids = pairs.map(({ operation }) => operation.id);
    assert.deepEqual(
      [...allowed.keys()].filter((id) => !ids.includes(id)),
      [],
    );
  });

  it('is answered 404 where it is left out, and tells that there is nothing', async (t) => {
    const { tutti } = await openGrpc(t);
    for (const { method, path } of leftOut) {
      const address = `/v2${path.replace(/\{\w+\}/g, 'x')}`;
      const response = await fetch(tutti.addresses.http + address, {
        method,
        ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: '{}' }),
      });
      assert.deepEqual([method, path, response.status], [method, path, 404]);
      assert.deepEqual(await response.json(), {
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        instance: address,
        detail: `There is nothing at ${method} ${address}.`,
      });
    }
  });
});
