/**
 * The executable graph of one BPMN process: plain JSON, made once by the parser and stored beside the XML.
 * Everything the engine asks about a model is answered here; the XML is never looked at again.
 */

/** Raised when the shape of the graph changes; an older stored graph is then parsed again from its XML. */
export const GRAPH_FORMAT = 2;

/** Element types as Zeebe names them in its records. */
export type ElementType =
  | 'PROCESS'
  | 'SUB_PROCESS'
  | 'EVENT_SUB_PROCESS'
  | 'AD_HOC_SUB_PROCESS'
  | 'AD_HOC_SUB_PROCESS_INNER_INSTANCE'
  | 'START_EVENT'
  | 'INTERMEDIATE_CATCH_EVENT'
  | 'INTERMEDIATE_THROW_EVENT'
  | 'BOUNDARY_EVENT'
  | 'END_EVENT'
  | 'SERVICE_TASK'
  | 'RECEIVE_TASK'
  | 'USER_TASK'
  | 'MANUAL_TASK'
  | 'TASK'
  | 'EXCLUSIVE_GATEWAY'
  | 'INCLUSIVE_GATEWAY'
  | 'PARALLEL_GATEWAY'
  | 'EVENT_BASED_GATEWAY'
  | 'SEQUENCE_FLOW'
  | 'MULTI_INSTANCE_BODY'
  | 'CALL_ACTIVITY'
  | 'BUSINESS_RULE_TASK'
  | 'SCRIPT_TASK'
  | 'SEND_TASK';

/** Event types as Zeebe names them in its records. */
export type EventType =
  | 'UNSPECIFIED'
  | 'NONE'
  | 'MESSAGE'
  | 'TIMER'
  | 'ERROR'
  | 'ESCALATION'
  | 'SIGNAL'
  | 'LINK'
  | 'TERMINATE'
  | 'COMPENSATION'
  | 'CONDITIONAL';

/** A text of the model: taken as it stands, or a FEEL expression (`text` without the leading `=`). */
export type ModelText =
  | { readonly kind: 'static'; readonly value: string }
  | { readonly kind: 'feel'; readonly text: string };

/** One `zeebe:input` or `zeebe:output`. `target` is a path such as `a.b`. */
export interface Mapping {
  readonly source: ModelText;
  readonly target: string;
}

/** What makes a job of an element: `zeebe:taskDefinition` and `zeebe:taskHeaders`. */
export interface JobDefinition {
  readonly type: ModelText;
  readonly retries: ModelText;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MessageDefinition {
  readonly name: ModelText;
  /** Absent for start events of a process, which correlate by name alone. */
  readonly correlationKey?: ModelText;
}

export interface TimerDefinition {
  readonly kind: 'date' | 'duration' | 'cycle';
  readonly value: ModelText;
}

/** An error, escalation or signal reference; `code` is absent on a catch-all event. */
export interface CodeDefinition {
  readonly code?: ModelText;
}

export interface SignalDefinition {
  readonly name: ModelText;
}

/** What may happen to a variable. */
export type VariableEvent = 'create' | 'update';

/** When a conditional event happens (Camunda 8.9). */
export interface ConditionalDefinition {
  readonly condition: ModelText;
  /** The condition as the model states it, with its leading `=`. */
  readonly source: string;
  /** Names of the variables whose changes matter; empty: all. */
  readonly variableNames: readonly string[];
  /** Which changes of these variables matter; empty: all. */
  readonly variableEvents: readonly VariableEvent[];
}

export interface MultiInstance {
  readonly sequential: boolean;
  readonly inputCollection: ModelText;
  readonly inputElement?: string;
  readonly outputCollection?: string;
  readonly outputElement?: ModelText;
  readonly completionCondition?: ModelText;
}

/** What is special about an ad-hoc subprocess. One that has a `job` as well is decided on by a job worker. */
export interface AdHoc {
  /** Ids of elements inside that can be activated: those without an incoming flow, in order of the XML. */
  readonly activities: readonly string[];
  /** Id of the scope in which each activation runs; an element of the graph too. */
  readonly innerInstance: string;
  /** JSON text of the variable `adHocSubProcessElements`: what is told of the activities. */
  readonly elements: string;
  readonly activeElementsCollection?: ModelText;
  readonly completionCondition?: ModelText;
  readonly cancelRemainingInstances: boolean;
  readonly outputCollection?: string;
  readonly outputElement?: ModelText;
}

export type Binding =
  | { readonly kind: 'latest' }
  | { readonly kind: 'deployment' }
  | { readonly kind: 'versionTag'; readonly tag: string };

export interface CalledElement {
  readonly processId: ModelText;
  readonly binding: Binding;
  readonly propagateAllParentVariables: boolean;
  readonly propagateAllChildVariables: boolean;
}

export interface CalledDecision {
  readonly decisionId: ModelText;
  readonly resultVariable: string;
  readonly binding: Binding;
}

export interface UserTaskDefinition {
  readonly assignee?: ModelText;
  readonly candidateGroups?: ModelText;
  readonly candidateUsers?: ModelText;
  readonly dueDate?: ModelText;
  readonly followUpDate?: ModelText;
  readonly priority?: ModelText;
  readonly externalFormReference?: ModelText;
  readonly form?: { readonly formId: ModelText; readonly binding: Binding };
  /** Of job-based user tasks: the reserved header `io.camunda.zeebe:formKey`. */
  readonly formKey?: string;
  /** `zeebe:taskHeaders`, told as custom headers of the task. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ExecutionListener {
  readonly event: 'start' | 'end';
  readonly type: ModelText;
  readonly retries: ModelText;
}

export type TaskListenerEvent = 'creating' | 'assigning' | 'updating' | 'completing' | 'canceling';

/** Of a user task that the engine manages: a job that holds back a step of the task's life (8.8). */
export interface TaskListener {
  readonly event: TaskListenerEvent;
  readonly type: ModelText;
  readonly retries: ModelText;
}

export interface GraphElement {
  readonly id: string;
  readonly name?: string;
  readonly type: Exclude<ElementType, 'SEQUENCE_FLOW' | 'MULTI_INSTANCE_BODY'>;
  readonly eventType: EventType;
  /** Id of the element that holds this one; null for the process itself. */
  readonly flowScope: string | null;
  /** Ids of sequence flows. `outgoing` stands in the order in which Zeebe takes them. */
  readonly incoming: readonly string[];
  readonly outgoing: readonly string[];
  readonly inputs: readonly Mapping[];
  readonly outputs: readonly Mapping[];
  /** Ids of boundary events attached to this element, in the order in which Zeebe subscribes: last in the XML first. */
  readonly boundaryEvents: readonly string[];
  /** For a process or subprocess: the elements it holds directly, in order of the XML. */
  readonly children?: readonly string[];
  /**
   * For a process or subprocess: its start events (of event subprocesses: the one start event), in the order in
   * which Zeebe subscribes: last in the XML first.
   */
  readonly startEvents?: readonly string[];
  /** For a process or subprocess: ids of the event subprocesses directly inside, in order of the XML. */
  readonly eventSubProcesses?: readonly string[];
  readonly attachedTo?: string;
  /** Boundary events and start events of event subprocesses. */
  readonly interrupting?: boolean;
  readonly defaultFlow?: string;
  readonly job?: JobDefinition;
  readonly message?: MessageDefinition;
  readonly timer?: TimerDefinition;
  readonly error?: CodeDefinition;
  readonly escalation?: CodeDefinition;
  readonly signal?: SignalDefinition;
  readonly conditional?: ConditionalDefinition;
  readonly linkName?: string;
  /** A compensation throw event restricted to one activity. */
  readonly compensatedActivity?: string;
  /** A compensation boundary event: its handler. On the handler itself: `isForCompensation`. */
  readonly compensationHandler?: string;
  readonly isForCompensation?: boolean;
  readonly multiInstance?: MultiInstance;
  readonly adHoc?: AdHoc;
  readonly script?: { readonly expression: ModelText; readonly resultVariable: string };
  readonly calledElement?: CalledElement;
  readonly calledDecision?: CalledDecision;
  /** Of every user task. One that the engine manages itself has no `job`; one done by job workers has. */
  readonly userTask?: UserTaskDefinition;
  readonly listeners?: readonly ExecutionListener[];
  readonly taskListeners?: readonly TaskListener[];
  /** `zeebe:properties`, for the router's bindings. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface GraphFlow {
  readonly id: string;
  readonly name?: string;
  readonly source: string;
  readonly target: string;
  readonly flowScope: string;
  readonly condition?: ModelText;
}

export interface ProcessGraph {
  readonly format: number;
  readonly bpmnProcessId: string;
  readonly name?: string;
  readonly versionTag?: string;
  /** All flow elements by id, the process itself included. */
  readonly elements: Readonly<Record<string, GraphElement>>;
  readonly flows: Readonly<Record<string, GraphFlow>>;
  /** Whether any event of the process waits for a condition, so that changes of variables must be looked at. */
  readonly hasConditions?: true;
}
