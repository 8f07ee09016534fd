import type { IncomingHttpHeaders } from 'node:http';
import type {
  DeadLetter,
  DeadLetterFilter,
  DeadLetterQuery,
  EventPage,
  EventQuery,
  EventStory,
  NumberedSource,
  Subscription,
} from '../../broker/index.ts';
import type { CloudEvent } from '../../cloudevents/index.ts';
import type { CorrectOutcome, ResendCounts, ResendOutcome, RouteAgainOutcome } from './requests.ts';
import type { RouterTables } from './router-tables.ts';
import type { StartMapping } from './start-mappings.ts';
import type { OpenWait, WaitQuery } from './wait-list.ts';

/**
 * What the surfaces may ask and tell the event side, beside `Runtime.publish`. Reads see all that is synced. Writes
 * resolve when they are synced; they reject with `UnavailableError` as those of the runtime do.
 */
export interface Events {
  search(query: EventQuery): Promise<EventPage>;
  story(sequence: number): Promise<EventStory | undefined>;
  /** Sequence of the newest event with this source and id. */
  find(source: string, id: string): Promise<number | undefined>;
  /** Sources that number their events by the extension `sequence`, with what was missing or out of order. */
  numberedSources(limit: number): Promise<readonly NumberedSource[]>;
  /** Routes an event once more that had no effect on any process, such as one whose routing failed. */
  routeAgain(sequence: number): Promise<RouteAgainOutcome>;

  /** In order of creation, after the one with id `after`. */
  subscriptions(limit: number, after?: string): Promise<readonly Subscription[]>;
  subscription(id: string): Promise<Subscription | undefined>;
  /** @param json parsed JSON; rejects with `SubscriptionError` if it is no subscription that can be used */
  createSubscription(json: unknown): Promise<Subscription>;
  /** Undefined if there is none with this id. Rejects as {@link createSubscription} does. */
  updateSubscription(id: string, json: unknown): Promise<Subscription | undefined>;
  /** False if there is none. */
  deleteSubscription(id: string): Promise<boolean>;

  /**
   * A sink consents, or does not, by a call back. False if nobody asked with this token.
   * @param headers lower-case names
   */
  consentByCallback(id: string, token: string, headers: IncomingHttpHeaders): Promise<boolean>;

  /** Jobs that wait for an event, in the order in which they came to be. */
  waits(query: WaitQuery): Promise<readonly OpenWait[]>;

  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  deadLetter(id: number): Promise<DeadLetter | undefined>;
  /** Delivers the event once more, with all its retries. */
  resend(deadLetterId: number): Promise<ResendOutcome>;
  /**
   * Sends another event in the place of a dead letter, to its receiver only: it is added to the log, routed to nobody
   * else, caused by the one that it corrects. With the source and id of the latter it gets a new id.
   */
  correct(deadLetterId: number, event: CloudEvent): Promise<CorrectOutcome>;
  /** False if there is none. */
  discard(deadLetterId: number): Promise<boolean>;
  /** Share by share, so that other work goes on in between; ends early when the signal aborts. */
  resendAll(selection: DeadLetterSelection, signal?: AbortSignal): Promise<ResendCounts>;
  /** As {@link resendAll}; answers how many are gone. */
  discardAll(selection: DeadLetterSelection, signal?: AbortSignal): Promise<number>;

  /** What the router listens to and waits for now. */
  routerTables(): Promise<RouterTables>;
  /** Starts a process by a type of events from now on, in the place of what was put before for this type. */
  putStartMapping(mapping: Omit<StartMapping, 'origin'>): Promise<void>;
  /** Takes events of this type for messages from now on. */
  addMessageName(workflowKey: string, name: string): Promise<void>;
}

/** Which dead letters are meant: these, or all that match and are there when it begins. */
export type DeadLetterSelection = { readonly ids: readonly number[] } | { readonly filter: DeadLetterFilter };
