import type { LogRecord } from '../engine/records/log.ts';
import type { JobValue, ProcessInstanceValue } from '../engine/records/record.ts';
import type { Changes, Patch, ProjectionSink } from './buffer.ts';
import { projectAuditLog } from './collections/audit-logs.ts';
import { projectBatch } from './collections/batch-operations.ts';
import { projectClusterVariable } from './collections/cluster-variables.ts';
import { projectCorrelation } from './collections/correlated-message-subscriptions.ts';
import { projectEvaluation } from './collections/decision-instances.ts';
import { projectDecision } from './collections/decisions.ts';
import { projectForm } from './collections/forms.ts';
import { errorHash } from './collections/incidents.ts';
import { orNull, owner } from './collections/spec.ts';
import { projectEndedByModification, projectUserTask } from './collections/user-tasks.ts';
import { elementNames, startForm } from './names.ts';
import type { PositionedRecord } from './source.ts';

/** Applies one record to the tables of the read model. Rejections change nothing. */
export function project(
  { position, record }: PositionedRecord,
  rows: ProjectionSink,
  changes: Changes,
): void {
  if (record.recordType !== 'EVENT') return;
  switch (record.valueType) {
    case 'PROCESS':
      projectDefinition(record, rows, changes);
      return;
    case 'PROCESS_INSTANCE':
      changes.instances.add(record.value.processInstanceKey);
      projectElement(record, rows);
      return;
    case 'VARIABLE':
      changes.instances.add(record.value.processInstanceKey);
      rows.put('variable', record.key, {
        name: record.value.name,
        value: record.intent === 'MIGRATED' ? null : record.value.value,
        scope_key: record.value.scopeKey,
        instance_key: record.value.processInstanceKey,
        definition_key: record.value.processDefinitionKey,
        process_id: record.value.bpmnProcessId,
        updated_at: record.timestamp,
      });
      return;
    case 'JOB':
      changes.instances.add(record.value.processInstanceKey);
      projectJob(record, rows);
      return;
    case 'INCIDENT':
      changes.instances.add(record.value.processInstanceKey);
      projectIncident(record, rows);
      return;
    case 'TIMER':
      changes.instances.add(record.value.processInstanceKey);
      rows.put('timer', record.key, {
        due_date: record.value.dueDate,
        repetitions: record.value.repetitions,
        ...(record.intent === 'MIGRATED' ? {} : { state: record.intent }),
        instance_key: record.value.processInstanceKey,
        element_key: record.value.elementInstanceKey,
        element_id: record.value.targetElementId,
        process_id: record.value.bpmnProcessId,
        definition_key: record.value.processDefinitionKey,
      });
      return;
    case 'PROCESS_MESSAGE_SUBSCRIPTION':
      changes.instances.add(record.value.processInstanceKey);
      projectSubscription(record, rows);
      projectCorrelation(position, record, rows);
      return;
    case 'MESSAGE_START_EVENT_SUBSCRIPTION':
      rows.put('message_subscription', record.key, {
        kind: 'START_EVENT',
        message_name: record.value.messageName,
        state: record.intent === 'DELETED' ? 'DELETED' : 'CREATED',
        updated_at: record.timestamp,
        element_id: record.value.startEventId,
        process_id: record.value.bpmnProcessId,
        definition_key: record.value.processDefinitionKey,
      });
      projectCorrelation(position, record, rows);
      return;
    case 'USER_TASK':
      changes.instances.add(record.value.processInstanceKey);
      projectUserTask(record, rows);
      projectAuditLog(position, record, rows);
      return;
    case 'PROCESS_INSTANCE_MODIFICATION':
      projectEndedByModification(record.value, record.timestamp, rows);
      return;
    case 'DECISION':
    case 'DECISION_REQUIREMENTS':
      projectDecision(record, rows);
      return;
    case 'DECISION_EVALUATION':
      projectEvaluation(position, record, rows);
      return;
    case 'FORM':
      projectForm(record, rows);
      return;
    case 'BATCH_OPERATION_CREATION':
    case 'BATCH_OPERATION_CHUNK':
    case 'BATCH_OPERATION_EXECUTION':
    case 'BATCH_OPERATION_LIFECYCLE_MANAGEMENT':
      projectBatch(record, rows);
      return;
    case 'CLUSTER_VARIABLE':
      projectClusterVariable(record.key, record, rows);
      return;
    default:
      // Value types that show nothing of their own: their effect comes as one of the records above.
      return;
  }
}

type RecordOf<Type extends LogRecord['valueType']> = Extract<LogRecord, { valueType: Type }>;

function projectDefinition(record: RecordOf<'PROCESS'>, rows: ProjectionSink, changes: Changes): void {
  changes.definitions = true;
  const { value } = record;
  if (record.intent !== 'CREATED') {
    const state = record.intent === 'DELETING' ? 'DRAINING' : 'DELETED';
    rows.put('process_definition', value.processDefinitionKey, { state });
    return;
  }
  const xml = value.resource;
  const names = elementNames(xml);
  rows.put('process_definition', value.processDefinitionKey, {
    process_id: value.bpmnProcessId,
    name: names.get(value.bpmnProcessId) ?? null,
    version: value.version,
    version_tag: value.versionTag ?? null,
    resource_name: value.resourceName,
    start_form: startForm(xml, value.bpmnProcessId) ?? null,
    xml,
    element_names: JSON.stringify(Object.fromEntries(names)),
    deployed_at: record.timestamp,
    state: 'ACTIVE',
  });
}

function projectElement(record: RecordOf<'PROCESS_INSTANCE'>, rows: ProjectionSink): void {
  const { value, key, timestamp } = record;
  const definitionKey = value.processDefinitionKey;
  switch (record.intent) {
    case 'SEQUENCE_FLOW_TAKEN':
      rows.takeFlow(value.processInstanceKey, value.elementId);
      rows.count(definitionKey, value.elementId, { completed: 1 });
      return;
    case 'ELEMENT_ACTIVATING':
      rows.count(definitionKey, value.elementId, { active: 1 });
      putElement(key, value, { state: 'ACTIVE', start_date: timestamp }, rows);
      return;
    case 'ELEMENT_COMPLETED':
      rows.count(definitionKey, value.elementId, { active: -1, completed: 1 });
      putElement(key, value, { state: 'COMPLETED', end_date: timestamp }, rows);
      return;
    case 'ELEMENT_TERMINATED':
      rows.count(definitionKey, value.elementId, { active: -1, canceled: 1 });
      putElement(key, value, { state: 'TERMINATED', end_date: timestamp }, rows);
      return;
    case 'ELEMENT_MIGRATED': {
      const before = rows.get(
        value.bpmnElementType === 'PROCESS' ? 'process_instance' : 'element_instance',
        key,
      );
      if (before !== undefined) {
        rows.count(Number(before['definition_key']), String(before['element_id'] ?? before['process_id']), {
          active: -1,
        });
        rows.count(definitionKey, value.elementId, { active: 1 });
      }
      putElement(key, value, {}, rows);
      return;
    }
    case 'ELEMENT_ACTIVATED':
    case 'ELEMENT_COMPLETING':
    case 'ELEMENT_TERMINATING':
      return;
  }
}

function putElement(key: number, value: ProcessInstanceValue, life: Patch, rows: ProjectionSink): void {
  if (value.bpmnElementType === 'PROCESS') {
    const parent = orNull(value.parentProcessInstanceKey);
    rows.put('process_instance', key, {
      process_id: value.bpmnProcessId,
      version: value.version,
      definition_key: value.processDefinitionKey,
      parent_instance_key: parent,
      parent_element_key: orNull(value.parentElementInstanceKey),
      ...life,
      ...(value.tags !== undefined && { tags: JSON.stringify(value.tags) }),
      ...(value.businessId !== undefined && { business_id: value.businessId }),
      ...('start_date' in life ? { root_key: parent === null ? key : rootOf(parent, rows) } : {}),
    });
    return;
  }
  rows.put('element_instance', key, {
    instance_key: value.processInstanceKey,
    process_id: value.bpmnProcessId,
    definition_key: value.processDefinitionKey,
    element_id: value.elementId,
    type: value.bpmnElementType,
    event_type: value.bpmnEventType,
    scope_key: value.flowScopeKey,
    ...life,
  });
}

function rootOf(instanceKey: number, rows: ProjectionSink): number {
  const root = rows.get('process_instance', instanceKey)?.['root_key'];
  return typeof root === 'number' ? root : instanceKey;
}

/** Intents that Camunda's API has no state for: the job stays as it was. */
const UNSEEN_STATES: ReadonlySet<string> = new Set(['RECURRED_AFTER_BACKOFF', 'TIMEOUT_UPDATED']);
const ENDED_JOBS: ReadonlySet<string> = new Set(['COMPLETED', 'CANCELED', 'ERROR_THROWN']);

function projectJob(record: RecordOf<'JOB'>, rows: ProjectionSink): void {
  const { value, intent, timestamp } = record;
  rows.put('job', record.key, {
    ...jobColumns(value),
    ...(UNSEEN_STATES.has(intent) ? {} : { state: intent }),
    updated_at: timestamp,
    ...(intent === 'CREATED' ? { creation_date: timestamp } : {}),
    ...(ENDED_JOBS.has(intent) ? { end_date: timestamp } : {}),
    ...(value.result?.type === 'userTask' && {
      denied: Number(value.result.denied),
      denied_reason: value.result.deniedReason,
    }),
  });
}

function jobColumns(value: JobValue): Patch {
  return {
    type: value.type,
    kind: value.jobKind,
    listener_event: value.jobListenerEventType,
    retries: value.retries,
    worker: value.worker,
    deadline: value.deadline,
    error_message: value.errorMessage,
    error_code: value.errorCode,
    custom_headers: JSON.stringify(value.customHeaders),
    ...owner(value),
  };
}

function projectIncident(record: RecordOf<'INCIDENT'>, rows: ProjectionSink): void {
  const { value, timestamp } = record;
  rows.put('incident', record.key, {
    error_type: value.errorType,
    error_message: value.errorMessage,
    error_hash: errorHash(value.errorMessage),
    job_key: orNull(value.jobKey),
    ...owner(value),
    ...(record.intent === 'CREATED' ? { state: 'ACTIVE', creation_date: timestamp } : {}),
    ...(record.intent === 'RESOLVED' ? { state: 'RESOLVED', end_date: timestamp } : {}),
  });
}

function projectSubscription(record: RecordOf<'PROCESS_MESSAGE_SUBSCRIPTION'>, rows: ProjectionSink): void {
  const { value } = record;
  // What is not opened in the end (an element instance waits for a name once) is not closed either.
  if (record.intent === 'CREATING') return;
  rows.put('message_subscription', record.key, {
    kind: 'PROCESS_EVENT',
    message_name: value.messageName,
    correlation_key: value.correlationKey,
    updated_at: record.timestamp,
    instance_key: value.processInstanceKey,
    element_key: value.elementInstanceKey,
    element_id: value.elementId,
    process_id: value.bpmnProcessId,
    definition_key: orNull(value.processDefinitionKey),
    ...subscriptionState(record.intent, value.interrupting),
  });
}

function subscriptionState(
  intent: RecordOf<'PROCESS_MESSAGE_SUBSCRIPTION'>['intent'],
  interrupting: boolean,
): Patch {
  switch (intent) {
    case 'CREATED':
      return { state: 'CREATED' };
    case 'CORRELATED':
      return { state: interrupting ? 'CORRELATED' : 'CREATED' };
    case 'DELETED':
      return { state: 'DELETED' };
    case 'CREATING':
    case 'CORRELATING':
    case 'DELETING':
    case 'REJECTED':
    case 'MIGRATED':
      return {};
  }
}
