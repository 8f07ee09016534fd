import type { ConditionalSubscriptionValue } from '../records/conditional.ts';
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
  | { readonly kind: 'broadcast-signal'; readonly value: SignalValue; readonly lane: number };

export interface ElementCommand {
  readonly kind: 'element';
  readonly intent: 'ACTIVATE' | 'COMPLETE' | 'TERMINATE' | 'COMPLETE_LISTENER';
  readonly key: number;
  readonly value: ProcessInstanceValue;
  /** COMPLETE_LISTENER: the result of the listener. */
  readonly variables?: Document;
}

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
      return followUp.lane;
  }
}
