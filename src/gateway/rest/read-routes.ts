import {
  type CollectionName,
  type Condition,
  collection,
  type Row,
  type SearchQuery,
  USER_TASK_AUDIT_FILTER,
} from '../../history/index.ts';
import { Fields, pathKey } from '../fields.ts';
import { type GatewayRequest, type GatewayResponse, json, NO_CONTENT, type Route } from '../http.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { readSearch } from './filter.ts';
import { renderOne, renderRow } from './rows.ts';
import { answerSearch, foundByPath, notFound } from './search-routes.ts';

/** Reads that belong to one entity: its XML, its form, what is related to it. */
export function readRoutes({ history }: GatewayContext): Route[] {
  const get = (path: string, handler: Route['handler']): Route => ({
    method: 'GET',
    path: `/v2/${path}`,
    accepts: 'none',
    handler,
  });
  const search = (path: string, handler: Route['handler']): Route => ({
    method: 'POST',
    path: `/v2/${path}/search`,
    accepts: 'json',
    handler,
  });
  /** A search within what belongs to the entity of the path. */
  const within = async (
    owner: CollectionName,
    request: GatewayRequest,
    query: SearchQuery,
    condition: (key: number, row: Row) => Condition,
  ): Promise<GatewayResponse> => {
    const row = await foundByPath(history, owner, request);
    const own = condition(pathKey(request, collection(owner).key), row);
    return answerSearch(history, { ...query, where: [...query.where, own] }, request);
  };
  const formOf = async (condition: Condition): Promise<GatewayResponse> => {
    const { items } = await history.query('search', {
      collection: 'forms',
      where: [condition],
      sort: [{ field: 'version', order: 'DESC' }],
      page: { kind: 'from', from: 0, limit: 1 },
    });
    const form = items.at(0);
    return form === undefined ? NO_CONTENT : json(200, renderOne('forms', form));
  };

  return [
    get('process-definitions/:processDefinitionKey/xml', async (request) => {
      const xml = await history.query('definitionXml', pathKey(request, 'processDefinitionKey'));
      if (xml === undefined)
        throw notFound('Process Definition', request.params['processDefinitionKey'] ?? '');
      return xmlOf(xml);
    }),
    get('process-definitions/:processDefinitionKey/form', async (request) => {
      await foundByPath(history, 'processDefinitions', request);
      const value = await history.query('startForm', pathKey(request, 'processDefinitionKey'));
      return value === undefined
        ? NO_CONTENT
        : formOf({ kind: 'compare', field: 'formId', operator: 'eq', value });
    }),
    get('decision-definitions/:decisionDefinitionKey/xml', (request) =>
      decisionXml(history, request, 'decisionDefinitionKey', 'Decision Definition'),
    ),
    get('decision-requirements/:decisionRequirementsKey/xml', (request) =>
      decisionXml(history, request, 'decisionRequirementsKey', 'Decision Requirements'),
    ),
    get('resources/:resourceKey/content', async (request) => {
      const content = String((await foundByPath(history, 'resources', request))['content']);
      if (content.trimStart().startsWith('<')) return xmlOf(content);
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: content };
    }),
    get('process-instances/:processInstanceKey/call-hierarchy', async (request) => {
      const rows = await history.query('callHierarchy', pathKey(request, 'processInstanceKey'));
      if (rows.length === 0) throw notFound('Process Instance', request.params['processInstanceKey'] ?? '');
      const items = rows.map((row) => {
        const item = renderRow('processInstances', row);
        return {
          processInstanceKey: item.processInstanceKey,
          processDefinitionKey: item.processDefinitionKey,
          processDefinitionName: item.processDefinitionName ?? item.processDefinitionId,
        };
      });
      return json(200, items);
    }),
    get('process-instances/:processInstanceKey/sequence-flows', async (request) => {
      const row = await foundByPath(history, 'processInstances', request);
      const { processInstanceKey, rootProcessInstanceKey, processDefinitionKey, processDefinitionId } =
        renderRow('processInstances', row);
      const flows = await history.query('takenFlows', pathKey(request, 'processInstanceKey'));
      const items = flows.map((elementId) => ({
        sequenceFlowId: `${processInstanceKey}_${elementId}`,
        processInstanceKey,
        rootProcessInstanceKey,
        processDefinitionKey,
        processDefinitionId,
        elementId,
        tenantId: TENANT,
      }));
      return json(200, { items });
    }),
    search('process-instances/:processInstanceKey/incidents', (request) =>
      within('processInstances', request, readSearch(Fields.ofBody(request), 'incidents'), (key) => ({
        kind: 'ofInstance',
        key,
      })),
    ),
    search('element-instances/:elementInstanceKey/incidents', (request) =>
      within('elementInstances', request, readSearch(Fields.ofBody(request), 'incidents'), (key) => ({
        kind: 'ofElement',
        key,
      })),
    ),
    get('user-tasks/:userTaskKey/form', async (request) => {
      const { formKey } = renderRow('userTasks', await foundByPath(history, 'userTasks', request));
      return formKey === null
        ? NO_CONTENT
        : formOf({ kind: 'compare', field: 'formKey', operator: 'eq', value: Number(formKey) });
    }),
    search('user-tasks/:userTaskKey/variables', (request) =>
      within(
        'userTasks',
        request,
        readSearch(Fields.ofBody(request), 'variables', { filter: ['name'] }),
        (_, task) => ({ kind: 'visibleFrom', key: Number(task['elementInstanceKey']), effective: false }),
      ),
    ),
    search('user-tasks/:userTaskKey/effective-variables', (request) =>
      within('userTasks', request, readSearch(Fields.ofBody(request), 'variables', EFFECTIVE), (_, task) => ({
        kind: 'visibleFrom',
        key: Number(task['elementInstanceKey']),
        effective: true,
      })),
    ),
    search('user-tasks/:userTaskKey/audit-logs', (request) =>
      within(
        'userTasks',
        request,
        readSearch(Fields.ofBody(request), 'auditLogs', { filter: USER_TASK_AUDIT_FILTER }),
        (value) => ({ kind: 'compare', field: 'userTaskKey', operator: 'eq', value }),
      ),
    ),
  ];
}

/** Paged by offset only. */
const EFFECTIVE = { filter: ['name'], paging: 'offset' } as const;

async function decisionXml(
  history: GatewayContext['history'],
  request: GatewayRequest,
  parameter: string,
  entity: string,
): Promise<GatewayResponse> {
  const xml = await history.query('decisionXml', pathKey(request, parameter));
  if (xml === undefined) throw notFound(entity, request.params[parameter] ?? '');
  return xmlOf(xml);
}

function xmlOf(body: string): GatewayResponse {
  return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body };
}
