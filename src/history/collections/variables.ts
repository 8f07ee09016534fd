import { type CollectionSpec, field, rootProcessInstanceKey, type TableSpec, tenantId } from './spec.ts';

/** Characters of a variable's text that its index holds. */
export const VARIABLE_PREFIX = 80;
/** Characters of a variable's value that a search shows, unless it asks for whole values. */
export const VALUE_PREVIEW = 8191;

export const VARIABLE_TABLE = {
  name: 'variable',
  columns: {
    name: 'TEXT',
    value: 'TEXT',
    scope_key: 'INTEGER',
    instance_key: 'INTEGER',
    definition_key: 'INTEGER',
    process_id: 'TEXT',
    updated_at: 'INTEGER',
  },
  indexes: [
    'variable_instance ON variable (instance_key, name)',
    `variable_value ON variable (substr(value, 1, ${VARIABLE_PREFIX}))`,
  ],
} as const satisfies TableSpec;

export const variables = {
  table: VARIABLE_TABLE.name,
  key: 'variableKey',
  rest: { path: 'variables', entity: 'Variable', search: true, get: true },
  fields: {
    value: field('string', 't.value', { indexedPrefix: VARIABLE_PREFIX }),
    name: field('string', 't.name'),
    tenantId,
    variableKey: field('key', 't.key'),
    scopeKey: field('key', 't.scope_key'),
    processInstanceKey: field('key', 't.instance_key'),
    rootProcessInstanceKey,
    /** Whether a search would cut it. */
    isTruncated: field('bool', `(length(t.value) > ${VALUE_PREVIEW})`, { shown: 'never', sort: false }),
  },
} as const satisfies CollectionSpec;
