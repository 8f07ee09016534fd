import { COLLECTIONS, type CollectionName, collection } from '../../../history/index.ts';
import { ERRORS } from '../../errors.ts';
import type { Route } from '../../http.ts';
import { GATEWAY_VERSION } from '../context.ts';
import { type JsonSchema, type Operation, SHOWN, shown } from '../schema.ts';
import { resultSchema, rowSchema, searchSchema } from './collections.ts';
import { type DescribedRead, describedReads, parameterSchema, TRUNCATES } from './reads.ts';

const PREFIX = '/v2';

type Reads = Readonly<Record<string, DescribedRead>>;

/** Collections whose long values are cut unless the request says otherwise. */
const TRUNCATED: readonly CollectionName[] = ['variables', 'clusterVariables'];

const PROBLEM: JsonSchema = shown({
  type: SHOWN.text,
  title: SHOWN.text,
  status: SHOWN.int,
  detail: SHOWN.text,
  instance: SHOWN.text,
});

/** The description of the REST API as OpenAPI 3.1, made of the routes that are served. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  const reads = describedReads();
  for (const route of routes) {
    if (!route.path.startsWith(`${PREFIX}/`)) continue;
    const path = route.path.slice(PREFIX.length).replace(/:(\w+)/g, '{$1}');
    const methods = paths[path] ?? {};
    methods[route.method.toLowerCase()] = operationOf(route, reads);
    paths[path] = methods;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tutti: REST API',
      version,
      description: `Speaks the Orchestration Cluster API of Camunda ${GATEWAY_VERSION}. Refusals are problem documents (RFC 9457).`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: PREFIX }],
    paths,
    components: { schemas: { Problem: PROBLEM } },
  };
}

function operationOf(route: Route, reads: Reads): object {
  const described = describedBy(route, reads);
  const parameters = [
    ...[...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: parameterSchema(name),
    })),
    ...Object.entries(described.query ?? {}).map(([name, schema]) => ({
      name,
      in: 'query',
      required: described.queryRequired?.includes(name) ?? false,
      schema,
    })),
  ];
  return {
    operationId: described.id,
    tags: [described.tag],
    summary: described.summary,
    ...(parameters.length > 0 && { parameters }),
    ...(described.body !== undefined && {
      requestBody: {
        required: described.bodyOptional !== true,
        content: { [described.bodyType ?? 'application/json']: { schema: described.body } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(described.answers).map(([status, schema]) => [
          status,
          {
            description: schema === undefined ? 'Done; there is nothing to tell.' : 'Done.',
            ...(schema !== undefined && {
              content: { [described.answerType ?? 'application/json']: { schema } },
            }),
          },
        ]),
      ),
      default: {
        description: `A refusal. Statuses: ${[...new Set(Object.values(ERRORS).map(({ http }) => http))].sort().join(', ')}.`,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** What the route says of itself, or what its collection says. */
function describedBy(route: Route, reads: Reads): Operation {
  return route.operation ?? ofCollection(route) ?? ofPath(route, reads);
}

function ofCollection(route: Route): Operation | undefined {
  for (const name of Object.keys(COLLECTIONS) as CollectionName[]) {
    const { rest, key } = collection(name);
    if (rest === undefined) continue;
    // "Requirements" are one graph.
    const one = upperFirst(name === 'decisionRequirements' ? name : name.replace(/s$/, ''));
    if (rest.search && route.method === 'POST' && route.path === `${PREFIX}/${rest.path}/search`)
      return {
        id: `search${upperFirst(name)}`,
        tag: rest.entity,
        summary: `Finds what passes the filter (${rest.entity}).`,
        ...(TRUNCATED.includes(name) && { query: TRUNCATES }),
        body: searchSchema(name),
        bodyOptional: true,
        answers: { 200: resultSchema(name) },
      };
    if (rest.get && route.method === 'GET' && route.path === `${PREFIX}/${rest.path}/:${key}`)
      return {
        id: name === 'forms' ? 'getFormByKey' : `get${one}`,
        tag: rest.entity,
        summary: `Reads one (${rest.entity}).`,
        answers: { 200: rowSchema(name, true) },
      };
  }
  return undefined;
}

/** A read that belongs to an entity. */
function ofPath(route: Route, reads: Reads): Operation {
  const path = route.path.slice(PREFIX.length);
  const read = reads[`${route.method} ${path}`];
  if (read === undefined) throw new TypeError(`${route.method} ${route.path} is not described`);
  const { id, summary, query, queryRequired, body, answer, type } = read;
  return {
    id,
    tag: upperFirst((path.split(/[/-]/)[1] ?? '').replace(/s$/, '')),
    summary,
    ...(query !== undefined && { query }),
    ...(queryRequired !== undefined && { queryRequired }),
    ...(body !== undefined && { body, ...(!read.bodyRequired && { bodyOptional: true as const }) }),
    answers: { 200: answer, ...(read.mayBeEmpty && { 204: undefined }) },
    ...(type !== undefined && { answerType: type }),
  };
}

function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
