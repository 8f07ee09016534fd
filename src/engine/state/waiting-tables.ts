/** What instances and start events wait for. */

import type { ConditionalSubscriptionValue } from '../records/conditional.ts';
import type {
  CompensationSubscriptionValue,
  IncidentValue,
  JobValue,
  MessageStartEventSubscriptionValue,
  MessageSubscriptionValue,
  MessageValue,
  SignalSubscriptionValue,
  TimerValue,
  UserTaskValue,
  VariableDocumentValue,
} from '../records/record.ts';
import type { TableSpec } from './port.ts';

export type JobState = 'ACTIVATABLE' | 'ACTIVATED' | 'FAILED' | 'ERROR_THROWN';

export interface JobRow {
  readonly key: number;
  readonly state: JobState;
  readonly value: JobValue;
  /** The type while a worker may take the job, else null. */
  readonly activatableType: string | null;
  /** Epoch ms; null unless a worker holds it. */
  readonly deadline: number | null;
  /** Epoch ms; null unless it waits for its back-off. */
  readonly recursAt: number | null;
}
export const JOBS: TableSpec<JobRow> = {
  name: 'jobs',
  key: 'key',
  indexes: { activatable: ['activatableType'], byDeadline: ['deadline'], byBackOff: ['recursAt'] },
};

export interface TimerRow extends TimerValue {
  readonly key: number;
  /** Of a start event's timer: the definition; else null. */
  readonly startOf: number | null;
}
export const TIMERS: TableSpec<TimerRow> = {
  name: 'timers',
  key: 'key',
  indexes: {
    byDueDate: ['dueDate', 'elementInstanceKey'],
    byElement: ['elementInstanceKey'],
    byDefinition: ['startOf'],
  },
};

export interface MessageSubscriptionRow {
  readonly key: number;
  readonly value: MessageSubscriptionValue;
  readonly elementInstanceKey: number;
  readonly closing: boolean;
  /** Name while the subscription can take a message, else null: not yet open, correlating, or closing. */
  readonly openName: string | null;
  /** That of the messages' side. */
  readonly correlationKey: string;
  /** The messages' side is that of an interrupting event, though another one took the instance's side. */
  readonly closesAfterOne?: true;
}
export const MESSAGE_SUBSCRIPTIONS: TableSpec<MessageSubscriptionRow> = {
  name: 'message_subscriptions',
  key: 'key',
  indexes: {
    byElement: ['elementInstanceKey'],
    open: ['openName', 'correlationKey', 'elementInstanceKey'],
    openByKey: ['correlationKey', 'openName'],
  },
};

export interface StartSubscriptionRow extends MessageStartEventSubscriptionValue {
  readonly key: number;
}
export const START_SUBSCRIPTIONS: TableSpec<StartSubscriptionRow> = {
  name: 'message_start_subscriptions',
  stable: true,
  key: 'key',
  indexes: { byName: ['messageName'], byDefinition: ['processDefinitionKey'] },
};

export interface MessageRow extends MessageValue {
  readonly key: number;
  /** Name, correlation key and id in one text; null without an id. */
  readonly identity: string | null;
}
export const MESSAGES: TableSpec<MessageRow> = {
  name: 'messages',
  key: 'key',
  indexes: { byName: ['name', 'correlationKey'], byDeadline: ['deadline'], byIdentity: ['identity'] },
};

/** A message went to an instance of each of these processes, and must go to no other of them. */
export interface CorrelationRow {
  readonly messageKey: number;
  /** BPMN process ids, in order. */
  readonly processes: readonly string[];
}
export const CORRELATIONS: TableSpec<CorrelationRow> = {
  name: 'message_correlations',
  key: 'messageKey',
  indexes: {},
  derive: (state) => {
    const found = new Map<number, string[]>();
    for (const { id, messageKey } of state.scan(SINGLE_CORRELATIONS, 'byMessage', [])) {
      const bpmnProcessId = id.slice(id.indexOf(':') + 1);
      found.set(messageKey, [...(found.get(messageKey) ?? []), bpmnProcessId]);
    }
    return Array.from(found, ([messageKey, processes]) => ({ messageKey, processes }));
  },
};

/** As older folders have it: a row for each process, whose id is `KEY:PROCESS`. */
export const SINGLE_CORRELATIONS: TableSpec<{ readonly id: string; readonly messageKey: number }> = {
  name: 'correlations',
  key: 'id',
  indexes: { byMessage: ['messageKey'] },
};

/** An instance started by a message with a key: no other starts for that process and key while it lives. */
export interface StartLockRow {
  readonly id: string;
  readonly bpmnProcessId: string;
  readonly correlationKey: string;
  readonly processInstanceKey: number;
}
export const START_LOCKS: TableSpec<StartLockRow> = {
  name: 'start_locks',
  key: 'id',
  indexes: { byInstance: ['processInstanceKey'] },
};

export interface SignalSubscriptionRow extends SignalSubscriptionValue {
  readonly key: number;
  /** Of a start event: the definition; else null. */
  readonly startOf: number | null;
}
export const SIGNAL_SUBSCRIPTIONS: TableSpec<SignalSubscriptionRow> = {
  name: 'signal_subscriptions',
  key: 'key',
  indexes: {
    byName: ['signalName', 'catchEventInstanceKey'],
    byElement: ['catchEventInstanceKey'],
    byDefinition: ['startOf'],
  },
};

export interface ConditionalSubscriptionRow extends ConditionalSubscriptionValue {
  readonly key: number;
  /** Of a start event: the definition; else null. */
  readonly startOf: number | null;
}
export const CONDITIONAL_SUBSCRIPTIONS: TableSpec<ConditionalSubscriptionRow> = {
  name: 'conditional_subscriptions',
  key: 'key',
  indexes: { byScope: ['scopeKey'], byDefinition: ['startOf'] },
};

export interface IncidentRow extends IncidentValue {
  readonly key: number;
}
export const INCIDENTS: TableSpec<IncidentRow> = {
  name: 'incidents',
  key: 'key',
  indexes: { byElement: ['elementInstanceKey'], byJob: ['jobKey'] },
};

export interface CompensationRow extends CompensationSubscriptionValue {
  readonly key: number;
}
export const COMPENSATIONS: TableSpec<CompensationRow> = {
  name: 'compensations',
  key: 'key',
  indexes: {
    byInstance: ['processInstanceKey'],
    byScope: ['compensableActivityScopeKey'],
    byHandler: ['compensationHandlerInstanceKey'],
    byThrower: ['throwEventInstanceKey'],
  },
};

/** CREATED: at rest. The others: a step is under way, which listeners may hold back. BUSY is of older folders. */
export type UserTaskState =
  | 'CREATING'
  | 'CREATED'
  | 'ASSIGNING'
  | 'CLAIMING'
  | 'UPDATING'
  | 'COMPLETING'
  | 'CANCELING'
  | 'BUSY';

export interface UserTaskRow extends UserTaskValue {
  readonly state: UserTaskState;
  /** What the task will be after the step that is under way; the row itself is as it was before. */
  readonly transition?: UserTaskValue;
  /** CREATING: the assignee that the model names. */
  readonly initialAssignee?: string;
  /** UPDATING: the variables that are to be set, with the key of their update. */
  readonly variableUpdate?: VariableDocumentValue & { readonly key: number };
  readonly changesVariables?: boolean;
}
export const USER_TASKS: TableSpec<UserTaskRow> = {
  name: 'user_tasks',
  key: 'userTaskKey',
  indexes: { byElement: ['elementInstanceKey'] },
};
