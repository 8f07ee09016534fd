import type { CollectionName, Condition, InstanceSummary, Row, SearchQuery } from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import { parseKey, pathKey } from '../fields.ts';
import { type GatewayRequest, json, type RouteGroup } from '../http.ts';
import { queryFlag, queryInteger } from '../records.ts';
import type { GatewayContext } from '../rest/context.ts';
import { renderRow } from '../rest/rows.ts';

/** What the console asks: few, large answers, each made for one page. */

const PAGE = 50;
const MAX_PAGE = 200;
const STATES = ['ACTIVE', 'COMPLETED', 'TERMINATED'] as const;

export function consoleApi({ history, runtime, version }: GatewayContext): RouteGroup {
  return {
    name: 'console-api',
    routes: [
      {
        method: 'GET',
        path: '/api/console/about',
        accepts: 'none',
        handler: () => {
          const clock = runtime.clock();
          return json(200, {
            version,
            clock: { now: new Date(clock.now).toISOString(), pinned: clock.pinned },
          });
        },
      },
      {
        method: 'GET',
        path: '/api/console/instances',
        accepts: 'none',
        handler: async (request) => {
          const page = await history.query('instancePage', readList(request));
          return json(200, { ...page, items: page.items.map(summary) });
        },
      },
      {
        method: 'GET',
        path: '/api/console/instances/:key',
        accepts: 'none',
        handler: async (request) => {
          const key = pathKey(request, 'key');
          const view = await history.query('instanceView', key);
          if (view === undefined) {
            throw new GatewayError(
              'NOT_FOUND',
              `There is no process instance with key '${request.params['key']}'.`,
            );
          }
          const rows = (name: CollectionName, list: readonly Row[]) =>
            list.map((row) => renderRow(name, row));
          return json(200, {
            instance: renderRow('processInstances', view.instance),
            elements: rows('elementInstances', view.elements),
            flows: view.flows,
            variables: rows('variables', view.variables),
            jobs: rows('jobs', view.jobs),
            incidents: rows('incidents', view.incidents),
            subscriptions: rows('messageSubscriptions', view.subscriptions),
            timers: rows('timers', view.timers),
            called: rows('processInstances', view.called),
            cut: view.cut,
          });
        },
      },
      {
        method: 'GET',
        path: '/api/console/definitions',
        accepts: 'none',
        handler: async () => {
          const overviews = await history.query('definitionOverviews');
          const items = overviews.map(({ definition, ...counts }) => ({
            definition: renderRow('processDefinitions', definition),
            ...counts,
          }));
          return json(200, { items });
        },
      },
      {
        method: 'GET',
        path: '/api/console/definitions/:key/statistics',
        accepts: 'none',
        handler: async (request) =>
          json(200, { items: await history.query('elementStatistics', pathKey(request, 'key')) }),
      },
      {
        method: 'GET',
        path: '/api/console/definitions/:key/xml',
        accepts: 'none',
        handler: async (request) => {
          const xml = await history.query('definitionXml', pathKey(request, 'key'));
          if (xml === undefined) {
            throw new GatewayError(
              'NOT_FOUND',
              `There is no process definition with key '${request.params['key']}'.`,
            );
          }
          // A version never changes once it is deployed.
          return {
            status: 200,
            headers: { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'private, max-age=86400' },
            body: xml,
          };
        },
      },
    ],
  };
}

function summary({ instance, standsAt, incidents }: InstanceSummary): Record<string, unknown> {
  return { ...renderRow('processInstances', instance), standsAt, incidents };
}

function readList(request: GatewayRequest): SearchQuery {
  const { query } = request;
  const where: Condition[] = [];
  const equal = (field: string, value: string | number | boolean) =>
    where.push({ kind: 'compare', field, operator: 'eq', value });
  const process = query.get('process');
  if (process !== null && process !== '') equal('processDefinitionId', process);
  const definition = query.get('definition');
  if (definition !== null && definition !== '') {
    const key = parseKey(definition);
    if (key === undefined)
      throw new GatewayError('BAD_REQUEST', 'The query parameter definition must be a key.');
    equal('processDefinitionKey', key);
  }
  const state = query.get('state');
  if (state !== null && state !== '') {
    if (!STATES.some((known) => known === state)) {
      throw new GatewayError('BAD_REQUEST', `The query parameter state must be one of ${STATES.join(', ')}.`);
    }
    equal('state', state);
  }
  if (queryFlag(request, 'incidents')) equal('hasIncident', true);
  const element = query.get('element');
  if (element !== null && element !== '') where.push({ kind: 'standsAt', elementId: element });
  const text = query.get('text')?.trim() ?? '';
  if (text !== '') where.push({ kind: 'mentions', text });
  const limit = queryInteger(request, 'limit', 1, MAX_PAGE) ?? PAGE;
  const after = query.get('after');
  const before = query.get('before');
  return {
    collection: 'processInstances',
    where,
    sort: [{ field: 'processInstanceKey', order: 'DESC' }],
    page:
      after !== null
        ? { kind: 'after', cursor: after, limit }
        : before !== null
          ? { kind: 'before', cursor: before, limit }
          : { kind: 'from', from: 0, limit },
  };
}
