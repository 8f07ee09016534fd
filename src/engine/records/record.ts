import type { ElementType, EventType, ProcessGraph } from '../../bpmn/graph.ts';
import type { DecisionGraph } from '../../dmn/index.ts';
import type { UserTaskJobResult } from './job-result.ts';

export type { UserTaskValue, VariableDocumentValue } from './user-task.ts';

/**
 * The language of the log: Zeebe's, so that whoever reads Zeebe's records can read ours. A record is a command
 * (asked for), an event (happened), or a rejection (a command that was refused). Keys are safe integers inside
 * and decimal strings at every port; JSON documents are exact JSON texts, so that numbers pass through untouched.
 */

export type RejectionType =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'INVALID_STATE'
  | 'PROCESSING_ERROR';

/** JSON text of one value. */
export type JsonText = string;
/** A JSON object whose members are kept as exact JSON texts, in order of arrival. */
export type Document = ReadonlyMap<string, JsonText>;

export interface ResourceValue {
  readonly resourceName: string;
  readonly resource: string;
  readonly checksum: string;
  /** What the parser made of it: one entry a process of the file. */
  readonly processes: readonly ProcessGraph[];
  /** Why the parser refuses it: the block of text that Zeebe lists for this resource. Then nothing is deployed. */
  readonly problems?: string;
  /** What the parser made of a DMN file. */
  readonly decisions?: DecisionGraph;
  /** Of a form: its id and version tag, read from its JSON. */
  readonly formId?: string;
  readonly formVersionTag?: string;
}

export interface ProcessMetadata {
  readonly bpmnProcessId: string;
  readonly version: number;
  readonly processDefinitionKey: number;
  readonly resourceName: string;
  readonly checksum: string;
  readonly isDuplicate: boolean;
  readonly deploymentKey: number;
  readonly versionTag: string;
}

export interface ProcessInstanceValue {
  readonly bpmnElementType: ElementType;
  readonly bpmnEventType: EventType;
  readonly elementId: string;
  readonly bpmnProcessId: string;
  readonly version: number;
  readonly processDefinitionKey: number;
  readonly processInstanceKey: number;
  /** -1 for the process itself. */
  readonly flowScopeKey: number;
  /** -1 unless called by a call activity. */
  readonly parentProcessInstanceKey: number;
  readonly parentElementInstanceKey: number;
  /** Of a process: what it was created with (absent: nothing). */
  readonly tags?: readonly string[];
  readonly businessId?: string;
  /** ELEMENT_ACTIVATING of a process only: ids of elements after which the instance ends (absent: none). */
  readonly terminateAfter?: readonly string[];
  /** ELEMENT_ACTIVATING only: how many taken sequence flows of the scope this activation uses up (absent: none). */
  readonly consumedFlows?: number;
  /** ELEMENT_ACTIVATED of a parallel multi-instance body only: how many instances it makes. */
  readonly plannedChildren?: number;
}

/** Which element instance of which instance of which definition something belongs to; -1 where it does not. */
export interface ElementOwner {
  readonly processInstanceKey: number;
  readonly elementInstanceKey: number;
  readonly elementId: string;
  readonly bpmnProcessId: string;
  readonly processDefinitionKey: number;
  readonly processDefinitionVersion: number;
}

export type JobKind = 'BPMN_ELEMENT' | 'EXECUTION_LISTENER' | 'TASK_LISTENER' | 'AD_HOC_SUB_PROCESS';
export type ListenerEvent = 'UNSPECIFIED' | 'START' | 'END' | TaskListenerEventType;
/** Steps of a user task's life that listeners hold back. */
export type TaskListenerEventType = 'CREATING' | 'ASSIGNING' | 'UPDATING' | 'COMPLETING' | 'CANCELING';

export interface JobValue extends ElementOwner {
  readonly type: string;
  readonly retries: number;
  readonly worker: string;
  /** Epoch ms; -1 while nobody holds it. */
  readonly deadline: number;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly variables: Document;
  readonly errorMessage: string;
  readonly errorCode: string;
  readonly retryBackoff: number;
  readonly recurringTime: number;
  readonly jobKind: JobKind;
  readonly jobListenerEventType: ListenerEvent;
  /** Of the process instance (absent: none). */
  readonly tags?: readonly string[];
  /** Of a listener's job: its place among the listeners of this event, from 0. */
  readonly listenerIndex?: number;
  /** COMPLETED of a task listener's job: what its worker decided. */
  readonly result?: UserTaskJobResult;
}

export interface VariableValue {
  readonly name: string;
  readonly value: JsonText;
  readonly scopeKey: number;
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
}

export interface IncidentValue extends ElementOwner {
  readonly errorType: IncidentType;
  readonly errorMessage: string;
  /** -1 unless the incident is a job's. */
  readonly jobKey: number;
  readonly variableScopeKey: number;
  /** Of a step that broke by a mistake in the program: what resolving does again; null: its asker asks again. */
  readonly followUp?: object | null;
}

export type IncidentType =
  | 'UNKNOWN'
  | 'IO_MAPPING_ERROR'
  | 'JOB_NO_RETRIES'
  | 'EXECUTION_LISTENER_NO_RETRIES'
  | 'AD_HOC_SUB_PROCESS_NO_RETRIES'
  | 'TASK_LISTENER_NO_RETRIES'
  | 'CONDITION_ERROR'
  | 'EXTRACT_VALUE_ERROR'
  | 'CALLED_ELEMENT_ERROR'
  | 'UNHANDLED_ERROR_EVENT'
  | 'MESSAGE_SIZE_EXCEEDED'
  | 'CALLED_DECISION_ERROR'
  | 'DECISION_EVALUATION_ERROR'
  | 'FORM_NOT_FOUND';

export interface TimerValue {
  /** -1 for a start event's timer. */
  readonly elementInstanceKey: number;
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
  readonly targetElementId: string;
  /** Epoch ms. */
  readonly dueDate: number;
  /** -1: without end. */
  readonly repetitions: number;
}

export interface MessageValue {
  readonly name: string;
  readonly correlationKey: string;
  /** ms */
  readonly timeToLive: number;
  readonly messageId: string;
  readonly variables: Document;
  /** See `MessageRequest.notFor`. */
  readonly notFor?: readonly string[];
  /** Epoch ms. */
  readonly deadline: number;
}

/** An instance waits for a message. Zeebe splits this over two partitions; both value types carry the same fields. */
export interface MessageSubscriptionValue {
  readonly processInstanceKey: number;
  readonly elementInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
  readonly elementId: string;
  readonly messageKey: number;
  readonly messageName: string;
  readonly correlationKey: string;
  readonly interrupting: boolean;
  readonly variables: Document;
}

export interface MessageStartEventSubscriptionValue {
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
  readonly startEventId: string;
  readonly messageName: string;
  readonly messageKey: number;
  readonly correlationKey: string;
  /** -1 until an instance was started. */
  readonly processInstanceKey: number;
  readonly variables: Document;
}

/** Something happened that an element instance will act on: its variables wait until then. */
export interface ProcessEventValue {
  /** The element instance (or, for start events, process definition) that was triggered. */
  readonly scopeKey: number;
  readonly targetElementId: string;
  readonly variables: Document;
  readonly processDefinitionKey: number;
  readonly processInstanceKey: number;
  /** TRIGGERING: no further trigger is accepted but those of boundary events (`scope`), or none at all (`all`). */
  readonly closes?: 'scope' | 'all';
}

export interface SignalValue {
  readonly signalName: string;
  readonly variables: Document;
}

export interface SignalSubscriptionValue {
  readonly signalName: string;
  readonly catchEventId: string;
  /** -1 for a start event. */
  readonly catchEventInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
  readonly processInstanceKey: number;
}

export interface EscalationValue {
  readonly escalationCode: string;
  readonly throwElementId: string;
  /** Empty if nothing catches it. */
  readonly catchElementId: string;
  readonly processInstanceKey: number;
}

export interface CompensationSubscriptionValue {
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly compensableActivityId: string;
  /** Element instance that completed. */
  readonly compensableActivityInstanceKey: number;
  readonly compensableActivityScopeKey: number;
  /** Empty for a subprocess that only holds activities with handlers. */
  readonly compensationHandlerId: string;
  /** -1 until the handler runs. */
  readonly compensationHandlerInstanceKey: number;
  /** Empty and -1 until it is triggered. */
  readonly throwEventId: string;
  readonly throwEventInstanceKey: number;
  /** Local variables of a completed subprocess, which its handlers see. */
  readonly variables: Document;
}

export interface FormMetadata {
  readonly formId: string;
  readonly version: number;
  readonly formKey: number;
  readonly resourceName: string;
  readonly checksum: string;
  readonly isDuplicate: boolean;
  readonly deploymentKey: number;
  /** Absent if the form has none. */
  readonly versionTag?: string;
}

export interface JobBatchValue {
  readonly type: string;
  readonly worker: string;
  readonly deadline: number;
  readonly jobKeys: readonly number[];
}

/** An event of the event log, without its data, and what became of it. */
export interface CloudEventValue {
  /** Place in the event log. */
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** RECEIVED: key of the job that sent it; absent for events from outside. */
  readonly causeJob?: number;
  /** ROUTED, DELIVERED, DEAD_LETTERED: what became of it. The router knows the kinds. */
  readonly fates?: readonly { readonly kind: string }[];
}
