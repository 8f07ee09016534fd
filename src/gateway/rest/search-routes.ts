import type { CollectionName, Row, SearchQuery } from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import { type GatewayRequest, type GatewayResponse, json, type Route } from '../http.ts';
import { RawJson } from '../json.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { readSearch } from './filter.ts';
import { renderRow } from './rows.ts';

/** Searching and reading what the read model holds. */

/** Characters of a variable's value that a search shows, unless `truncateValues=false`. */
const VALUE_PREVIEW = 8191;

type Render = (row: Row, request: GatewayRequest) => Record<string, unknown>;

const RENDER: Readonly<Partial<Record<CollectionName, Render>>> = {
  processDefinitions: (row) => {
    const { isLatestVersion: _, ...item } = renderRow('processDefinitions', row);
    return { ...item, versionTag: null, tenantId: TENANT, hasStartForm: false };
  },
  processInstances: (row) => ({
    ...renderRow('processInstances', row),
    processDefinitionVersionTag: null,
    tenantId: TENANT,
    tags: row['tags'] ? new RawJson(String(row['tags'])) : [],
  }),
  elementInstances: (row) => {
    const { elementInstanceScopeKey: _, ...item } = renderRow('elementInstances', row);
    return { ...item, elementName: item['elementName'] ?? item['elementId'], tenantId: TENANT };
  },
  variables: (row, request) => {
    const item = renderRow('variables', row);
    const value = String(item['value']);
    const isTruncated = request.query.get('truncateValues') !== 'false' && value.length > VALUE_PREVIEW;
    return {
      ...item,
      value: isTruncated ? value.slice(0, VALUE_PREVIEW) : value,
      isTruncated,
      tenantId: TENANT,
    };
  },
  jobs: (row) => {
    const item = renderRow('jobs', row);
    return {
      ...item,
      customHeaders: new RawJson(String(item['customHeaders'] ?? '{}')),
      isDenied: null,
      deniedReason: null,
      tenantId: TENANT,
    };
  },
  incidents: (row) => ({ ...renderRow('incidents', row), tenantId: TENANT }),
  userTasks: (row) => {
    const item = renderRow('userTasks', row);
    return {
      ...item,
      name: item['name'] ?? item['elementId'],
      candidateGroups: new RawJson(String(item['candidateGroups'] ?? '[]')),
      candidateUsers: new RawJson(String(item['candidateUsers'] ?? '[]')),
      customHeaders: new RawJson(String(item['customHeaders'] ?? '{}')),
      tags: [],
      tenantId: TENANT,
    };
  },
  // What was evaluated in detail is shown for one instance only.
  decisionInstances: (row) => {
    const { evaluatedInputs: _, matchedRules: __, ...item } = decisionInstance(row);
    return item;
  },
  messageSubscriptions: (row) => ({ ...renderRow('messageSubscriptions', row), tenantId: TENANT }),
};

function decisionInstance(row: Row): Record<string, unknown> {
  const item = renderRow('decisionInstances', row);
  return {
    ...item,
    evaluatedInputs: new RawJson(String(item['evaluatedInputs'] ?? '[]')),
    matchedRules: new RawJson(String(item['matchedRules'] ?? '[]')),
    tenantId: TENANT,
  };
}

interface Resource {
  readonly collection: CollectionName;
  readonly path: string;
  /** Where one entity is read; absent if the API has no such route. */
  readonly parameter?: string;
  /** How messages call one entity. */
  readonly entity: string;
}

const RESOURCES: readonly Resource[] = [
  {
    collection: 'processDefinitions',
    path: 'process-definitions',
    parameter: 'processDefinitionKey',
    entity: 'Process Definition',
  },
  {
    collection: 'processInstances',
    path: 'process-instances',
    parameter: 'processInstanceKey',
    entity: 'Process Instance',
  },
  {
    collection: 'elementInstances',
    path: 'element-instances',
    parameter: 'elementInstanceKey',
    entity: 'Element Instance',
  },
  { collection: 'variables', path: 'variables', parameter: 'variableKey', entity: 'Variable' },
  { collection: 'incidents', path: 'incidents', parameter: 'incidentKey', entity: 'Incident' },
  { collection: 'jobs', path: 'jobs', entity: 'Job' },
  { collection: 'userTasks', path: 'user-tasks', parameter: 'userTaskKey', entity: 'User Task' },
  { collection: 'decisionInstances', path: 'decision-instances', entity: 'Decision Instance' },
  { collection: 'messageSubscriptions', path: 'message-subscriptions', entity: 'Message Subscription' },
];

export function searchRoutes({ history }: GatewayContext): Route[] {
  const run = async (query: SearchQuery, request: GatewayRequest): Promise<GatewayResponse> => {
    const { items, ...page } = await history.query('search', query);
    const render = RENDER[query.collection] ?? ((row) => renderRow(query.collection, row));
    return json(200, { items: items.map((row) => render(row, request)), page });
  };

  const routes = RESOURCES.flatMap(({ collection, path, parameter, entity }): Route[] => {
    const search: Route = {
      method: 'POST',
      path: `/v2/${path}/search`,
      accepts: 'json',
      handler: (request) => run(readSearch(Fields.ofBody(request), collection), request),
    };
    if (parameter === undefined) return [search];
    const get: Route = {
      method: 'GET',
      path: `/v2/${path}/:${parameter}`,
      accepts: 'none',
      handler: async (request) => {
        const key = pathKey(request, parameter);
        const row = await history.query('find', collection, key);
        if (row === undefined) throw notFound(entity, request.params[parameter] ?? '');
        const render = RENDER[collection] ?? ((found) => renderRow(collection, found));
        // One variable is always shown whole.
        const whole = { ...request, query: new URLSearchParams({ truncateValues: 'false' }) };
        const { isTruncated: _, ...item } = render(row, whole);
        return json(200, item);
      },
    };
    return [search, get];
  });

  routes.push(
    {
      method: 'GET',
      path: '/v2/decision-instances/:decisionEvaluationInstanceKey',
      accepts: 'none',
      handler: async (request) => {
        const value = request.params['decisionEvaluationInstanceKey'] ?? '';
        // The part before the dash is the evaluation's key, which has an index.
        const evaluation = /^(\d{1,16})-\d{1,4}$/.exec(value)?.[1];
        const { items } = await history.query('search', {
          collection: 'decisionInstances',
          where: [
            {
              kind: 'compare',
              field: 'decisionEvaluationKey',
              operator: 'eq',
              value: Number(evaluation ?? -1),
            },
            { kind: 'compare', field: 'decisionEvaluationInstanceKey', operator: 'eq', value },
          ],
          sort: [],
          page: { kind: 'from', from: 0, limit: 1 },
        });
        const [row] = items;
        if (row === undefined) throw notFound('Decision Instance', value);
        return json(200, decisionInstance(row));
      },
    },
    {
      method: 'GET',
      path: '/v2/process-definitions/:processDefinitionKey/xml',
      accepts: 'none',
      handler: async (request) => {
        const xml = await history.query('definitionXml', pathKey(request, 'processDefinitionKey'));
        if (xml === undefined)
          throw notFound('Process Definition', request.params['processDefinitionKey'] ?? '');
        return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: xml };
      },
    },
    {
      method: 'POST',
      path: '/v2/process-definitions/:processDefinitionKey/statistics/element-instances',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        body.end();
        const statistics = await history.query('elementStatistics', pathKey(request, 'processDefinitionKey'));
        return json(200, { items: statistics });
      },
    },
    {
      method: 'GET',
      path: '/v2/process-instances/:processInstanceKey/sequence-flows',
      accepts: 'none',
      handler: async (request) => {
        const key = pathKey(request, 'processInstanceKey');
        const view = await history.query('instanceView', key);
        if (view === undefined)
          throw notFound('Process Instance', request.params['processInstanceKey'] ?? '');
        const { instance, flows } = view;
        const items = flows.map(({ elementId }) => ({
          sequenceFlowId: `${key}_${elementId}`,
          processInstanceKey: String(key),
          rootProcessInstanceKey: String(instance['rootProcessInstanceKey']),
          processDefinitionKey: String(instance['processDefinitionKey']),
          processDefinitionId: instance['processDefinitionId'],
          elementId,
          tenantId: TENANT,
        }));
        return json(200, { items });
      },
    },
    {
      method: 'POST',
      path: '/v2/process-instances/:processInstanceKey/incidents/search',
      accepts: 'json',
      handler: async (request) => {
        const query = readSearch(Fields.ofBody(request), 'incidents');
        const value = pathKey(request, 'processInstanceKey');
        if ((await history.query('find', 'processInstances', value)) === undefined) {
          throw notFound('Process Instance', request.params['processInstanceKey'] ?? '');
        }
        const own = { kind: 'compare', field: 'processInstanceKey', operator: 'eq', value } as const;
        return run({ ...query, where: [...query.where, own] }, request);
      },
    },
  );
  return routes;
}

function notFound(entity: string, key: string): GatewayError {
  return new GatewayError('NOT_FOUND', `${entity} with key '${key}' not found`);
}
