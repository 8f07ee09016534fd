import type { CloudEvent } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import type { Attempt } from './deliveries.ts';
import { type DueDelivery, readAny } from './due-deliveries.ts';
import { readRequests } from './due-requests.ts';
import { type ConsentResult, type HandshakeOptions, Handshakes } from './handshakes.ts';
import { HttpClient } from './http-client.ts';
import { laneOf } from './lane.ts';
import { Load, type LoadLimits } from './load.ts';
import { Paces } from './pace.ts';
import { defaultPost, type PostSettings } from './post.ts';
import { type Receiver, Receivers, type SinkReceiver } from './receivers.ts';
import { Results } from './results.ts';
import { verdictOn } from './retry.ts';
import { Sender } from './sender.ts';
import type { Targets } from './targets.ts';
import { Waiting } from './waiting.ts';

/** How a delivery was attempted, for the writer. */
export interface DeliveryResult {
  readonly id: number;
  readonly sink: string;
  readonly attempt: Attempt;
  readonly replies: readonly CloudEvent[];
  readonly note?: string;
}

export interface DelivererOptions extends Partial<LoadLimits> {
  /** A read-only connection to the data folder; closed by {@link Deliverer.stop}. */
  readonly db: Database;
  readonly targets: Targets;
  /** Hands results to the writer; resolves when they are synced. If it rejects, they are offered again. */
  readonly report: (results: readonly DeliveryResult[]) => Promise<unknown>;
  /** Hands to the writer whether a sink consents; resolves when it is synced. */
  readonly consent: (result: ConsentResult) => Promise<unknown>;
  readonly callbackAddress: HandshakeOptions['callbackAddress'];
  /** Told of mistakes in the program and of a data folder that cannot be read. */
  readonly onError: (error: unknown) => void;
  readonly post?: Partial<PostSettings>;
  /** ms that requests may still take when it stops. @defaultValue 3000 */
  readonly graceMs?: number;
}

export interface LaneState {
  readonly name: string;
  /** Deliveries that are on their way, or whose result is not synced yet. */
  readonly busy: Set<number>;
  /** Requests on their way. */
  inFlight: number;
  /** The delivery whose result retires the subscription, until that is synced: nothing more is sent. */
  retiring?: number | undefined;
  /** Set while its rate lets nothing through. */
  timer?: NodeJS.Timeout | undefined;
}

/** Of a lane without receiver, so many deliveries are answered for at a time. */
const SWEEP = 200;

/**
 * Sends what is due, from the main thread. What does not fit into a sink's window stays in the table and is read
 * later, so memory is bounded by the windows.
 *
 * Invariants
 * - D1 A delivery is in flight at most once: it is busy from its reading until its result is synced.
 * - D2 A sink has at most `window` requests in flight over all its lanes, or as many as one of its subscriptions wants
 *   (`concurrency`), and a lane no more than its subscription wants.
 * - D3 An ordered lane has one request in flight; nothing passes a delivery that failed.
 * - D4 After `stop` nothing is sent; what was cut off counts as never tried.
 * - D5 Beyond the overall limits each sink still may have one request in flight: nobody waits for another's sink.
 * - D8 Nothing is sent to a sink that is asked for its consent before it consents.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #client = new HttpClient();
  readonly #sender: Sender;
  readonly #receivers: Receivers;
  readonly #handshakes: Handshakes;
  readonly #load: Load;
  readonly #results: Results;
  readonly #lanes = new Map<string, LaneState>();
  readonly #waiting = new Waiting();
  readonly #wanted = new Set<LaneState>();
  readonly #running = new Set<Promise<void>>();
  readonly #paces = new Paces();
  #now = 0;
  #scheduled: NodeJS.Immediate | undefined;
  #stopping = false;

  constructor(options: DelivererOptions) {
    const { db, targets, post } = options;
    this.#options = options;
    const settings = { ...defaultPost, ...post };
    this.#sender = new Sender(this.#client, targets, settings, Date.now);
    this.#receivers = new Receivers(db, targets);
    this.#load = new Load(options);
    this.#handshakes = new Handshakes({
      client: this.#client,
      report: options.consent,
      callbackAddress: options.callbackAddress,
      timeoutMs: settings.timeoutMs,
    });
    this.#results = new Results(options.report, ({ lane, result }) => {
      lane.busy.delete(result.id);
      if (lane.retiring === result.id) lane.retiring = undefined;
      this.#want(lane);
    });
  }

  /** Says that these lanes have deliveries that are due at `now` (epoch ms of the journal's clock), or changed. */
  due(lanes: readonly string[], now: number): void {
    this.#now = Math.max(this.#now, now);
    for (const name of lanes) {
      let lane = this.#lanes.get(name);
      if (!lane) {
        lane = { name, busy: new Set(), inFlight: 0 };
        this.#lanes.set(name, lane);
      }
      this.#want(lane);
    }
  }

  /** Requests in flight and results that are not synced yet. */
  get busy(): number {
    return this.#running.size + this.#results.size;
  }

  /** Lets requests in flight end for the time of grace, cuts the others off, and reports what is known. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    clearImmediate(this.#scheduled);
    for (const { timer } of this.#lanes.values()) clearTimeout(timer);
    this.#handshakes.stop();
    const cut = setTimeout(() => this.#client.cutOff(), this.#options.graceMs ?? 3000);
    await Promise.all(this.#running);
    clearTimeout(cut);
    await this.#results.stop();
    this.#client.cutOff();
    this.#options.db.close();
  }

  #want(lane: LaneState): void {
    if (this.#stopping) return;
    this.#wanted.add(lane);
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined;
      const lanes = [...this.#wanted];
      this.#wanted.clear();
      const served: (() => void)[] = [];
      for (const each of lanes) this.#guarded(() => this.#fill(each, served));
      // Who got something stands behind who got nothing, so that lanes of one sink take turns.
      for (const queueUp of served) queueUp();
    });
  }

  /** Starts as many deliveries of a lane as there is room for. */
  #fill(lane: LaneState, served: (() => void)[]): void {
    if (this.#stopping) return;
    this.#waiting.leave(lane);
    clearTimeout(lane.timer);
    lane.timer = undefined;
    if (lane.retiring !== undefined) return;
    const receiver = this.#receivers.of(lane.name);
    if (receiver.kind !== 'sink') {
      this.#sweep(lane, receiver);
      return;
    }
    if (this.#awaitsConsent(receiver)) {
      this.#leave(lane);
      return;
    }
    // Results that wait for their sync bound what is read as well.
    if (lane.busy.size >= 4 * this.#load.window(receiver) * (receiver.settings.batch ?? 1)) return;
    const ordered = receiver.settings.order === 'all';
    if (ordered && lane.busy.size > 0) return;
    const sink = receiver.url.href;
    const room = this.#load.room(receiver, lane.inFlight);
    const queueUp = (): void => this.#waiting.wait(lane, sink, this.#load.full);
    if (room <= 0) {
      queueUp();
      return;
    }
    const pace = this.#paces.of(lane.name, receiver);
    const most = pace ? Math.min(room, pace.room(performance.now())) : room;
    if (pace && most <= 0) {
      lane.timer = setTimeout(() => this.#want(lane), pace.wait());
      return;
    }
    const { db } = this.#options;
    const requests = readRequests(db, lane.name, receiver.settings, this.#now, most, lane.busy);
    pace?.take(requests.length);
    for (const request of requests) this.#start(lane, request, receiver);
    if (ordered || requests.length < most) this.#leave(lane);
    else if (most < room) lane.timer = setTimeout(() => this.#want(lane), 1);
    else served.push(queueUp);
  }

  #awaitsConsent(receiver: SinkReceiver): boolean {
    const { settings, webhook, id } = receiver;
    if (settings.webhook && webhook?.state === 'pending') this.#handshakes.begin(receiver);
    else this.#handshakes.forget(id);
    return settings.webhook !== undefined && webhook?.state !== 'granted';
  }

  #start(lane: LaneState, deliveries: readonly DueDelivery[], receiver: SinkReceiver): void {
    const sink = receiver.url.href;
    let bytes = 0;
    for (const { id, event } of deliveries) {
      lane.busy.add(id);
      bytes += event.data?.length ?? 0;
    }
    lane.inFlight += 1;
    this.#load.started(sink, bytes);
    const run = this.#send(lane, deliveries, receiver)
      .catch((error: unknown) => this.#options.onError(error))
      .then(() => {
        this.#running.delete(run);
        lane.inFlight -= 1;
        const wasFull = this.#load.full;
        this.#load.ended(sink, bytes);
        const hasRoom = wasFull && !this.#load.full;
        for (const waiting of this.#waiting.released(sink, hasRoom)) this.#want(waiting);
      });
    this.#running.add(run);
  }

  /** A batch that is not taken as a whole says nothing of its events: the oldest is then sent alone. */
  async #send(lane: LaneState, deliveries: readonly DueDelivery[], receiver: SinkReceiver): Promise<void> {
    const exchange = await this.#sender.send(
      receiver,
      deliveries.map(({ event }) => event),
    );
    if (!exchange) return;
    const { attempt } = exchange;
    const verdict = attempt.kind === 'answered' ? verdictOn(attempt.status) : 'retry';
    const [head, ...others] = deliveries;
    if (!head) return;
    if (verdict !== 'done') for (const { id } of others) lane.busy.delete(id);
    if (verdict === 'retire') lane.retiring = head.id;
    else if (verdict !== 'done' && others.length > 0) {
      this.#paces.of(lane.name, receiver)?.take(1);
      await this.#send(lane, [head], receiver);
      return;
    }
    (verdict === 'done' ? deliveries : [head]).forEach(({ id }, at) => {
      const replies = at === 0 ? exchange.replies : [];
      this.#results.add({ lane, result: { id, sink: receiver.address, ...exchange, replies } });
    });
  }

  /** Nobody receives the deliveries of this lane: the writer is told so. */
  #sweep(lane: LaneState, receiver: Exclude<Receiver, SinkReceiver>): void {
    const attempt: Attempt =
      receiver.kind === 'none' ? { kind: 'unwanted' } : { kind: 'refused', reason: receiver.reason };
    const sink = receiver.kind === 'none' ? '' : receiver.address;
    const target = laneOf(lane.name);
    if (target.kind === 'subscription') this.#handshakes.forget(target.id);
    this.#paces.forget(lane.name);
    if (lane.busy.size < SWEEP) {
      for (const id of readAny(this.#options.db, lane.name, SWEEP, lane.busy)) {
        lane.busy.add(id);
        this.#results.add({ lane, result: { id, sink, attempt, replies: [] } });
      }
    }
    this.#leave(lane);
  }

  /** A lane with nothing on its way is forgotten until it is due again. */
  #leave(lane: LaneState): void {
    if (lane.busy.size === 0) this.#lanes.delete(lane.name);
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
