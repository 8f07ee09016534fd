import type { ElementType, EventType, ProcessGraph } from '../../bpmn/graph.ts';
import type { Document, FormMetadata, ProcessMetadata } from '../records/record.ts';
import { CLUSTER_VARIABLES } from './cluster-variables.ts';
import {
  DECISION_TAGS,
  DECISIONS,
  LATEST_DECISIONS,
  LATEST_REQUIREMENTS,
  REQUIREMENTS,
} from './decision-tables.ts';
import type { TableSpec } from './port.ts';
import {
  COMPENSATIONS,
  CONDITIONAL_SUBSCRIPTIONS,
  CORRELATIONS,
  INCIDENTS,
  JOBS,
  MESSAGE_SUBSCRIPTIONS,
  MESSAGES,
  SIGNAL_SUBSCRIPTIONS,
  START_LOCKS,
  START_SUBSCRIPTIONS,
  TIMERS,
  USER_TASKS,
} from './waiting-tables.ts';

export type {
  CompensationRow,
  ConditionalSubscriptionRow,
  CorrelationRow,
  IncidentRow,
  JobRow,
  JobState,
  MessageRow,
  MessageSubscriptionRow,
  SignalSubscriptionRow,
  StartLockRow,
  StartSubscriptionRow,
  TimerRow,
  UserTaskRow,
  UserTaskState,
} from './waiting-tables.ts';
export {
  COMPENSATIONS,
  CONDITIONAL_SUBSCRIPTIONS,
  CORRELATIONS,
  INCIDENTS,
  JOBS,
  MESSAGE_SUBSCRIPTIONS,
  MESSAGES,
  SIGNAL_SUBSCRIPTIONS,
  START_LOCKS,
  START_SUBSCRIPTIONS,
  TIMERS,
  USER_TASKS,
};

/** The next key to give out. One row. */
export interface CounterRow {
  readonly name: string;
  readonly next: number;
}
export const COUNTERS: TableSpec<CounterRow> = { name: 'counters', key: 'name', indexes: {} };

// --- Definitions

/** A deployed process without its model. */
export type ProcessRow = Omit<ProcessMetadata, 'isDuplicate'>;
export const PROCESSES: TableSpec<ProcessRow> = {
  name: 'processes',
  stable: true,
  key: 'processDefinitionKey',
  indexes: {
    byVersion: ['bpmnProcessId', 'version'],
    byDeployment: ['bpmnProcessId', 'deploymentKey'],
    byVersionTag: ['bpmnProcessId', 'versionTag'],
  },
};

export interface GraphRow {
  readonly processDefinitionKey: number;
  readonly graph: ProcessGraph;
  readonly resource: string;
}
export const GRAPHS: TableSpec<GraphRow> = { name: 'graphs', key: 'processDefinitionKey', indexes: {} };

/** What is known of an id of a process or form over all its versions. */
export interface LatestRow {
  readonly id: string;
  /** The highest version ever given, also to versions deleted since. */
  readonly lastVersion: number;
  /** -1 if all versions are deleted. */
  readonly latestKey: number;
}
export const LATEST_PROCESSES: TableSpec<LatestRow> = { name: 'latest_processes', key: 'id', indexes: {} };
export const LATEST_FORMS: TableSpec<LatestRow> = { name: 'latest_forms', key: 'id', indexes: {} };

export type FormRow = FormMetadata & { readonly resource: string };
export const FORMS: TableSpec<FormRow> = {
  name: 'forms',
  key: 'formKey',
  indexes: { byVersion: ['formId', 'version'], byDeployment: ['formId', 'deploymentKey'] },
};

// --- Element instances

export type ElementState = 'ACTIVATING' | 'ACTIVATED' | 'COMPLETING' | 'TERMINATING';

export interface ElementRow {
  readonly key: number;
  readonly state: ElementState;
  readonly elementId: string;
  readonly type: ElementType;
  readonly eventType: EventType;
  readonly bpmnProcessId: string;
  readonly version: number;
  readonly processDefinitionKey: number;
  readonly processInstanceKey: number;
  readonly flowScopeKey: number;
  readonly parentProcessInstanceKey: number;
  readonly parentElementInstanceKey: number;
  readonly childCount: number;
  /** Sequence flows of this scope that were taken and not yet used by an activation. */
  readonly activeFlows: number;
  /** Id of the start event or terminate end event that interrupted this scope. */
  readonly interruptedBy: string | null;
  /** Which triggers are still accepted: all, only those of boundary events, or none. */
  readonly accepts: 'all' | 'boundary' | 'none';
  /** -1 unless a job is open. */
  readonly jobKey: number;
  /** Of a call activity: the instance it called; else -1. */
  readonly calledInstanceKey: number;
  /** Of an instance in a multi-instance: its number from 1. Of a body: the number of instances made. */
  readonly loopCounter: number;
  readonly completedChildren: number;
  readonly terminatedChildren: number;
  /** Of a parallel multi-instance body: how many instances it makes; else 0. */
  readonly plannedChildren: number;
  /** Of an ad-hoc subprocess: its job worker said that it completes when nothing runs in it any more. */
  readonly completionFulfilled?: true;
  /** Number of the execution listener to run next in this phase. */
  readonly listener: number;
  /** It has no variables of its own, as most have none; rows of older folders do not tell. See `variablesOf`. */
  readonly noVariables?: true;
  /** Of a process instance only, and only if it was created with them. */
  readonly tags?: readonly string[];
  readonly businessId?: string;
  readonly terminateAfter?: readonly string[];
  /** Of a process instance that was called: how many instances are above it; absent for all others. */
  readonly callDepth?: number;
}
export const ELEMENTS: TableSpec<ElementRow> = {
  name: 'elements',
  key: 'key',
  indexes: { byScope: ['flowScopeKey'] },
};

/** How many instances of a process definition there are; no row if there is none. An index of elements would cost each of them a page. */
export interface InstanceCountRow {
  readonly processDefinitionKey: number;
  readonly count: number;
}
export const INSTANCE_COUNTS: TableSpec<InstanceCountRow> = {
  name: 'instance_counts',
  key: 'processDefinitionKey',
  indexes: {},
  derive: (state) => {
    const counts = new Map<number, number>();
    for (const { processDefinitionKey: key } of state.scan(ELEMENTS, 'byScope', [-1]))
      counts.set(key, (counts.get(key) ?? 0) + 1);
    return Array.from(counts, ([processDefinitionKey, count]) => ({ processDefinitionKey, count }));
  },
};

/** The variables of one scope. */
export interface VariablesRow {
  readonly scopeKey: number;
  readonly values: Document;
  /** Key of each variable, in the order of `values`. */
  readonly keys: readonly number[];
}
export const VARIABLES: TableSpec<VariablesRow> = { name: 'variables', key: 'scopeKey', indexes: {} };

/** An event that an element instance is going to act on. */
export interface TriggerRow {
  readonly key: number;
  readonly scopeKey: number;
  readonly elementId: string;
  readonly variables: Document;
}
export const TRIGGERS: TableSpec<TriggerRow> = {
  name: 'triggers',
  key: 'key',
  indexes: { byScope: ['scopeKey'] },
};

/** Tokens that wait at a joining gateway, by incoming flow. */
export interface TakenFlowRow {
  readonly id: string;
  readonly scopeKey: number;
  readonly gatewayId: string;
  readonly flowId: string;
  readonly count: number;
}
export const TAKEN_FLOWS: TableSpec<TakenFlowRow> = {
  name: 'taken_flows',
  key: 'id',
  indexes: { byGateway: ['scopeKey', 'gatewayId'] },
};

/** Somebody waits for the result of this instance. */
export interface AwaitedRow {
  readonly processInstanceKey: number;
  readonly fetchVariables: readonly string[];
}
export const AWAITED: TableSpec<AwaitedRow> = { name: 'awaited', key: 'processInstanceKey', indexes: {} };

// --- Work left over

/** A follow-up that a bounded turn left over. */
export interface PendingRow {
  readonly id: number;
  /** Process instance that the follow-up belongs to; 0 for none. */
  readonly lane: number;
  /** The follow-up command. */
  readonly command: object;
}
export const PENDING: TableSpec<PendingRow> = { name: 'pending', key: 'id', indexes: { byLane: ['lane'] } };

/** All tables, for whoever must create or empty them. */
export const TABLES: readonly TableSpec<never>[] = [
  COUNTERS,
  PROCESSES,
  GRAPHS,
  LATEST_PROCESSES,
  LATEST_FORMS,
  FORMS,
  DECISIONS,
  DECISION_TAGS,
  LATEST_DECISIONS,
  REQUIREMENTS,
  LATEST_REQUIREMENTS,
  ELEMENTS,
  INSTANCE_COUNTS,
  VARIABLES,
  TRIGGERS,
  TAKEN_FLOWS,
  AWAITED,
  JOBS,
  TIMERS,
  MESSAGE_SUBSCRIPTIONS,
  START_SUBSCRIPTIONS,
  MESSAGES,
  CORRELATIONS,
  START_LOCKS,
  SIGNAL_SUBSCRIPTIONS,
  CONDITIONAL_SUBSCRIPTIONS,
  INCIDENTS,
  COMPENSATIONS,
  USER_TASKS,
  CLUSTER_VARIABLES,
  PENDING,
] as unknown as readonly TableSpec<never>[];
