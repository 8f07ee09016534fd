import {
  type CollectionSpec,
  DEFINITION_NAME,
  field,
  INSTANCES_WITH_INCIDENT,
  NULLABLE,
  NULLABLE_UNSORTED,
  ONLY_SEARCHED,
  ONLY_SHOWN,
  type TableSpec,
  tenantId,
} from './spec.ts';

export const PROCESS_INSTANCE_TABLE = {
  name: 'process_instance',
  columns: {
    process_id: 'TEXT',
    version: 'INTEGER',
    definition_key: 'INTEGER',
    state: 'TEXT',
    start_date: 'INTEGER',
    end_date: 'INTEGER',
    parent_instance_key: 'INTEGER',
    parent_element_key: 'INTEGER',
    root_key: 'INTEGER',
    tags: 'TEXT',
    business_id: 'TEXT',
    /** 1 if the instance that called it was deleted by hand. */
    caller_gone: 'INTEGER',
  },
  indexes: [
    'process_instance_process ON process_instance (process_id, state)',
    'process_instance_definition ON process_instance (definition_key)',
    'process_instance_state ON process_instance (state)',
    'process_instance_start ON process_instance (start_date)',
    'process_instance_business_id ON process_instance (business_id) WHERE business_id IS NOT NULL',
    'process_instance_end ON process_instance (end_date) WHERE end_date IS NOT NULL AND parent_instance_key IS NULL',
    'process_instance_caller_gone ON process_instance (end_date) WHERE caller_gone = 1',
    'process_instance_parent ON process_instance (parent_instance_key) WHERE parent_instance_key IS NOT NULL',
  ],
} as const satisfies TableSpec;

const LIFE = ['ACTIVE', 'COMPLETED', 'TERMINATED'] as const;

export const processInstances = {
  table: PROCESS_INSTANCE_TABLE.name,
  key: 'processInstanceKey',
  rest: { path: 'process-instances', entity: 'Process Instance', search: true, get: true },
  fields: {
    processInstanceKey: field('key', 't.key'),
    processDefinitionId: field('string', 't.process_id'),
    processDefinitionName: field('string', DEFINITION_NAME, NULLABLE),
    processDefinitionVersion: field('int', 't.version'),
    processDefinitionVersionTag: field(
      'string',
      `(SELECT nullif(d.version_tag, '') FROM process_definition d WHERE d.key = t.definition_key)`,
      NULLABLE,
    ),
    processDefinitionKey: field('key', 't.definition_key'),
    parentProcessInstanceKey: field('key', 't.parent_instance_key', NULLABLE),
    parentElementInstanceKey: field('key', 't.parent_element_key', NULLABLE),
    startDate: field('date', 't.start_date'),
    endDate: field('date', 't.end_date', NULLABLE),
    state: field('string', 't.state', { values: LIFE }),
    hasIncident: field('bool', `(t.key IN ${INSTANCES_WITH_INCIDENT})`),
    tenantId,
    businessId: field('string', 't.business_id', NULLABLE),
    rootProcessInstanceKey: field('key', 't.root_key', NULLABLE_UNSORTED),
    tags: field('json', `coalesce(t.tags, '[]')`, ONLY_SHOWN),
    hasRetriesLeft: field(
      'bool',
      `(EXISTS (SELECT 1 FROM job j WHERE j.instance_key = t.key AND j.state = 'FAILED' AND j.retries > 0))`,
      ONLY_SEARCHED,
    ),
  },
  variables: { variables: 'v.instance_key = t.key' },
  relations: {
    /** One element instance that passes all of them. */
    element: {
      from: 'element_instance r WHERE r.instance_key = t.key',
      fields: {
        elementId: field('string', 'r.element_id'),
        elementInstanceState: field('string', 'r.state', { values: LIFE }),
        hasElementInstanceIncident: field(
          'bool',
          `(EXISTS (SELECT 1 FROM incident i
             WHERE i.instance_key = t.key AND i.state = 'ACTIVE' AND i.element_key = r.key))`,
        ),
      },
    },
    /** One batch operation that took the instance, or an incident of it; the first name is deprecated. */
    batch: {
      from: 'batch_operation_item r WHERE r.instance_key = t.key',
      fields: {
        batchOperationId: field('string', 'CAST(r.batch_key AS TEXT)'),
        batchOperationKey: field('string', 'CAST(r.batch_key AS TEXT)'),
      },
    },
    /** One open incident that passes all of them. */
    incident: {
      from: `incident r WHERE r.instance_key = t.key AND r.state = 'ACTIVE'`,
      fields: {
        errorMessage: field('string', 'r.error_message'),
        incidentErrorHashCode: field('int', 'r.error_hash'),
      },
    },
  },
} as const satisfies CollectionSpec;
