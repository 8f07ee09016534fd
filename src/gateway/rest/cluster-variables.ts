import type { ClusterVariableValue } from '../../engine/records/cluster-variable.ts';
import { json, type Route } from '../http.ts';
import { command, operation } from './command.ts';
import type { GatewayContext } from './context.ts';
import { SHOWN, shown, shownWord } from './schema.ts';
import { notFound } from './search-routes.ts';
import { filledText, invalid, read, required } from './shape.ts';

const TAG = 'Cluster variable';
const PATH = '/v2/cluster-variables/global/:name';
const VARIABLE = shown({
  name: SHOWN.text,
  value: SHOWN.text,
  scope: shownWord('GLOBAL', 'TENANT'),
  tenantId: SHOWN.nullableText,
});

/** Any JSON, with its exact text. */
const value = required(
  read({ description: 'Any JSON value.' }, (fields, name) => {
    const text = fields.text(name);
    if (text === undefined) throw invalid(`No ${name} provided.`);
    return text;
  }),
);

/** Variables that all processes see; without tenants they are all global. */
export function clusterVariableRoutes({ runtime, history }: GatewayContext): Route[] {
  const show = (variable: Pick<ClusterVariableValue, 'name' | 'value'>) => ({
    name: variable.name,
    value: variable.value,
    scope: 'GLOBAL',
    tenantId: null,
  });
  const shows = {
    shows: VARIABLE,
    show: (accepted: { readonly value: unknown }) => show(accepted.value as ClusterVariableValue),
  };
  const nameOf = ({ params }: { readonly params: Readonly<Record<string, string>> }) => params['name'] ?? '';
  return [
    command(runtime, {
      id: 'createGlobalClusterVariable',
      tag: TAG,
      summary: 'Creates a variable that all processes see as `camunda.vars.cluster.NAME`.',
      path: '/v2/cluster-variables/global',
      body: { name: filledText(), value },
      command: ({ body }) => ({ valueType: 'CLUSTER_VARIABLE', intent: 'CREATE', value: body }),
      ...shows,
    }),
    command(runtime, {
      id: 'updateGlobalClusterVariable',
      tag: TAG,
      summary: 'Changes a variable that all processes see.',
      method: 'PUT',
      path: PATH,
      body: { value },
      command: ({ body, request }) => ({
        valueType: 'CLUSTER_VARIABLE',
        intent: 'UPDATE',
        value: { name: nameOf(request), value: body.value },
      }),
      ...shows,
    }),
    command(runtime, {
      id: 'deleteGlobalClusterVariable',
      tag: TAG,
      summary: 'Deletes a variable that all processes see.',
      method: 'DELETE',
      path: PATH,
      command: ({ request }) => ({
        valueType: 'CLUSTER_VARIABLE',
        intent: 'DELETE',
        value: { name: nameOf(request) },
      }),
    }),
    operation({
      id: 'getGlobalClusterVariable',
      tag: TAG,
      summary: 'Reads a variable that all processes see.',
      method: 'GET',
      path: PATH,
      answers: { 200: VARIABLE },
      answer: async ({ request }) => {
        const name = nameOf(request);
        const { items } = await history.query('search', {
          collection: 'clusterVariables',
          where: [{ kind: 'compare', field: 'name', operator: 'eq', value: name }],
          sort: [],
          page: { kind: 'from', from: 0, limit: 1 },
        });
        const row = items.at(0);
        if (row === undefined) throw notFound('Cluster Variable', name);
        return json(200, show({ name, value: String(row['value']) }));
      },
    }),
  ];
}
