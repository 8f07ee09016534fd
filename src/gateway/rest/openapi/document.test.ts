import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayContext } from '../context.ts';
import { restGroup } from '../index.ts';
import { openApiDocument } from './document.ts';

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses: object;
}

/** The routes are only looked at, so they need nothing to work with. */
const { routes } = restGroup({ version: '1.2.3' } as GatewayContext, () => ({ host: 'h', port: 1 }));
const { paths } = openApiDocument(routes, '1.2.3') as { paths: Record<string, Record<string, Described>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ path, method, ...described })),
);

test('each route is in the document, and each operation of the document is a route', () => {
  const served = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  const documented = operations.map(({ method, path }) => `${method.toUpperCase()} /v2${path}`);
  assert.deepEqual(documented.toSorted(), served.toSorted());
  assert.ok(documented.length > 90, `${documented.length} operations`);
});

test('each operation has a name of its own, and names the parameters of its path', () => {
  const ids = operations.map(({ operationId }) => operationId);
  assert.deepEqual(ids.toSorted(), [...new Set(ids)].toSorted());
  for (const { path, parameters = [] } of operations) {
    const named = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    assert.deepEqual(
      named,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
      path,
    );
  }
});

test('each route that takes JSON says which', () => {
  for (const route of routes) {
    if (route.accepts !== 'json' && route.accepts !== 'multipart') continue;
    const path = route.path.slice('/v2'.length).replace(/:(\w+)/g, '{$1}');
    assert.ok(paths[path]?.[route.method.toLowerCase()]?.requestBody, `${route.method} ${path}`);
  }
});
