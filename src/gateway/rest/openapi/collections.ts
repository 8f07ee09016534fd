import { type CollectionName, collection, type FieldSpec, type FieldType } from '../../../history/index.ts';
import { MAX_LIMIT } from '../page.ts';
import { type JsonSchema, SHOWN, shown, shownList } from '../schema.ts';

/** Schemas of collections of the read model, from their fields. */

const TYPES: Readonly<Record<FieldType, JsonSchema>> = {
  key: { type: 'string', pattern: '^-?[0-9]+$' },
  string: { type: 'string' },
  int: { type: 'integer' },
  date: { type: 'string', format: 'date-time' },
  bool: { type: 'boolean' },
  json: {},
};

function valueSchema({ type, values }: FieldSpec): JsonSchema {
  return { ...TYPES[type], ...(values !== undefined && values.length > 0 && { enum: values }) };
}

/** A plain value, or operators that must all hold. */
function testSchema(field: FieldSpec): JsonSchema {
  const value = valueSchema(field);
  if (field.type === 'bool' || field.type === 'json') return value;
  const several = { type: 'array', items: value } as const;
  const ordered = field.type === 'int' || field.type === 'date';
  return {
    oneOf: [
      value,
      {
        type: 'object',
        properties: {
          $eq: value,
          $neq: value,
          $exists: { type: 'boolean' },
          $in: several,
          $notIn: several,
          ...(field.type === 'string' && { $like: { type: 'string' } }),
          ...(ordered && { $gt: value, $gte: value, $lt: value, $lte: value }),
        },
      },
    ],
  };
}

const VARIABLE_TEST: JsonSchema = {
  type: 'array',
  items: { type: 'object', properties: { name: { type: 'string' }, value: {} }, required: ['name', 'value'] },
};

export function filterSchema(name: CollectionName): JsonSchema {
  const spec = collection(name);
  const fields = Object.entries(spec.fields).filter(([, { filter }]) => filter);
  for (const relation of Object.values(spec.relations ?? {})) fields.push(...Object.entries(relation.fields));
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(fields.map(([field, of]) => [field, testSchema(of)])),
      ...Object.fromEntries(Object.keys(spec.variables ?? {}).map((field) => [field, VARIABLE_TEST])),
      ...('tags' in spec.fields && { tags: SHOWN.texts }),
      ...(name === 'processInstances' && {
        $or: { type: 'array', items: { type: 'object', additionalProperties: true } },
      }),
    },
  };
}

const PAGE: JsonSchema = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
    from: { type: 'integer', minimum: 0 },
    after: { type: 'string' },
    before: { type: 'string' },
  },
};

export function searchSchema(name: CollectionName): JsonSchema {
  const sortable = Object.entries(collection(name).fields)
    .filter(([, { sort }]) => sort)
    .map(([field]) => field);
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      filter: filterSchema(name),
      sort: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            field: { type: 'string', enum: sortable },
            order: { type: 'string', enum: ['ASC', 'DESC'] },
          },
          required: ['field'],
        },
      },
      page: PAGE,
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
        const schema = valueSchema(of);
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
  return shown({ items: shownList(rowSchema(name, false)), page: PAGE_ANSWER });
}

export const PAGE_ANSWER: JsonSchema = shown({
  totalItems: SHOWN.int,
  hasMoreTotalItems: SHOWN.flag,
  startCursor: SHOWN.nullableText,
  endCursor: SHOWN.nullableText,
});
