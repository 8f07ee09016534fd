import type { LogRecord } from '../../engine/records/log.ts';
import {
  type CollectionSpec,
  DEFINITION_NAME,
  ELEMENT_NAME,
  field,
  NULLABLE,
  NULLABLE_UNSORTED,
  ONLY_SHOWN,
  OWNER_COLUMNS,
  orNull,
  type Patch,
  type RowSink,
  rootProcessInstanceKey,
  type TableSpec,
  tenantId,
  UNSORTED,
} from './spec.ts';

/** A patch cannot take a value away, so what a task may lose is empty (texts) or -1 (numbers). */
export const USER_TASK_TABLE = {
  name: 'user_task',
  columns: {
    state: 'TEXT',
    assignee: 'TEXT',
    candidate_groups: 'TEXT',
    candidate_users: 'TEXT',
    due_date: 'INTEGER',
    follow_up_date: 'INTEGER',
    priority: 'INTEGER',
    form_key: 'INTEGER',
    external_form_reference: 'TEXT',
    custom_headers: 'TEXT',
    creation_date: 'INTEGER',
    completion_date: 'INTEGER',
    version: 'INTEGER',
    ...OWNER_COLUMNS,
  },
  indexes: [
    'user_task_instance ON user_task (instance_key)',
    'user_task_state ON user_task (state, assignee)',
  ],
} as const satisfies TableSpec;

export const userTasks = {
  table: USER_TASK_TABLE.name,
  key: 'userTaskKey',
  rest: { path: 'user-tasks', entity: 'User Task', search: true, get: true },
  fields: {
    creationDate: field('date', 't.creation_date'),
    completionDate: field('date', 't.completion_date', NULLABLE),
    followUpDate: field('date', 'nullif(t.follow_up_date, -1)', NULLABLE),
    dueDate: field('date', 'nullif(t.due_date, -1)', NULLABLE),
    priority: field('int', 't.priority'),
    name: field('string', ELEMENT_NAME, NULLABLE),
    state: field('string', 't.state', {
      sort: false,
      values: [
        'CREATING',
        'CREATED',
        'ASSIGNING',
        'UPDATING',
        'COMPLETING',
        'COMPLETED',
        'CANCELING',
        'CANCELED',
        'FAILED',
      ],
    }),
    assignee: field('string', `nullif(t.assignee, '')`, NULLABLE_UNSORTED),
    elementId: field('string', 't.element_id', UNSORTED),
    candidateGroups: field('json', 't.candidate_groups', ONLY_SHOWN),
    candidateUsers: field('json', 't.candidate_users', ONLY_SHOWN),
    processDefinitionId: field('string', 't.process_id', UNSORTED),
    tenantId: { ...tenantId, sort: false },
    externalFormReference: field('string', `nullif(t.external_form_reference, '')`, {
      ...ONLY_SHOWN,
      nullable: true,
    }),
    processDefinitionVersion: field('int', 't.version', ONLY_SHOWN),
    customHeaders: field('json', 't.custom_headers', ONLY_SHOWN),
    userTaskKey: field('key', 't.key', UNSORTED),
    elementInstanceKey: field('key', 't.element_key', UNSORTED),
    processName: field('string', DEFINITION_NAME, { ...ONLY_SHOWN, nullable: true }),
    processDefinitionKey: field('key', 't.definition_key', UNSORTED),
    processInstanceKey: field('key', 't.instance_key', UNSORTED),
    rootProcessInstanceKey,
    formKey: field('key', 'nullif(t.form_key, -1)', { ...ONLY_SHOWN, nullable: true }),
    tags: field(
      'json',
      `coalesce((SELECT p.tags FROM process_instance p WHERE p.key = t.instance_key), '[]')`,
      ONLY_SHOWN,
    ),
  },
  variables: {
    processInstanceVariables: 'v.instance_key = t.instance_key AND v.scope_key = t.instance_key',
    localVariables: 'v.instance_key = t.instance_key AND v.scope_key = t.element_key',
  },
  relations: {
    candidateGroup: {
      from: 'json_each(t.candidate_groups) r WHERE true',
      fields: { candidateGroup: field('string', 'r.value') },
    },
    candidateUser: {
      from: 'json_each(t.candidate_users) r WHERE true',
      fields: { candidateUser: field('string', 'r.value') },
    },
  },
} as const satisfies CollectionSpec;

type UserTaskRecord = Extract<LogRecord, { valueType: 'USER_TASK' }>;

export function projectUserTask(record: UserTaskRecord, rows: RowSink): void {
  const { value } = record;
  rows.put(USER_TASK_TABLE.name, value.userTaskKey, {
    ...lifeOf(record),
    assignee: value.assignee,
    candidate_groups: JSON.stringify(value.candidateGroupsList),
    candidate_users: JSON.stringify(value.candidateUsersList),
    due_date: timeOf(value.dueDate),
    follow_up_date: timeOf(value.followUpDate),
    priority: value.priority,
    form_key: orNull(value.formKey) ?? -1,
    external_form_reference: value.externalFormReference,
    custom_headers: JSON.stringify(value.customHeaders),
    creation_date: orNull(value.creationTimestamp),
    instance_key: value.processInstanceKey,
    element_key: value.elementInstanceKey,
    element_id: value.elementId,
    process_id: value.bpmnProcessId,
    definition_key: value.processDefinitionKey,
    version: value.processDefinitionVersion,
  });
}

function lifeOf({ intent, timestamp }: UserTaskRecord): Patch {
  switch (intent) {
    case 'CREATING':
    case 'ASSIGNING':
    case 'UPDATING':
    case 'COMPLETING':
    case 'CANCELING':
      return { state: intent };
    case 'CLAIMING':
      return { state: 'ASSIGNING' };
    case 'CREATED':
    case 'ASSIGNED':
    case 'UPDATED':
    case 'ASSIGNMENT_DENIED':
    case 'UPDATE_DENIED':
    case 'COMPLETION_DENIED':
      return { state: 'CREATED' };
    case 'COMPLETED':
    case 'CANCELED':
      return { state: intent, completion_date: timestamp };
    case 'CORRECTED':
    case 'MIGRATED':
      return {};
  }
}

/** User tasks that a modification ended have no record of their own. */
export function projectEndedByModification(value: object, timestamp: number, rows: RowSink): void {
  const { userTasks = [] } = value as { readonly userTasks?: readonly number[] };
  for (const key of userTasks)
    rows.put(USER_TASK_TABLE.name, key, { state: 'CANCELED', completion_date: timestamp });
}

/** Epoch ms of a date of a task; -1 for none. */
function timeOf(date: string): number {
  const time = Date.parse(date.replace(/\[[^\]]*\]$/, ''));
  return Number.isNaN(time) ? -1 : time;
}
