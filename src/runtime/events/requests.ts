import type { Appended, DeliveryResult, EventColumns, SubscriptionBody } from '../../broker/index.ts';

/** What the event side of the writer can be asked: kind → body and value. All of it can be cloned across threads. */
export interface EventRequests {
  readonly publish: {
    readonly body: readonly EventColumns[];
    /** In the order of the events. */
    readonly value: readonly Pick<Appended, 'sequence' | 'duplicate'>[];
  };
  readonly deliveryResults: {
    readonly body: { readonly results: readonly DeliveryResult[] };
    readonly value: null;
  };
  readonly createSubscription: {
    readonly body: { readonly id: string; readonly body: SubscriptionBody };
    readonly value: null;
  };
  /** True if there is such a subscription. */
  readonly updateSubscription: {
    readonly body: { readonly id: string; readonly body: SubscriptionBody };
    readonly value: boolean;
  };
  readonly deleteSubscription: { readonly body: { readonly id: string }; readonly value: boolean };
  readonly resendDeadLetter: { readonly body: { readonly id: number }; readonly value: ResendOutcome };
  /** True if there is such a dead letter. */
  readonly discardDeadLetter: { readonly body: { readonly id: number }; readonly value: boolean };
  readonly routeAgain: { readonly body: { readonly sequence: number }; readonly value: RouteAgainOutcome };
}

export type ResendOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'noReceiver'; readonly reason: string };

/** `hadEffect`: the event has moved or may still move a process, so it is not routed twice. */
export type RouteAgainOutcome = 'soon' | 'unknown' | 'hadEffect';

/** Pushed to the main thread when deliveries become due. */
export interface DueLanes {
  readonly lanes: readonly string[];
  /** Epoch ms. */
  readonly now: number;
}

export const DUE_LANES_TOPIC = 'deliveries';
