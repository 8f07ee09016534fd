import type { ConsentResult, DeliveryResult, NewSubscription, WebhookState } from '../../broker/index.ts';
import type { CloudEvent } from '../../cloudevents/index.ts';
import type { PublishBody, Published } from '../publisher.ts';

/** What the event side of the writer can be asked: kind → body and value. All of it can be cloned across threads. */
export interface EventRequests {
  readonly publish: { readonly body: PublishBody; readonly value: Published };
  readonly deliveryResults: {
    readonly body: { readonly results: readonly DeliveryResult[] };
    readonly value: null;
  };
  readonly createSubscription: {
    readonly body: { readonly id: string; readonly subscription: NewSubscription };
    readonly value: null;
  };
  /** True if there is such a subscription. */
  readonly updateSubscription: {
    readonly body: { readonly id: string; readonly subscription: NewSubscription };
    readonly value: boolean;
  };
  readonly deleteSubscription: { readonly body: { readonly id: string }; readonly value: boolean };
  /** What a sink said when it was asked for its consent. */
  readonly consent: { readonly body: ConsentResult; readonly value: null };
  /** A sink calls back; false if nobody asked with this token. */
  readonly consentByCallback: {
    readonly body: { readonly id: string; readonly token: string; readonly state: WebhookState };
    readonly value: boolean;
  };
  /** At most `DEAD_LETTERS_AT_A_TIME`; those that are gone do not count. */
  readonly resendDeadLetters: {
    readonly body: { readonly ids: readonly number[] };
    readonly value: ResendCounts;
  };
  /** Sends another event to the receiver of a dead letter, in its place. */
  readonly correctDeadLetter: {
    readonly body: { readonly id: number; readonly event: CloudEvent };
    readonly value: CorrectOutcome;
  };
  /** At most `DEAD_LETTERS_AT_A_TIME`; answers how many there were. */
  readonly discardDeadLetters: {
    readonly body: { readonly ids: readonly number[] };
    readonly value: number;
  };
  readonly routeAgain: { readonly body: { readonly sequence: number }; readonly value: RouteAgainOutcome };
}

export type ResendOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'noReceiver'; readonly reason: string };

export interface ResendCounts {
  readonly resent: number;
  /** Those whose receiver is gone; they stay. */
  readonly skipped: number;
  /** Why the first of them was skipped. */
  readonly reason?: string;
}

/** `duplicate`: the log holds an event with this source and id already. */
export type CorrectOutcome =
  | { readonly kind: 'sent'; readonly sequence: number }
  | { readonly kind: 'unknown' | 'duplicate' }
  | { readonly kind: 'noReceiver'; readonly reason: string };

/** Dead letters that one transaction takes, so that many of them hold up nobody. */
export const DEAD_LETTERS_AT_A_TIME = 200;

/** `hadEffect`: the event has moved or may still move a process, so it is not routed twice. */
export type RouteAgainOutcome = 'soon' | 'unknown' | 'hadEffect';

/** Pushed to the main thread when deliveries become due. */
export interface DueLanes {
  readonly lanes: readonly string[];
  /** Epoch ms. */
  readonly now: number;
}

export const DUE_LANES_TOPIC = 'deliveries';
