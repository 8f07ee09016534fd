import type { TaskListenerEvent } from '../../bpmn/graph.ts';
import type { ConditionalSubscriptionValue } from '../records/conditional.ts';
import type { UserTaskCorrections } from '../records/job-result.ts';
import type {
  Document,
  MessageSubscriptionValue,
  ProcessInstanceValue,
  SignalValue,
} from '../records/record.ts';

/**
 * What the engine asks of itself after an event. Follow-ups are carried out in the order in which they were asked
 * for, so that the branches of an instance take turns.
 */
export type FollowUp =
  | ElementCommand
  | { readonly kind: 'terminate-children'; readonly scopeKey: number; readonly lane: number }
  | { readonly kind: 'activate-children'; readonly bodyKey: number; readonly lane: number }
  | {
      readonly kind: 'message-subscription';
      readonly intent: 'CREATE' | 'CORRELATE' | 'REJECT' | 'DELETE';
      readonly key: number;
      readonly value: MessageSubscriptionValue;
    }
  | {
      readonly kind: 'process-message-subscription';
      readonly intent: 'CREATE' | 'CORRELATE' | 'DELETE';
      readonly key: number;
      readonly value: MessageSubscriptionValue;
    }
  | {
      readonly kind: 'conditional-subscription';
      readonly intent: 'TRIGGER';
      readonly key: number;
      readonly value: ConditionalSubscriptionValue;
    }
  | UserTaskFollowUp
  | { readonly kind: 'broadcast-signal'; readonly value: SignalValue; readonly lane: number };

export interface ElementCommand {
  readonly kind: 'element';
  readonly intent: 'ACTIVATE' | 'COMPLETE' | 'TERMINATE' | 'COMPLETE_LISTENER';
  readonly key: number;
  readonly value: ProcessInstanceValue;
  /** COMPLETE_LISTENER: the result of the listener. */
  readonly variables?: Document;
}

/** The job of a task listener is done, or its step is to be tried again. */
export type UserTaskFollowUp = {
  readonly kind: 'user-task';
  readonly key: number;
  readonly lane: number;
  /** The listener's; the follow-up has no effect if another step is under way meanwhile. */
  readonly event: TaskListenerEvent;
} & (
  | {
      readonly intent: 'COMPLETE_TASK_LISTENER';
      /** Number of the listener among those of its event, from 0. */
      readonly index: number;
      readonly corrections: UserTaskCorrections;
    }
  | { readonly intent: 'DENY_TASK_LISTENER'; readonly deniedReason: string }
  | { readonly intent: 'RETRY' }
);

/** The instance that a follow-up belongs to: instances take turns in going on. */
export function laneOf(followUp: FollowUp): number {
  switch (followUp.kind) {
    case 'element':
    case 'message-subscription':
    case 'process-message-subscription':
    case 'conditional-subscription':
      return followUp.value.processInstanceKey;
    case 'terminate-children':
    case 'activate-children':
    case 'broadcast-signal':
    case 'user-task':
      return followUp.lane;
  }
}
