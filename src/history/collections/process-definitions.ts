import {
  type CollectionSpec,
  field,
  NULLABLE,
  ONLY_SEARCHED,
  type TableSpec,
  tenantId,
  UNSORTED,
} from './spec.ts';

export const PROCESS_DEFINITION_TABLE = {
  name: 'process_definition',
  columns: {
    process_id: 'TEXT',
    name: 'TEXT',
    version: 'INTEGER',
    version_tag: 'TEXT',
    resource_name: 'TEXT',
    xml: 'TEXT',
    element_names: 'TEXT',
    start_form: 'TEXT',
    deployed_at: 'INTEGER',
    state: 'TEXT',
  },
  indexes: ['process_definition_id ON process_definition (process_id, version)'],
} as const satisfies TableSpec;

/** Deleted ones stay, so that their instances can still be shown. */
export const processDefinitions = {
  table: PROCESS_DEFINITION_TABLE.name,
  key: 'processDefinitionKey',
  rest: { path: 'process-definitions', entity: 'Process Definition', search: true, get: true },
  fields: {
    processDefinitionKey: field('key', 't.key'),
    name: field('string', 't.name', NULLABLE),
    resourceName: field('string', 't.resource_name'),
    version: field('int', 't.version'),
    versionTag: field('string', `nullif(t.version_tag, '')`, NULLABLE),
    processDefinitionId: field('string', 't.process_id'),
    tenantId,
    hasStartForm: field('bool', `(t.start_form IS NOT NULL)`, UNSORTED),
    state: field('string', 't.state', { sort: false, values: ['ACTIVE', 'DRAINING', 'DELETED'] }),
    isLatestVersion: field(
      'bool',
      `(t.state = 'ACTIVE' AND t.version = (SELECT max(o.version) FROM process_definition o
         WHERE o.process_id = t.process_id AND o.state = 'ACTIVE'))`,
      ONLY_SEARCHED,
    ),
  },
} as const satisfies CollectionSpec;
