import type { LogRecord } from '../../engine/records/log.ts';
import type { UserTaskValue } from '../../engine/records/record.ts';
import type { Json } from './format.ts';

/** A record as a line of `expected.json`, and the instance it belongs to. */
export interface Line {
  readonly fields: readonly Json[];
  readonly instanceKey: number | undefined;
}

export interface Names {
  /** Id of an element instance seen before. */
  elementId(key: number): string | null;
  /** The clock at the end of the step, epoch ms. */
  readonly now: number;
}

/** The compact line of a record; undefined for kinds that scenarios do not keep. */
export function lineOf(record: LogRecord, names: Names): Line | undefined {
  if (record.recordType !== 'EVENT') return undefined;
  const fields = fieldsOf(record, names);
  if (fields === undefined) return undefined;
  return { fields: [record.valueType, record.intent, ...fields], instanceKey: instanceOf(record) };
}

function fieldsOf(record: LogRecord, names: Names): readonly Json[] | undefined {
  switch (record.valueType) {
    case 'PROCESS_INSTANCE': {
      const { bpmnElementType, elementId, flowScopeKey } = record.value;
      const { tags, businessId } = record.value;
      const labels = { ...(tags && { tags }), ...(businessId && { businessId }) };
      const labelled = Object.keys(labels).length > 0 ? [labels] : [];
      return [bpmnElementType, elementId, names.elementId(flowScopeKey), ...labelled];
    }
    case 'VARIABLE':
      return [
        record.value.name,
        JSON.parse(record.value.value) as Json,
        names.elementId(record.value.scopeKey),
      ];
    case 'JOB': {
      const { type, elementId, retries, jobKind, jobListenerEventType } = record.value;
      const { tags } = record.value;
      const listener = jobListenerEventType === 'UNSPECIFIED' ? '' : `:${jobListenerEventType}`;
      const kind = jobKind === 'BPMN_ELEMENT' ? [] : [`${jobKind}${listener}`];
      return [type, elementId, retries, ...kind, ...(tags ? [{ tags }] : [])];
    }
    case 'INCIDENT':
      return [record.value.errorType, stableText(record.value.errorMessage), record.value.elementId];
    case 'TIMER':
      return [record.value.targetElementId, record.value.dueDate - names.now, record.value.repetitions];
    case 'PROCESS_MESSAGE_SUBSCRIPTION':
      return [record.value.messageName, record.value.correlationKey, record.value.elementId];
    case 'MESSAGE_START_EVENT_SUBSCRIPTION':
      return [record.value.messageName, record.value.startEventId];
    case 'MESSAGE':
      return [record.value.name, record.value.correlationKey];
    case 'SIGNAL':
      return [record.value.signalName];
    case 'SIGNAL_SUBSCRIPTION':
      return [record.value.signalName, record.value.catchEventId];
    case 'CONDITIONAL_SUBSCRIPTION':
      return [record.value.condition, record.value.catchEventId];
    case 'RUNTIME_INSTRUCTION':
      return [(record.value as { readonly elementId: string }).elementId];
    case 'CONDITIONAL_EVALUATION':
      return [record.value.startedProcessInstances.length];
    case 'USER_TASK':
      return [record.value.elementId, userTaskAttributes(record.value)];
    case 'PROCESS':
      return [record.value.bpmnProcessId, record.value.version];
    case 'DECISION':
      return [record.value.decisionId, record.value.version];
    case 'DECISION_EVALUATION':
      return [record.value.decisionId, JSON.parse(record.value.decisionOutput) as Json];
    case 'FORM':
      return [record.value.formId, record.value.version];
    case 'AD_HOC_SUB_PROCESS_INSTRUCTION': {
      const { adHocSubProcessInstanceKey, activateElements, cancelRemainingInstances } = record.value;
      const activated = activateElements.map(({ elementId }) => elementId);
      return [names.elementId(adHocSubProcessInstanceKey), activated, cancelRemainingInstances];
    }
    case 'ESCALATION':
      return [record.value.escalationCode, record.value.throwElementId, record.value.catchElementId];
    case 'COMPENSATION_SUBSCRIPTION':
      return [record.value.compensableActivityId, record.value.compensationHandlerId];
    default:
      return undefined;
  }
}

/** Key of the process instance that a record belongs to; undefined for what belongs to none. */
function instanceOf(record: LogRecord): number | undefined {
  switch (record.valueType) {
    case 'PROCESS_INSTANCE':
    case 'VARIABLE':
    case 'JOB':
    case 'INCIDENT':
    case 'TIMER':
    case 'PROCESS_MESSAGE_SUBSCRIPTION':
    case 'SIGNAL_SUBSCRIPTION':
    case 'CONDITIONAL_SUBSCRIPTION':
    case 'USER_TASK':
    case 'ESCALATION':
    case 'COMPENSATION_SUBSCRIPTION':
    case 'DECISION_EVALUATION':
      return record.value.processInstanceKey < 0 ? undefined : record.value.processInstanceKey;
    case 'RUNTIME_INSTRUCTION':
      return (record.value as { readonly processInstanceKey: number }).processInstanceKey;
    default:
      return undefined;
  }
}

function userTaskAttributes(value: UserTaskValue): { readonly [name: string]: Json } {
  const attributes: Record<string, Json> = {
    assignee: value.assignee,
    candidateGroups: value.candidateGroupsList,
    candidateUsers: value.candidateUsersList,
    dueDate: value.dueDate,
    followUpDate: value.followUpDate,
    priority: value.priority,
    action: value.action,
    externalFormReference: value.externalFormReference,
    changedAttributes: value.changedAttributes,
  };
  const isSet = (attribute: Json) =>
    !((typeof attribute === 'string' || Array.isArray(attribute)) && attribute.length === 0);
  return Object.fromEntries(Object.entries(attributes).filter(([, attribute]) => isSet(attribute)));
}

/** Keys, and lists that Zeebe writes in no fixed order, made the same in every run. */
export function stableText(text: string): string {
  const sorted = text
    .replace(/\b\d{16,19}\b/g, '<key>')
    .replace(
      /Supported element types are: \[([^\]]*)\]/g,
      (_all, list: string) => `Supported element types are: [${list.split(', ').sort().join(', ')}]`,
    );
  const start = sorted.indexOf('- Element: ');
  if (start < 0) return sorted;
  const blocks = sorted.slice(start).split(/(?=- Element: )/);
  const lines = blocks.map((block) => `${block.trimEnd()}\n`).sort();
  return sorted.slice(0, start) + lines.join('');
}
