import { isDeepStrictEqual } from 'node:util';
import { readDue } from '../../broker/due-deliveries.ts';
import { type DeliveryResult, laneOf, NOT_YET } from '../../broker/index.ts';
import { readLogged } from '../../broker/logged-event.ts';
import { parseSubscription } from '../../broker/subscription.ts';
import { type Event, fromCloudEvent, type NewEvent, toCloudEvent } from '../../client/event.ts';
import { type EventHandler, EventRefusal } from '../../client/event-handler.ts';
import { idOf, sourceOf } from '../../cloudevents/index.ts';
import type { Machine } from './machine.ts';
import type { JobPlace } from './trail.ts';

/** An event that a process sent. */
export interface SentEvent {
  readonly type: string;
  /** JSON data as a value. */
  readonly data: unknown;
  /** With all its attributes. */
  readonly event: Event;
  /** Of the task that sent it. */
  readonly elementId: string;
  readonly processInstanceKey: string;
  /** The receiver that the task names, if it names one. */
  readonly host?: string;
}

const SUBSCRIPTION = 'test';
const SINK = 'http://subscriber.test/';
const NONE: ReadonlySet<number> = new Set();
const BYTES = 1024 * 1024;

/**
 * Stands in for all receivers of events: for one subscriber that wants everything, and for every host that a model
 * names. Events are collected in place of being delivered, and handlers answer them.
 */
export class Receiver {
  readonly sent: SentEvent[] = [];
  readonly handlers = new Map<string, EventHandler>();
  readonly #machine: Machine;
  /** What each attempt came to: an event with a host and a subscriber is handled once. */
  readonly #handled = new Map<string, number>();
  readonly #sequences = new Set<number>();
  #made = 0;

  constructor(machine: Machine, subscribes: boolean) {
    this.#machine = machine;
    if (!subscribes) return;
    const subscription = parseSubscription({ sink: SINK, protocol: 'HTTP' });
    void machine.ask('createSubscription', { id: SUBSCRIPTION, subscription });
  }

  /** Fills in what an event of a test need not say. */
  complete(event: NewEvent): Event {
    this.#made += 1;
    const time = new Date(this.#machine.now).toISOString();
    return { id: `test-${this.#made}`, source: '/test', time, ...event };
  }

  /** A process sent the event with this place in the log. */
  collect(sequence: number, place: JobPlace): void {
    const logged = readLogged(this.#machine.db, sequence);
    if (!logged) return;
    const lane = this.#machine.db.get<{ lane: string }>(
      "SELECT lane FROM delivery WHERE sequence = ? AND lane LIKE 'h:%'",
      sequence,
    );
    const event = fromCloudEvent(logged.event);
    this.#sequences.add(sequence);
    this.sent.push({
      type: event.type,
      data: event.data,
      event,
      elementId: place.elementId,
      processInstanceKey: String(place.processInstanceKey),
      ...(lane && { host: lane.lane.slice(2) }),
    });
  }

  /** True if a process sent the event with this place in the log. */
  isSent(sequence: number): boolean {
    return this.#sequences.has(sequence);
  }

  /** Epoch ms of the next try of what was not taken, after the present time. */
  nextDue(): number | undefined {
    const { db, now } = this.#machine;
    const row = db.get<{ next: number | null }>(
      'SELECT min(next_time) AS next FROM delivery WHERE next_time > ? AND next_time < ?',
      now,
      NOT_YET,
    );
    return row?.next ?? undefined;
  }

  /** Hands over one event that is due; false if none is. */
  async deliver(run: (work: () => unknown) => Promise<unknown>): Promise<boolean> {
    const { db, now } = this.#machine;
    const next = db.get<{ lane: string }>(
      'SELECT lane FROM delivery WHERE next_time <= ? ORDER BY sequence, id LIMIT 1',
      now,
    );
    if (!next) return false;
    const [due] = readDue(db, next.lane, now, 1, BYTES, NONE);
    if (!due) return false;
    const lane = laneOf(next.lane);
    const sink = lane.kind === 'subscription' ? SINK : lane.address;
    const attempt = `${sourceOf(due.event)}\n${idOf(due.event)}\n${due.attempts}`;
    const known = this.#handled.get(attempt);
    const { status, replies } =
      known === undefined
        ? await this.#handle(fromCloudEvent(due.event), run)
        : { status: known, replies: [] };
    this.#handled.set(attempt, status);
    const result: DeliveryResult = { id: due.id, sink, attempt: { kind: 'answered', status }, replies };
    await this.#machine.ask('deliveryResults', { results: [result] }).answer;
    return true;
  }

  async #handle(event: Event, run: (work: () => unknown) => Promise<unknown>) {
    const handler = this.handlers.get(event.type) ?? this.handlers.get('*');
    try {
      const reply = (await run(() => handler?.(event))) as NewEvent | undefined;
      // As a sink has it: only an answer with the status 200 holds an event.
      return reply
        ? { status: 200, replies: [toCloudEvent(this.complete(reply))] }
        : { status: 202, replies: [] };
    } catch (error) {
      if (error instanceof EventRefusal) return { status: error.status, replies: [] };
      throw error;
    }
  }
}

/** True if `actual` has all that `expected` has; objects may have more, everything else is equal. */
export function contains(actual: unknown, expected: unknown): boolean {
  if (!isPlain(expected) || !isPlain(actual)) return isDeepStrictEqual(actual, expected);
  return Object.entries(expected).every(([name, value]) => contains(actual[name], value));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
