/** Answers about events, as `src/gateway/events/` gives them. Times are RFC 3339, keys decimal strings. */

export interface FateView {
  readonly kind: string;
  readonly text: string;
  readonly time?: string;
  readonly processInstanceKey?: string;
  readonly elementId?: string;
}

export interface EventSummary {
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly correlationKey?: string;
  readonly received: string;
  readonly fate?: FateView;
}

export interface EventPage {
  readonly items: readonly EventSummary[];
  /** `before` of the next page; absent on the last one. */
  readonly next?: number;
}

export interface NearMiss {
  readonly messageName: string;
  readonly correlationKey: string;
  readonly processInstanceKey: string;
  readonly elementId: string;
}

export interface OpenDelivery {
  readonly id: number;
  readonly subscriptionId?: string;
  readonly host?: string;
  readonly attempts: number;
  readonly nextTime: string;
  readonly lastError?: string;
}

export interface DeadLetter {
  readonly id: number;
  readonly sequence: number;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly sink: string;
  readonly subscriptionId?: string;
  readonly attempts: number;
  readonly time: string;
  readonly reason: string;
  readonly response?: { readonly status: number; readonly body: string };
}

export interface DeadLetterPage {
  readonly items: readonly DeadLetter[];
  readonly next?: number;
}

export interface EventStory {
  readonly sequence: number;
  readonly received: string;
  readonly hops: number;
  readonly cause?: number;
  readonly trace?: { readonly correlationId: string };
  /** Sequences of the events that it led to. */
  readonly effects?: readonly number[];
  readonly causeJob?: string;
  readonly routed: boolean;
  readonly fates: readonly (FateView & { readonly time: string })[];
  readonly nearMisses: readonly NearMiss[];
  readonly repeats?: { readonly count: number; readonly last: string };
  readonly deliveries: readonly OpenDelivery[];
  readonly deadLetters: readonly DeadLetter[];
  /** The event in the JSON format, with every digit as it came. */
  readonly eventText: string;
  readonly event: Readonly<Record<string, unknown>>;
}

export interface Subscription {
  readonly id: string;
  readonly source?: string;
  readonly types?: readonly string[];
  readonly filters?: readonly unknown[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly sink: string;
  readonly retired?: string;
  /** Whether its sink consents, if it is asked. */
  readonly status?: { readonly state: 'pending' | 'granted' | 'refused'; readonly reason?: string };
}

export interface Evaluation {
  readonly matches: boolean;
  readonly value?: unknown;
  readonly type?: string;
  readonly errors: readonly EvaluationError[];
}

export interface EvaluationError {
  readonly kind: string;
  readonly message: string;
  /** Place in the filter, such as `filter.all[1]`. */
  readonly path?: string;
  /** Within the CESQL expression; `offset` counts from 0, line and column from 1. */
  readonly position?: { readonly offset: number; readonly line: number; readonly column: number };
}
