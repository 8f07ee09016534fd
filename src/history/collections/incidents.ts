import {
  type CollectionSpec,
  field,
  NULLABLE,
  ONLY_SEARCHED,
  OWNER_COLUMNS,
  rootProcessInstanceKey,
  type TableSpec,
  tenantId,
  UNSORTED,
} from './spec.ts';

export const INCIDENT_TABLE = {
  name: 'incident',
  columns: {
    error_type: 'TEXT',
    error_message: 'TEXT',
    error_hash: 'INTEGER',
    state: 'TEXT',
    creation_date: 'INTEGER',
    end_date: 'INTEGER',
    ...OWNER_COLUMNS,
    job_key: 'INTEGER',
  },
  indexes: [
    'incident_instance ON incident (instance_key)',
    `incident_active ON incident (instance_key) WHERE state = 'ACTIVE'`,
  ],
} as const satisfies TableSpec;

export const incidents = {
  table: INCIDENT_TABLE.name,
  key: 'incidentKey',
  rest: { path: 'incidents', entity: 'Incident', search: true, get: true },
  fields: {
    incidentKey: field('key', 't.key'),
    processDefinitionKey: field('key', 't.definition_key'),
    processDefinitionId: field('string', 't.process_id'),
    processInstanceKey: field('key', 't.instance_key'),
    errorType: field('string', 't.error_type', {
      values: [
        'AD_HOC_SUB_PROCESS_NO_RETRIES',
        'CALLED_DECISION_ERROR',
        'CALLED_ELEMENT_ERROR',
        'CONDITION_ERROR',
        'DECISION_EVALUATION_ERROR',
        'EXECUTION_LISTENER_NO_RETRIES',
        'EXTRACT_VALUE_ERROR',
        'FORM_NOT_FOUND',
        'IO_MAPPING_ERROR',
        'JOB_NO_RETRIES',
        'MESSAGE_SIZE_EXCEEDED',
        'RESOURCE_NOT_FOUND',
        'TASK_LISTENER_NO_RETRIES',
        'UNHANDLED_ERROR_EVENT',
        'UNKNOWN',
        'UNSPECIFIED',
      ],
    }),
    elementId: field('string', 't.element_id'),
    elementInstanceKey: field('key', 't.element_key'),
    creationTime: field('date', 't.creation_date'),
    state: field('string', 't.state', {
      values: ['ACTIVE', 'MIGRATED', 'PENDING', 'RESOLVED', 'UNKNOWN'],
    }),
    jobKey: field('key', 't.job_key', NULLABLE),
    tenantId,
    errorMessage: field('string', 't.error_message', UNSORTED),
    rootProcessInstanceKey,
    /** See `errorHash`; asked for by the statistics only. */
    errorHashCode: field('int', 't.error_hash', { ...ONLY_SEARCHED, filter: false }),
  },
} as const satisfies CollectionSpec;

/** The number by which incidents with the same message are found: Java's hash of a text. */
export function errorHash(message: string): number {
  let hash = 0;
  for (let index = 0; index < message.length; index++) {
    hash = (Math.imul(hash, 31) + message.charCodeAt(index)) | 0;
  }
  return hash;
}
