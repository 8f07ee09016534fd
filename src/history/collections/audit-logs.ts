import type { LogRecord } from '../../engine/records/log.ts';
import { BATCH_OPERATION_TYPES } from './batch-operations.ts';
import {
  type CollectionSpec,
  field,
  NULLABLE,
  NULLABLE_UNSORTED,
  OWNER_COLUMNS,
  type RowSink,
  rootProcessInstanceKey,
  type TableSpec,
  tenantId,
} from './spec.ts';

/** What was done to user tasks; keyed by the record's position. */
export const AUDIT_LOG_TABLE = {
  name: 'audit_log',
  columns: {
    user_task_key: 'INTEGER',
    operation: 'TEXT',
    result: 'TEXT',
    timestamp: 'INTEGER',
    ...OWNER_COLUMNS,
  },
  indexes: [
    'audit_log_user_task ON audit_log (user_task_key)',
    'audit_log_instance ON audit_log (instance_key)',
  ],
} as const satisfies TableSpec;

const none = field('key', 'NULL', NULLABLE_UNSORTED);
const noText = field('string', 'NULL', NULLABLE_UNSORTED);

/** All that the API knows; here only user tasks have a log. */
const ENTITIES = [
  'AUTHORIZATION',
  'BATCH',
  'DECISION',
  'GROUP',
  'INCIDENT',
  'JOB',
  'MAPPING_RULE',
  'PROCESS_INSTANCE',
  'RESOURCE',
  'ROLE',
  'TENANT',
  'USER',
  'USER_TASK',
  'VARIABLE',
  'CLIENT',
] as const;

/** Nobody signs in, so all is done by nobody known. */
export const auditLogs = {
  table: AUDIT_LOG_TABLE.name,
  key: 'auditLogKey',
  rest: { path: 'audit-logs', entity: 'Audit Log', search: true, get: true },
  fields: {
    actorId: field('string', 'NULL', NULLABLE),
    actorType: field('string', `'ANONYMOUS'`, { values: ['ANONYMOUS', 'CLIENT', 'UNKNOWN', 'USER'] }),
    auditLogKey: field('key', 't.key'),
    batchOperationKey: field('key', 'NULL', NULLABLE),
    batchOperationType: field('string', 'NULL', { nullable: true, values: BATCH_OPERATION_TYPES }),
    category: field('string', `'USER_TASKS'`, { values: ['ADMIN', 'DEPLOYED_RESOURCES', 'USER_TASKS'] }),
    decisionDefinitionId: field('string', 'NULL', NULLABLE),
    decisionDefinitionKey: field('key', 'NULL', NULLABLE),
    decisionEvaluationKey: field('key', 'NULL', NULLABLE),
    decisionRequirementsId: field('string', 'NULL', NULLABLE),
    decisionRequirementsKey: field('key', 'NULL', NULLABLE),
    elementInstanceKey: field('key', 't.element_key'),
    entityKey: field('key', 't.user_task_key'),
    entityType: field('string', `'USER_TASK'`, { values: ENTITIES }),
    jobKey: field('key', 'NULL', NULLABLE),
    operationType: field('string', 't.operation', {
      values: [
        'ASSIGN',
        'CANCEL',
        'COMPLETE',
        'CREATE',
        'DELETE',
        'EVALUATE',
        'MIGRATE',
        'MODIFY',
        'RESOLVE',
        'RESUME',
        'SUSPEND',
        'UNASSIGN',
        'UNKNOWN',
        'UPDATE',
      ],
    }),
    processDefinitionId: field('string', 't.process_id'),
    processDefinitionKey: field('key', 't.definition_key'),
    processInstanceKey: field('key', 't.instance_key'),
    result: field('string', 't.result', { values: ['FAIL', 'SUCCESS'] }),
    tenantId,
    timestamp: field('date', 't.timestamp'),
    userTaskKey: field('key', 't.user_task_key'),
    rootProcessInstanceKey,
    agentElementId: noText,
    deploymentKey: none,
    formKey: none,
    resourceKey: none,
    relatedEntityKey: none,
    relatedEntityType: field('string', 'NULL', { nullable: true, sort: false, values: ENTITIES }),
    entityDescription: noText,
  },
} as const satisfies CollectionSpec;

/** Which members of a filter the log of one user task takes. */
export const USER_TASK_AUDIT_FILTER = [
  'operationType',
  'result',
  'timestamp',
  'actorType',
  'actorId',
] as const;

type UserTaskRecord = Extract<LogRecord, { valueType: 'USER_TASK' }>;

export function projectAuditLog(position: number, record: UserTaskRecord, rows: RowSink): void {
  const operation = operationOf(record);
  if (operation === undefined) return;
  const { value } = record;
  rows.put(AUDIT_LOG_TABLE.name, position, {
    user_task_key: value.userTaskKey,
    operation,
    result: record.intent.endsWith('_DENIED') ? 'FAIL' : 'SUCCESS',
    timestamp: record.timestamp,
    instance_key: value.processInstanceKey,
    element_key: value.elementInstanceKey,
    element_id: value.elementId,
    process_id: value.bpmnProcessId,
    definition_key: value.processDefinitionKey,
  });
}

/** Undefined for what nobody asked for: steps that the process takes by itself name no action. */
function operationOf({ intent, value }: UserTaskRecord): string | undefined {
  switch (intent) {
    case 'ASSIGNED':
    case 'ASSIGNMENT_DENIED':
      if (value.action === '') return undefined;
      return value.assignee === '' && intent === 'ASSIGNED' ? 'UNASSIGN' : 'ASSIGN';
    case 'UPDATED':
    case 'UPDATE_DENIED':
      return 'UPDATE';
    case 'COMPLETED':
    case 'COMPLETION_DENIED':
      return 'COMPLETE';
    default:
      return undefined;
  }
}
