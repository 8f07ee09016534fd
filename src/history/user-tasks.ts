import type { LogRecord } from '../engine/records/log.ts';
import type { Patch, RowBuffer } from './buffer.ts';

type UserTaskRecord = Extract<LogRecord, { valueType: 'USER_TASK' }>;

/** A user task as its records tell it. What was emptied (an assignee, a due date) is the empty text. */
export function projectUserTask(record: UserTaskRecord, rows: RowBuffer): void {
  const { value, timestamp } = record;
  rows.put('user_task', value.userTaskKey, {
    ...stateOf(record.intent, timestamp),
    assignee: value.assignee,
    candidate_groups: JSON.stringify(value.candidateGroupsList),
    candidate_users: JSON.stringify(value.candidateUsersList),
    due_date: value.dueDate,
    follow_up_date: value.followUpDate,
    priority: value.priority,
    form_key: value.formKey < 0 ? null : value.formKey,
    external_form_reference: value.externalFormReference,
    custom_headers: JSON.stringify(value.customHeaders),
    creation_date: value.creationTimestamp > 0 ? value.creationTimestamp : null,
    instance_key: value.processInstanceKey,
    element_key: value.elementInstanceKey,
    element_id: value.elementId,
    process_id: value.bpmnProcessId,
    definition_key: value.processDefinitionKey,
    version: value.processDefinitionVersion,
  });
}

function stateOf(intent: UserTaskRecord['intent'], timestamp: number): Patch {
  switch (intent) {
    case 'CREATING':
    case 'ASSIGNING':
    case 'UPDATING':
    case 'COMPLETING':
    case 'CANCELING':
      return { state: intent };
    case 'CREATED':
    case 'ASSIGNED':
    case 'UPDATED':
      return { state: 'CREATED' };
    case 'COMPLETED':
    case 'CANCELED':
      return { state: intent, completion_date: timestamp };
    case 'MIGRATED':
      return {};
  }
  // Later intents, such as of a denied transition, lead back to the task as it was.
  return { state: 'CREATED' };
}
