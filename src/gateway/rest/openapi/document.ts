import { COLLECTIONS, type CollectionName, collection } from '../../../history/index.ts';
import { ERRORS } from '../../errors.ts';
import type { Route } from '../../http.ts';
import { GATEWAY_VERSION } from '../context.ts';
import { type JsonSchema, type Operation, SHOWN, shown } from '../schema.ts';
import { KEY_SCHEMA } from '../shape.ts';
import { resultSchema, rowSchema, searchSchema } from './collections.ts';
import { READS } from './reads.ts';

const PREFIX = '/v2';

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
  for (const route of routes) {
    if (!route.path.startsWith(`${PREFIX}/`)) continue;
    const path = route.path.slice(PREFIX.length).replace(/:(\w+)/g, '{$1}');
    const methods = paths[path] ?? {};
    methods[route.method.toLowerCase()] = operationOf(route);
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

function operationOf(route: Route): object {
  const described = describedBy(route);
  const parameters = [
    ...[...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: name.endsWith('Key') && name !== 'decisionEvaluationInstanceKey' ? KEY_SCHEMA : SHOWN.text,
    })),
    ...Object.entries(described.query ?? {}).map(([name, schema]) => ({ name, in: 'query', schema })),
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
function describedBy(route: Route): Operation {
  return route.operation ?? ofCollection(route) ?? ofPath(route);
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
        ...(name === 'variables' && { query: { truncateValues: SHOWN.flag } }),
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

/** A read that belongs to an entity: named by its path, with an answer that is not described any closer. */
function ofPath(route: Route): Operation {
  const words = route.path
    .slice(PREFIX.length)
    .split('/')
    .filter((part) => part !== '' && !part.startsWith(':'))
    .flatMap((part) => part.split('-'));
  const takesBody = route.accepts === 'json';
  const isXml = route.path.endsWith('/xml');
  const read = READS[`${route.method} ${route.path.slice(PREFIX.length)}`];
  return {
    id: read?.id ?? `${route.method.toLowerCase()}${words.map(upperFirst).join('')}`,
    tag: upperFirst((words[0] ?? '').replace(/s$/, '')),
    summary: read?.summary ?? `${route.method === 'GET' ? 'Reads' : 'Finds'} ${words.join(' ')}.`,
    ...(takesBody && {
      body: read?.searches === undefined ? SHOWN.object : searchSchema(read.searches),
      bodyOptional: true as const,
    }),
    answers: { 200: isXml ? SHOWN.text : SHOWN.object, ...(read?.mayBeEmpty && { 204: undefined }) },
    ...(isXml && { answerType: 'text/xml' }),
  };
}

function upperFirst(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
