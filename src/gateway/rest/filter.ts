import {
  type CollectionName,
  type CollectionSpec,
  type Condition,
  collection,
  type FieldSpec,
  type Scalar,
  type SearchQuery,
} from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import { type Fields, invalidDate, invalidKey, parseKey } from '../fields.ts';
import { momentOf } from './dates.ts';
import { FIRST_PAGE, type Paging, readPage } from './page.ts';
import { collecting, type Problems, unexpected } from './problems.ts';
import { readSorts } from './sorts.ts';
import { tagProblems } from './tags.ts';

/** Reads the body of a search: `{filter, sort, page}` in the manner of Camunda's REST API. */

/** Tests of a filter: the database refuses what is much larger. */
const MOST_TESTS = 500;

/** Narrows what a search takes of a collection's filter; absent: all of it. */
export interface ReadOptions {
  readonly filter?: readonly string[];
  /** Of a branch of `$or`, which has no branches itself. */
  readonly branch?: true;
}

export interface SearchOptions extends ReadOptions {
  readonly paging?: Paging;
}

/** All that is wrong with values is told in one message. */
export function readSearch(
  body: Fields,
  name: CollectionName,
  { paging, ...options }: SearchOptions = {},
): SearchQuery {
  const spec = collection(name);
  return collecting((problems) => {
    const sort = problems.of(() => readSorts(body, spec), []);
    const page = problems.of(() => readPage(body.object('page'), paging), FIRST_PAGE);
    const where = conditionsOf(body.object('filter'), spec, options, problems);
    body.end();
    return { collection: name, where, sort, page };
  });
}

/** Conditions of one filter object. Members that nobody knows are refused. */
export function readFilter(
  filter: Fields | undefined,
  spec: CollectionSpec,
  options: ReadOptions = {},
): Condition[] {
  return collecting((problems) => conditionsOf(filter, spec, options, problems));
}

function conditionsOf(
  filter: Fields | undefined,
  spec: CollectionSpec,
  { filter: allowed, branch }: ReadOptions,
  problems: Problems,
): Condition[] {
  if (filter === undefined) return [];
  const conditions: Condition[] = [];
  for (const [name, field] of Object.entries(spec.fields)) {
    if (field.filter && (allowed === undefined || allowed.includes(name))) {
      conditions.push(...testsOf(filter, name, field, problems));
    }
  }
  if (allowed === undefined) {
    for (const [relation, { fields }] of Object.entries(spec.relations ?? {})) {
      const tests = Object.entries(fields).flatMap(([name, field]) => testsOf(filter, name, field, problems));
      if (tests.length > 0) conditions.push({ kind: 'related', relation, tests });
    }
    for (const name of Object.keys(spec.variables ?? {}))
      conditions.push(...readVariables(filter, name, problems));
    if ('tags' in spec.fields) {
      // A row must have all of them.
      const tags = filter.strings('tags') ?? [];
      problems.push(...tagProblems(tags));
      for (const tag of tags) conditions.push({ kind: 'tagged', tag });
    }
    if (spec === collection('processInstances')) {
      refuseBothBatchNames(filter);
      if (branch === undefined) conditions.push(...readBranches(filter, spec, problems));
    }
  }
  filter.end();
  if (branch === undefined && sizeOf(conditions) > MOST_TESTS) {
    throw new GatewayError('INVALID_ARGUMENT', `The value for filter must have at most ${MOST_TESTS} tests.`);
  }
  return conditions;
}

function sizeOf(conditions: readonly Condition[]): number {
  return conditions.reduce((sum, condition) => {
    if (condition.kind === 'any')
      return condition.branches.reduce((all, part) => all + 1 + sizeOf(part), sum);
    return sum + 1 + ('tests' in condition ? sizeOf(condition.tests) : 0);
  }, 0);
}

function refuseBothBatchNames(filter: Fields): void {
  if (!filter.has('batchOperationId') || !filter.has('batchOperationKey')) return;
  throw new GatewayError('INVALID_ARGUMENT', 'Only one of [batchOperationId, batchOperationKey] is allowed.');
}

/** `$or` of process instances. */
function readBranches(filter: Fields, spec: CollectionSpec, problems: Problems): Condition[] {
  const branches = filter.objects('$or');
  if (branches === undefined || branches.length === 0) return [];
  return [
    { kind: 'any', branches: branches.map((part) => conditionsOf(part, spec, { branch: true }, problems)) },
  ];
}

/** How the value of a variable is tested: by its JSON text. */
export const VARIABLE_VALUE = {
  type: 'string',
  sql: '',
  nullable: false,
  shown: 'never',
  filter: true,
  sort: false,
} as const;

function readVariables(filter: Fields, name: string, problems: Problems): Condition[] {
  return (filter.objects(name) ?? []).map((variable) => {
    const variableName = variable.string('name') ?? '';
    if (variableName.trim() === '') problems.push('Variable name must not be null');
    const tests = testsOf(variable, 'value', VARIABLE_VALUE, problems);
    if (tests.length === 0) problems.push('Variable value must not be null');
    variable.end();
    return { kind: 'variable', filter: name, name: variableName, tests };
  });
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

const ORDER = ['$gt', '$gte', '$lt', '$lte'] as const;

/** Which operators a field takes, beside a plain value. */
export const OPERATORS: Readonly<Record<FieldSpec['type'], readonly string[]>> = {
  key: ['$eq', '$neq', '$exists', '$in', '$notIn'],
  string: ['$eq', '$neq', '$exists', '$in', '$notIn', '$like'],
  int: ['$eq', '$neq', '$exists', ...ORDER, '$in'],
  date: ['$eq', '$neq', '$exists', ...ORDER, '$in'],
  bool: [],
  json: [],
};

/** More wildcards than anybody needs make a search slow for everybody. */
const MOST_WILDCARDS = 10;
/** Values of a list: the database takes so many in one statement. */
const MOST_VALUES = 10_000;

const LISTS: readonly string[] = ['$in', '$notIn'];

/** A plain value, or an object of operators that must all hold. */
export function readTests(filter: Fields, name: string, spec: FieldSpec): Condition[] {
  return collecting((problems) => testsOf(filter, name, spec, problems));
}

function testsOf(filter: Fields, name: string, spec: FieldSpec, problems: Problems): Condition[] {
  const value = filter.value(name);
  if (value === undefined) return [];
  const read = (given: unknown, place: string): Scalar => scalar(given, place, name, spec, problems);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ kind: 'compare', field: name, operator: 'eq', value: read(value, name) }];
  }
  const known = OPERATORS[spec.type];
  if (known.length === 0) unreadable(name, 'true or false');
  // Camunda's client for Java sends lists that are empty beside the operator that is meant.
  const meant = Object.entries(value).filter(
    ([operator, operand]) => !(LISTS.includes(operator) && Array.isArray(operand) && operand.length === 0),
  );
  return meant.map(([operator, operand]): Condition => {
    if (!known.includes(operator)) {
      throw new GatewayError(
        'BAD_REQUEST',
        `Request property [filter.${name}.${operator}] cannot be parsed: the operator is unknown; known here: ${known.join(', ')}.`,
      );
    }
    const place = `${name}.${operator}`;
    switch (operator) {
      case '$exists':
        if (typeof operand !== 'boolean') unreadable(place, 'true or false');
        return { kind: 'exists', field: name, exists: operand };
      case '$in':
      case '$notIn': {
        if (!Array.isArray(operand)) unreadable(place, 'a list');
        if (operand.length > MOST_VALUES) unreadable(place, `a list of at most ${MOST_VALUES} values`);
        const values = operand.map((item) => read(item, place));
        return { kind: 'among', field: name, negated: operator === '$notIn', values };
      }
      case '$like':
        return { kind: 'compare', field: name, operator: 'like', value: pattern(operand, place) };
      default:
        return {
          kind: 'compare',
          field: name,
          operator: COMPARISONS[operator as keyof typeof COMPARISONS],
          value: read(operand, place),
        };
    }
  });
}

function pattern(operand: unknown, place: string): string {
  if (typeof operand !== 'string') unreadable(place, 'a string');
  // Wildcards that follow one another say the same as one; an escaped one is none.
  let wildcards = 0;
  const short = operand.replace(/\\[\s\S]|\*+/g, (part) => {
    if (!part.startsWith('*')) return part;
    wildcards += 1;
    return '*';
  });
  if (short.length > 1000 || wildcards > MOST_WILDCARDS) {
    unreadable(place, `at most 1000 characters and ${MOST_WILDCARDS} wildcards *`);
  }
  return short;
}

/** `place` is where the value stands, `name` the field that it is of. */
function scalar(value: unknown, place: string, name: string, spec: FieldSpec, problems: Problems): Scalar {
  switch (spec.type) {
    case 'key': {
      if (typeof value !== 'string') unreadable(place, 'a key: a string of decimal digits');
      return parseKey(value) ?? problems.instead(invalidKey(name, value), -1);
    }
    case 'string':
    case 'json':
      if (typeof value !== 'string') unreadable(place, 'a string');
      if (spec.values !== undefined && spec.values.length > 0 && !spec.values.includes(value)) {
        throw unexpected(value, name, spec.values);
      }
      return value;
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value)
        ? value
        : unreadable(place, 'a whole number');
    case 'bool':
      return typeof value === 'boolean' ? value : unreadable(place, 'true or false');
    case 'date': {
      if (typeof value !== 'string') unreadable(place, 'a date such as 2030-01-31T12:00:00Z');
      const time = momentOf(value);
      return time ?? problems.instead(invalidDate(name, value), 0);
    }
  }
}

function unreadable(name: string, expected: string): never {
  throw new GatewayError(
    'BAD_REQUEST',
    `Request property [filter.${name}] cannot be parsed: expected ${expected}.`,
  );
}
