import {
  type CollectionName,
  type CollectionSpec,
  type Condition,
  collection,
  type FieldSpec,
  type Page,
  type Scalar,
  type SearchQuery,
} from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import { type Fields, parseKey } from '../fields.ts';

/** Reads the body of a search: `{filter, sort, page}` in the manner of Camunda's REST API. */

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 10_000;

/** Filter members that are accepted and exclude nothing: there is only one tenant, and only process instances are found by tags. */
const WITHOUT_EFFECT = ['tenantId', 'tags'] as const;

export function readSearch(body: Fields, name: CollectionName): SearchQuery {
  const spec = collection(name);
  const filter = body.object('filter');
  const where = filter === undefined ? [] : readFilter(filter, spec, name === 'processInstances');
  const sort = (body.objects('sort') ?? []).map((item) => readSort(item, spec));
  const page = readPage(body.object('page'));
  body.end();
  return { collection: name, where, sort, page };
}

function readSort(item: Fields, spec: CollectionSpec): SearchQuery['sort'][number] {
  const field = item.requiredString('field');
  const order = (item.string('order') ?? 'ASC').toUpperCase();
  item.end();
  const sortable = Object.entries(spec.fields)
    .filter(([, { sort }]) => sort)
    .map(([name]) => name);
  if (!sortable.includes(field)) {
    throw new GatewayError(
      'BAD_REQUEST',
      `Cannot sort by '${field}'; sort.field is one of ${sortable.join(', ')}.`,
    );
  }
  if (order !== 'ASC' && order !== 'DESC') {
    throw new GatewayError('BAD_REQUEST', `sort.order is ASC or DESC, but was '${order}'.`);
  }
  return { field, order };
}

export function readPage(page: Fields | undefined): Page {
  if (page === undefined) return { kind: 'from', from: 0, limit: DEFAULT_LIMIT };
  const limit = page.integer('limit', 1) ?? DEFAULT_LIMIT;
  if (limit > MAX_LIMIT) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      `The value for page.limit is '${limit}' but must be at most ${MAX_LIMIT}.`,
    );
  }
  const from = page.integer('from', 0);
  const after = page.string('after');
  const before = page.string('before');
  page.end();
  const given = [from, after, before].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      'Only one of [page.from, page.after, page.before] is allowed.',
    );
  }
  if (after !== undefined) return { kind: 'after', cursor: after, limit };
  if (before !== undefined) return { kind: 'before', cursor: before, limit };
  return { kind: 'from', from: from ?? 0, limit };
}

/** Conditions of one filter object; `instances` allows what only process instances can be asked for. */
function readFilter(filter: Fields, spec: CollectionSpec, instances: boolean): Condition[] {
  const conditions: Condition[] = [];
  for (const name of filter.names()) {
    const field = Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
    if (field?.filter === true) conditions.push(...readTests(filter, name, field));
  }
  filter.ignore(...WITHOUT_EFFECT);
  if (instances) {
    // An instance must have all of them.
    for (const tag of filter.strings('tags') ?? []) conditions.push({ kind: 'tagged', tag });
    const elementId = filter.string('elementId');
    if (elementId !== undefined) conditions.push({ kind: 'standsAt', elementId });
    for (const variable of filter.objects('variables') ?? []) {
      const variableName = variable.requiredString('name');
      const tests = readTests(variable, 'value', { type: 'string', sql: '', filter: true, sort: false });
      variable.end();
      conditions.push({ kind: 'variable', name: variableName, tests });
    }
    const branches = filter.objects('$or');
    if (branches !== undefined && branches.length > 0) {
      conditions.push({ kind: 'any', branches: branches.map((branch) => readFilter(branch, spec, true)) });
    }
  }
  // Asked for so that the message of `end` can list what could have been meant.
  for (const [name, { filter: usable }] of Object.entries(spec.fields)) if (usable) filter.ignore(name);
  filter.end();
  return conditions;
}

const COMPARISONS = {
  $eq: 'eq',
  $neq: 'neq',
  $gt: 'gt',
  $gte: 'gte',
  $lt: 'lt',
  $lte: 'lte',
  $like: 'like',
} as const;

/** A plain value, or an object of operators that must all hold. */
function readTests(filter: Fields, name: string, spec: FieldSpec): Condition[] {
  const value = filter.value(name);
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ kind: 'compare', field: name, operator: 'eq', value: scalar(value, name, spec) }];
  }
  const conditions: Condition[] = [];
  for (const [operator, operand] of Object.entries(value)) {
    switch (operator) {
      case '$exists':
        if (typeof operand !== 'boolean') refuse(`${name}.$exists`, 'true or false');
        conditions.push({ kind: 'exists', field: name, exists: operand });
        break;
      case '$in':
      case '$notIn':
        if (!Array.isArray(operand)) refuse(`${name}.${operator}`, 'a list');
        conditions.push({
          kind: 'among',
          field: name,
          negated: operator === '$notIn',
          values: operand.map((item) => scalar(item, `${name}.${operator}`, spec)),
        });
        break;
      case '$like':
        if (typeof operand !== 'string' || spec.type !== 'string')
          refuse(`${name}.$like`, 'a text for a text');
        conditions.push({ kind: 'compare', field: name, operator: 'like', value: operand });
        break;
      case '$eq':
      case '$neq':
      case '$gt':
      case '$gte':
      case '$lt':
      case '$lte':
        conditions.push({
          kind: 'compare',
          field: name,
          operator: COMPARISONS[operator],
          value: scalar(operand, `${name}.${operator}`, spec),
        });
        break;
      default:
        throw new GatewayError(
          'BAD_REQUEST',
          `Request property [filter.${name}] has the unknown operator '${operator}'; known are ${Object.keys(COMPARISONS).join(', ')}, $exists, $in, $notIn.`,
        );
    }
  }
  return conditions;
}

function scalar(value: unknown, name: string, spec: FieldSpec): Scalar {
  switch (spec.type) {
    case 'key': {
      const key = typeof value === 'string' ? parseKey(value) : undefined;
      return key ?? refuse(name, 'a key: a string of decimal digits');
    }
    case 'string':
      return typeof value === 'string' ? value : refuse(name, 'a string');
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value)
        ? value
        : refuse(name, 'a whole number');
    case 'bool':
      return typeof value === 'boolean' ? value : refuse(name, 'true or false');
    case 'date': {
      const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
      return Number.isNaN(time) ? refuse(name, 'a date such as 2030-01-31T12:00:00Z') : time;
    }
  }
}

function refuse(name: string, expected: string): never {
  throw new GatewayError(
    'BAD_REQUEST',
    `Request property [filter.${name}] cannot be parsed: expected ${expected}.`,
  );
}
