import { type PackedEvents, packEvents } from '../broker/index.ts';
import { type CloudEvent, idOf, sourceOf } from '../cloudevents/index.ts';
import { type ErrorData, errorFromData } from './errors.ts';
import type { EventReceipt } from './runtime.ts';

/** Events of several calls that go to the writer as one request. */
export interface PublishBody {
  readonly events: PackedEvents;
  /** How many events each call has. */
  readonly counts: readonly number[];
}

/** What became of them, call by call. */
export interface Published {
  /** Of each event, its sequence; that of a repeat is the sequence of the first one, below zero. */
  readonly sequences: readonly number[];
  /** Calls that failed, alone: their place among the calls, and why. Their sequences are 0. */
  readonly failures: readonly { readonly call: number; readonly error: ErrorData }[];
}

interface Call {
  readonly events: readonly CloudEvent[];
  readonly resolve: (receipts: readonly EventReceipt[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Events of one request, unless one call has more: the writer takes requests whole. */
const TOGETHER = 16;

/**
 * Collects events that are published in one round of the event loop, as many small requests would cost more than the
 * events themselves.
 */
export class Publisher {
  readonly #send: (body: PublishBody, events: number) => Promise<unknown>;
  #calls: Call[] = [];
  #underWay = 0;

  constructor(send: (body: PublishBody, events: number) => Promise<unknown>) {
    this.#send = send;
  }

  /** Calls that have no answer yet. */
  get underWay(): number {
    return this.#underWay;
  }

  add(events: readonly CloudEvent[]): Promise<readonly EventReceipt[]> {
    this.#underWay += 1;
    return new Promise((resolve, reject) => {
      this.#calls.push({ events, resolve, reject });
    });
  }

  /** Sends what was collected. */
  flush(): void {
    let calls: Call[] = [];
    let events = 0;
    const all = this.#calls;
    this.#calls = [];
    for (const call of all) {
      calls.push(call);
      events += call.events.length;
      if (events < TOGETHER) continue;
      this.#sendCalls(calls, events);
      calls = [];
      events = 0;
    }
    if (calls.length > 0) this.#sendCalls(calls, events);
  }

  #sendCalls(calls: readonly Call[], count: number): void {
    const events = packEvents(calls.flatMap((call) => call.events));
    const counts = calls.map((call) => call.events.length);
    this.#send({ events, counts }, count).then(
      (published) => this.#answer(calls, published as Published),
      (error: unknown) => this.#fail(calls, error),
    );
  }

  #answer(calls: readonly Call[], { sequences, failures }: Published): void {
    this.#underWay -= calls.length;
    const errors = new Map(failures.map(({ call, error }) => [call, error]));
    let next = 0;
    for (const [at, { events, resolve, reject }] of calls.entries()) {
      const error = errors.get(at);
      const receipts = events.map((event) => receiptOf(event, sequences[next++] ?? 0));
      if (error) reject(errorFromData(error));
      else resolve(receipts);
    }
  }

  #fail(calls: readonly Call[], error: unknown): void {
    this.#underWay -= calls.length;
    for (const { reject } of calls) reject(error);
  }
}

function receiptOf(event: CloudEvent, sequence: number): EventReceipt {
  return {
    source: sourceOf(event),
    id: idOf(event),
    sequence: Math.abs(sequence),
    duplicate: sequence < 0,
  };
}
