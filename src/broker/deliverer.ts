import type { CloudEvent } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import type { Attempt } from './deliveries.ts';
import { type DueDelivery, type Receiver, readDue, readDueInOrder, readReceiver } from './due-deliveries.ts';
import { Poster, type PostSettings } from './post.ts';
import { verdictOn } from './retry.ts';
import type { Targets } from './targets.ts';

/** How a delivery was attempted, for the writer. */
export interface DeliveryResult {
  readonly id: number;
  readonly sink: string;
  readonly attempt: Attempt;
  readonly replies: readonly CloudEvent[];
  readonly note?: string;
}

export interface DelivererOptions {
  /** A read-only connection to the data folder; closed by {@link Deliverer.stop}. */
  readonly db: Database;
  readonly targets: Targets;
  /** Hands results to the writer; resolves when they are synced. If it rejects, they are offered again. */
  readonly report: (results: readonly DeliveryResult[]) => Promise<unknown>;
  /** Told of mistakes in the program and of a data folder that cannot be read. */
  readonly onError: (error: unknown) => void;
  /** Requests to one sink at a time. @defaultValue 16 */
  readonly window?: number;
  readonly post?: Partial<PostSettings>;
  /** ms that requests may still take when it stops. @defaultValue 3000 */
  readonly graceMs?: number;
}

interface LaneState {
  readonly name: string;
  /** Deliveries that are on their way, or whose result is not synced yet. */
  readonly busy: Set<number>;
  /** The sink whose window it waits for. */
  waitsFor?: string;
}

/** Results that the writer does not take are offered again after this time. */
const OFFER_AGAIN_MS = 200;
/** Of a lane without receiver, so many deliveries are answered for at a time. */
const SWEEP = 200;
/** Events in one request of an ordered lane. */
const BATCH = 100;

/**
 * Sends what is due, from the main thread. What does not fit into a sink's window stays in the table and is read
 * later, so memory is bounded by the windows.
 *
 * Invariants
 * - D1 A delivery is in flight at most once: it is busy from its reading until its result is synced.
 * - D2 A sink has at most `window` requests in flight, over all its lanes.
 * - D3 An ordered lane has one request in flight; nothing passes a delivery that failed.
 * - D4 After `stop` nothing is sent; what was cut off counts as never tried.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #window: number;
  readonly #poster: Poster;
  readonly #lanes = new Map<string, LaneState>();
  /** Requests in flight by sink. */
  readonly #inFlight = new Map<string, number>();
  readonly #wanted = new Set<LaneState>();
  readonly #cut = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #results: { readonly lane: LaneState; readonly result: DeliveryResult }[] = [];
  #reporting: Promise<void> | undefined;
  #now = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #stopping = false;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#window = options.window ?? 16;
    this.#poster = new Poster(options.post);
  }

  /** Says that these lanes have deliveries that are due at `now` (epoch ms of the journal's clock). */
  due(lanes: readonly string[], now: number): void {
    this.#now = Math.max(this.#now, now);
    for (const name of lanes) {
      let lane = this.#lanes.get(name);
      if (!lane) {
        lane = { name, busy: new Set() };
        this.#lanes.set(name, lane);
      }
      this.#want(lane);
    }
  }

  /** Requests in flight and results that are not synced yet. */
  get busy(): number {
    return this.#running.size + this.#results.length;
  }

  /** Lets requests in flight end for the time of grace, cuts the others off, and reports what is known. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    clearImmediate(this.#scheduled);
    const cut = setTimeout(() => this.#cut.abort(), this.#options.graceMs ?? 3000);
    await Promise.all(this.#running);
    clearTimeout(cut);
    await this.#reporting;
    this.#poster.close();
    this.#options.db.close();
  }

  #want(lane: LaneState): void {
    if (this.#stopping) return;
    this.#wanted.add(lane);
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      const lanes = [...this.#wanted];
      this.#wanted.clear();
      for (const each of lanes) this.#guarded(() => this.#fill(each));
    });
  }

  /** Starts as many deliveries of a lane as the window of its sink has room for. */
  #fill(lane: LaneState): void {
    if (this.#stopping) return;
    delete lane.waitsFor;
    // Results that wait for their sync bound what is read as well.
    if (lane.busy.size >= 4 * this.#window) return;
    const receiver = readReceiver(this.#options.db, lane.name);
    if (receiver.kind !== 'sink') {
      this.#sweep(lane, receiver);
      return;
    }
    const target = this.#options.targets.resolve(receiver.address);
    if (!target.ok) {
      this.#sweep(lane, { kind: 'retired', address: receiver.address, reason: target.reason });
      return;
    }
    const sink = target.url.href;
    const room = this.#window - (this.#inFlight.get(sink) ?? 0);
    if (room > 0) {
      if (receiver.ordered) {
        this.#fillInOrder(lane, receiver, target.url);
        return;
      }
      const found = readDue(this.#options.db, lane.name, this.#now, room, lane.busy);
      for (const delivery of found) this.#start(lane, [delivery], receiver, target.url);
      if (found.length === room) lane.waitsFor = sink;
      else if (lane.busy.size === 0) this.#lanes.delete(lane.name);
    } else lane.waitsFor = sink;
  }

  #fillInOrder(lane: LaneState, receiver: Receiver & { kind: 'sink' }, url: URL): void {
    if (lane.busy.size > 0) return;
    const found = readDueInOrder(this.#options.db, lane.name, this.#now, BATCH);
    if (found.length === 0) this.#lanes.delete(lane.name);
    else this.#start(lane, found, receiver, url);
  }

  #start(
    lane: LaneState,
    deliveries: readonly DueDelivery[],
    receiver: Receiver & { kind: 'sink' },
    url: URL,
  ): void {
    const sink = url.href;
    for (const { id } of deliveries) lane.busy.add(id);
    this.#inFlight.set(sink, (this.#inFlight.get(sink) ?? 0) + 1);
    const run = this.#send(lane, deliveries, receiver, url).catch((error: unknown) =>
      this.#options.onError(error),
    );
    const ended = run.then(() => {
      this.#running.delete(ended);
      this.#freed(sink);
    });
    this.#running.add(ended);
  }

  /** A batch that is not taken as a whole says nothing of its events: the oldest is then sent alone. */
  async #send(
    lane: LaneState,
    deliveries: readonly DueDelivery[],
    receiver: Receiver & { kind: 'sink' },
    url: URL,
  ): Promise<void> {
    const events = deliveries.map(({ event }) => event);
    const exchange = await this.#poster.post(url, events, receiver.headers, this.#cut.signal);
    if (!exchange) return;
    const { attempt } = exchange;
    const taken = attempt.kind === 'answered' && verdictOn(attempt.status) === 'done';
    const [head, ...others] = deliveries;
    if (!taken && others.length > 0 && head) {
      for (const { id } of others) lane.busy.delete(id);
      await this.#send(lane, [head], receiver, url);
      return;
    }
    deliveries.forEach(({ id }, at) => {
      const replies = at === 0 ? exchange.replies : [];
      this.#report(lane, { id, sink: receiver.address, ...exchange, replies });
    });
  }

  #freed(sink: string): void {
    const left = (this.#inFlight.get(sink) ?? 1) - 1;
    if (left > 0) this.#inFlight.set(sink, left);
    else this.#inFlight.delete(sink);
    for (const lane of this.#lanes.values()) if (lane.waitsFor === sink) this.#want(lane);
  }

  /** Nobody receives the deliveries of this lane: the writer is told so. */
  #sweep(lane: LaneState, receiver: Exclude<Receiver, { kind: 'sink' }>): void {
    const attempt: Attempt =
      receiver.kind === 'none' ? { kind: 'unwanted' } : { kind: 'refused', reason: receiver.reason };
    const sink = receiver.kind === 'none' ? '' : receiver.address;
    const found = readDue(this.#options.db, lane.name, this.#now, SWEEP, lane.busy);
    for (const { id } of found) {
      lane.busy.add(id);
      this.#report(lane, { id, sink, attempt, replies: [] });
    }
    if (lane.busy.size === 0) this.#lanes.delete(lane.name);
  }

  #report(lane: LaneState, result: DeliveryResult): void {
    this.#results.push({ lane, result });
    this.#reporting ??= this.#hand().finally(() => {
      this.#reporting = undefined;
    });
  }

  /** Hands results to the writer, batch after batch: what ends during a sync goes with the next. */
  async #hand(): Promise<void> {
    // What ends in the same moment goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#results.length > 0) {
      const batch = this.#results;
      this.#results = [];
      try {
        await this.#options.report(batch.map(({ result }) => result));
      } catch {
        if (this.#stopping) return;
        this.#results = [...batch, ...this.#results];
        await new Promise((resolve) => setTimeout(resolve, OFFER_AGAIN_MS));
        continue;
      }
      for (const { lane, result } of batch) {
        lane.busy.delete(result.id);
        this.#want(lane);
      }
    }
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
