import {
  COLLECTIONS,
  type CollectionName,
  collection,
  type Row,
  type SearchQuery,
  VALUE_PREVIEW,
} from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import { Fields, parseKey, pathKey } from '../fields.ts';
import { type GatewayRequest, type GatewayResponse, json, type Route } from '../http.ts';
import type { GatewayContext } from './context.ts';
import { readSearch } from './filter.ts';
import { renderOne, renderRow } from './rows.ts';

/** Searching and reading what the read model holds: two routes for each collection that says where it is. */
export function searchRoutes({ history }: GatewayContext): Route[] {
  return (Object.keys(COLLECTIONS) as CollectionName[]).flatMap((name): Route[] => {
    const { rest, key } = collection(name);
    if (rest === undefined) return [];
    const search: Route = {
      method: 'POST',
      path: `/v2/${rest.path}/search`,
      accepts: 'json',
      handler: (request) => answerSearch(history, readSearch(Fields.ofBody(request), name), request),
    };
    const get: Route = {
      method: 'GET',
      path: `/v2/${rest.path}/:${key}`,
      accepts: 'none',
      handler: async (request) => json(200, renderOne(name, await foundByPath(history, name, request))),
    };
    return [...(rest.search ? [search] : []), ...(rest.get ? [get] : [])];
  });
}

/** The page of a search. */
export async function answerSearch(
  history: GatewayContext['history'],
  query: SearchQuery,
  request: GatewayRequest,
): Promise<GatewayResponse> {
  const { items, ...page } = await history.query('search', query);
  const { collection: name } = query;
  const render =
    name === 'variables' || name === 'clusterVariables'
      ? variablePreview(name, truncates(request))
      : (row: Row) => renderRow(name, row);
  return json(200, { items: items.map(render), page });
}

/** The row that the path names, of a collection that can be read; 404 if there is none. */
export async function foundByPath(
  history: GatewayContext['history'],
  name: CollectionName,
  request: GatewayRequest,
): Promise<Row> {
  const { key, fields, rest } = collection(name);
  const text = request.params[key] ?? '';
  const row = await history.query(
    'find',
    name,
    fields[key]?.type === 'string' ? evaluationKey(text, key) : pathKey(request, key),
  );
  if (row === undefined) throw notFound(rest?.entity ?? name, text);
  return row;
}

export function notFound(entity: string, key: string): GatewayError {
  return new GatewayError('NOT_FOUND', `${entity} with key '${key}' not found`);
}

/** The key of one decision of an evaluation: `KEY-PLACE`. */
function evaluationKey(text: string, name: string): string {
  const [key = '', place = '', ...more] = text.split('-');
  if (more.length > 0 || parseKey(key) === undefined || !/^[0-9]{1,10}$/.test(place)) {
    throw new GatewayError(
      'BAD_REQUEST',
      `The path parameter ${name} must be a key and a number with a hyphen between, but was '${text}'.`,
    );
  }
  return text;
}

function truncates(request: GatewayRequest): boolean {
  const text = request.query.get('truncateValues') ?? 'true';
  if (text !== 'true' && text !== 'false') {
    throw new GatewayError(
      'BAD_REQUEST',
      `The query parameter truncateValues must be true or false, but was '${text}'.`,
    );
  }
  return text === 'true';
}

/** A variable as searches show it. One variable alone is always shown whole. */
const variablePreview = (name: 'variables' | 'clusterVariables', truncate: boolean) => (row: Row) => {
  const item = renderRow(name, row);
  const isTruncated = truncate && item.value.length > VALUE_PREVIEW;
  return { ...item, value: isTruncated ? item.value.slice(0, VALUE_PREVIEW) : item.value, isTruncated };
};
