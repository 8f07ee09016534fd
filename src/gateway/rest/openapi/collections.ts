import { type CollectionName, collection, type FieldSpec, type FieldType } from '../../../history/index.ts';
import { OPERATORS, VARIABLE_VALUE } from '../filter.ts';
import { DEFAULT_LIMIT, MAX_LIMIT, type Paging } from '../page.ts';
import { type JsonSchema, SHOWN, shown, shownList } from '../schema.ts';
import { INPUTS, RULES } from './decisions.ts';

/** Schemas of collections of the read model, from their fields. */

const TYPES: Readonly<Record<FieldType, JsonSchema>> = {
  key: { type: 'string', pattern: '^-?[0-9]+$' },
  string: { type: 'string' },
  int: { type: 'integer' },
  date: { type: 'string', format: 'date-time' },
  bool: { type: 'boolean' },
  json: {},
};

/** What the members that hold JSON hold. */
const JSON_MEMBERS: Readonly<Record<string, JsonSchema>> = {
  tags: SHOWN.texts,
  candidateGroups: SHOWN.texts,
  candidateUsers: SHOWN.texts,
  customHeaders: SHOWN.object,
  errors: shownList(
    shown({
      partitionId: SHOWN.int,
      type: { type: 'string', enum: ['QUERY_FAILED', 'RESULT_BUFFER_SIZE_EXCEEDED'] },
      message: SHOWN.text,
    }),
  ),
  evaluatedInputs: INPUTS,
  matchedRules: RULES,
};

function valueSchema({ type, values }: FieldSpec): JsonSchema {
  return { ...TYPES[type], ...(values !== undefined && values.length > 0 && { enum: values }) };
}

/** A plain value, or operators that must all hold. */
function testSchema(field: FieldSpec): JsonSchema {
  const value = valueSchema(field);
  if (field.type === 'bool' || field.type === 'json') return value;
  const operand = (operator: string): JsonSchema => {
    if (operator === '$exists') return { type: 'boolean' };
    if (operator === '$in' || operator === '$notIn') return { type: 'array', items: value };
    return operator === '$like' ? { type: 'string' } : value;
  };
  const properties = Object.fromEntries(OPERATORS[field.type].map((name) => [name, operand(name)]));
  return { oneOf: [value, { type: 'object', properties }] };
}

/** A test of a text. */
export const TEXT_TEST = testSchema(VARIABLE_VALUE);

const VARIABLE_TEST: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { name: { type: 'string' }, value: TEXT_TEST },
    required: ['name', 'value'],
  },
};

/** `only`: the fields that are taken; absent: all. */
export function filterSchema(name: CollectionName, only?: readonly string[]): JsonSchema {
  const spec = collection(name);
  const fields = Object.entries(spec.fields).filter(
    ([field, { filter }]) => filter && (only?.includes(field) ?? true),
  );
  const tests = (some: typeof fields) =>
    Object.fromEntries(some.map(([field, of]) => [field, testSchema(of)]));
  if (only !== undefined) return { type: 'object', properties: tests(fields) };
  for (const relation of Object.values(spec.relations ?? {})) fields.push(...Object.entries(relation.fields));
  const properties = {
    ...tests(fields),
    ...Object.fromEntries(Object.keys(spec.variables ?? {}).map((field) => [field, VARIABLE_TEST])),
    ...('tags' in spec.fields && { tags: SHOWN.texts }),
  };
  return {
    type: 'object',
    properties: {
      ...properties,
      ...(name === 'processInstances' && { $or: { type: 'array', items: { type: 'object', properties } } }),
    },
  };
}

const LIMIT: JsonSchema = { type: 'integer', minimum: 0, maximum: MAX_LIMIT, default: DEFAULT_LIMIT };

export function pageSchema(paging: Paging): JsonSchema {
  return {
    type: 'object',
    properties: {
      limit: LIMIT,
      ...(paging !== 'forward' && { from: { type: 'integer', minimum: 0 } }),
      ...(paging !== 'offset' && { after: { type: 'string' } }),
      ...(paging === 'all' && { before: { type: 'string' } }),
    },
  };
}

export function sortSchema(name: CollectionName): JsonSchema {
  const sortable = Object.entries(collection(name).fields)
    .filter(([, { sort }]) => sort)
    .map(([field]) => field);
  return {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        field: { type: 'string', enum: sortable },
        order: { type: 'string', enum: ['ASC', 'DESC'], default: 'ASC' },
      },
      required: ['field'],
    },
  };
}

export function searchSchema(
  name: CollectionName,
  { filter, paging = 'all' }: { readonly filter?: readonly string[]; readonly paging?: Paging } = {},
): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      filter: filterSchema(name, filter),
      sort: sortSchema(name),
      page: pageSchema(paging),
    },
  };
}

export function rowSchema(name: CollectionName, alone: boolean): JsonSchema {
  const fields = Object.entries(collection(name).fields).filter(
    ([, field]) => field.shown === 'always' || (alone && field.shown === 'single'),
  );
  return shown(
    Object.fromEntries(
      fields.map(([field, of]) => {
        const schema = of.type === 'json' ? (JSON_MEMBERS[field] ?? {}) : valueSchema(of);
        if (!of.nullable || schema.type === undefined) return [field, schema];
        const { enum: values, ...rest } = schema;
        return [
          field,
          { ...rest, type: [String(schema.type), 'null'], ...(values && { enum: [...values, null] }) },
        ];
      }),
    ),
  );
}

export function resultSchema(name: CollectionName): JsonSchema {
  const row = rowSchema(name, false);
  // Whether a value was cut depends on the request.
  return pageOf(
    name === 'variables' || name === 'clusterVariables'
      ? shown({ ...row.properties, isTruncated: SHOWN.flag })
      : row,
  );
}

export function pageOf(row: JsonSchema): JsonSchema {
  return shown({ items: shownList(row), page: PAGE_ANSWER });
}

const PAGE_ANSWER: JsonSchema = shown({
  totalItems: SHOWN.int,
  hasMoreTotalItems: SHOWN.flag,
  startCursor: SHOWN.nullableText,
  endCursor: SHOWN.nullableText,
});
