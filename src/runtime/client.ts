import type { CloudEvent } from '../cloudevents/index.ts';
import type { Answer, ClientCommand } from '../engine/records/command.ts';
import { isNewWork, mayBeHeldBack } from './command-traits.ts';
import {
  errorFromData,
  HeldBackError,
  InternalError,
  OverloadedError,
  textOf,
  UnavailableError,
} from './errors.ts';
import { type ActivateBody, activatedJobs, type ReturnBody } from './kinds/activate.ts';
import type { ClockBody } from './kinds/clock.ts';
import type { PruneBody } from './kinds/prune.ts';
import type { CreateWithResultBody } from './kinds/result.ts';
import { Meter, type RuntimeMetrics } from './meter.ts';
import type { ClientOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import type { Envelope, FromWriter, Outcome, ToWriter, WriterStatus } from './protocol.ts';
import { Publisher } from './publisher.ts';
import type { ClockState, EventReceipt, Runtime } from './runtime.ts';

/** The way to the writer, on this thread or another. */
export interface WriterLink {
  send(message: ToWriter): void;
  /** Resolves when the writer has let go of everything. */
  ended(): Promise<void>;
}

/** What the runtime offers beyond what every surface needs. */
export interface DurableRuntime extends Runtime {
  /**
   * Sends a request of any kind that a module handles.
   * @param newWork refused first when the queue is full
   * @param patienceMs it may wait so long for another one, to share its transaction
   */
  request(kind: string, body: unknown, newWork?: boolean, patienceMs?: number): Promise<unknown>;
  /** Gives jobs back that could not be written to the client they were activated for; their retries stay. */
  returnJobs(answer: Answer): Promise<void>;
  /** Deletes a small step of the journal's oldest transactions up to a position; answers how many went. */
  pruneJournal(upTo: number, maxRows?: number): Promise<number>;
  metrics(): RuntimeMetrics;
}

interface Caller {
  /** Taken away when it is settled: a map keeps tables of before, and what they hold, until the whole heap is collected. */
  promise: PromiseWithResolvers<unknown> | undefined;
  /** Parked requests do not fill the queue. */
  parked: boolean;
}

/**
 * The surfaces' side of the writer: numbers requests, sends them in batches, and settles promises by the replies.
 *
 * Invariants
 * - R1 Every promise settles: by a reply, or by `UnavailableError` if the writer ends.
 * - R2 What was sent in one round of the event loop leaves in one message (see {@link Outbox}).
 */
export class RuntimeClient implements DurableRuntime {
  readonly #link: WriterLink;
  readonly #options: ClientOptions;
  readonly #limit: number;
  readonly #callers = new Map<number, Caller>();
  readonly #meter = new Meter();
  readonly #publisher = new Publisher(
    (body, events) => this.#send('publish', body, false, 0, events).promise,
  );
  readonly #outbox: Outbox;
  #status: WriterStatus;
  #lastId = 0;
  #parked = 0;
  /** Why no request is taken any more. */
  #ended: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(link: WriterLink, status: WriterStatus, options: ClientOptions) {
    this.#link = link;
    this.#status = status;
    this.#options = options;
    this.#limit = options.queueLimit ?? 10_000;
    this.#outbox = new Outbox({
      link,
      collect: () => this.#publisher.flush(),
      failed: (request, error) => this.#fail(request, error),
    });
  }

  async execute(command: ClientCommand): Promise<Answer> {
    if (!mayBeHeldBack(command))
      return this.request('command', command, isNewWork(command)) as Promise<Answer>;
    const waitMs = this.#options.heldBackMs ?? 10_000;
    const answer = await this.#patiently('command', command, false, waitMs, undefined);
    if (answer === undefined) throw new HeldBackError(waitMs);
    return answer as Answer;
  }

  async activateJobs(
    ...[request, waitMs, signal, shares = false]: Parameters<Runtime['activateJobs']>
  ): Promise<Answer> {
    const body: ActivateBody = { request, wait: waitMs > 0 && signal?.aborted !== true, shares };
    const answer = (await this.#patiently(
      'activate',
      body,
      false,
      waitMs,
      signal,
      shares ? SHARED_MS : 0,
    )) as Answer;
    // The client left while its jobs were on their way.
    if (signal?.aborted && activatedJobs(answer).length > 0) {
      await this.returnJobs(answer);
      return { kind: 'accepted', key: -1, value: { jobs: [], truncated: false } };
    }
    return answer;
  }

  createWithResult(
    command: ClientCommand & { intent: 'CREATE_WITH_AWAITING_RESULT' },
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<Answer | undefined> {
    const body: CreateWithResultBody = { command, wait: waitMs > 0 && signal?.aborted !== true };
    return this.#patiently('create-with-result', body, true, waitMs, signal) as Promise<Answer | undefined>;
  }

  publish(events: readonly CloudEvent[]): Promise<readonly EventReceipt[]> {
    const refused = this.#refusal(true);
    if (refused) return Promise.reject(refused);
    this.#outbox.sendSoon();
    return this.#publisher.add(events);
  }

  async returnJobs(answer: Answer): Promise<void> {
    const jobs = activatedJobs(answer).map(({ key, value }) => ({ key, deadline: value.deadline }));
    if (jobs.length > 0) await this.request('return-jobs', { jobs } satisfies ReturnBody);
  }

  pruneJournal(upTo: number, maxRows = 100): Promise<number> {
    return this.request('prune-journal', { upTo, maxRows } satisfies PruneBody) as Promise<number>;
  }

  request(kind: string, body: unknown, newWork = false, patienceMs = 0): Promise<unknown> {
    return this.#send(kind, body, newWork, patienceMs).promise;
  }

  position(): number {
    return this.#status.position;
  }

  clock(): ClockState {
    const { now, pinned } = this.#status.clock;
    return pinned
      ? { now, pinned }
      : { now: Math.max(now, (this.#options.systemTime ?? Date.now)()), pinned };
  }

  async setClock(epochMs: number): Promise<void> {
    await this.request('clock', { pin: epochMs } satisfies ClockBody);
  }

  async resetClock(): Promise<void> {
    await this.request('clock', { pin: null } satisfies ClockBody);
  }

  ready(): { readonly ok: boolean; readonly reason?: string } {
    const reason =
      this.#ended ?? (this.#status.ready ? undefined : (this.#status.reason ?? 'the disk failed'));
    return reason === undefined ? { ok: true } : { ok: false, reason };
  }

  metrics(): RuntimeMetrics {
    return { ...this.#meter.read(), underWay: this.#callers.size - this.#parked, waiting: this.#parked };
  }

  /** Takes no more requests, lets those under way finish, ends long polls empty, and gives the folder back. */
  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    if (this.#ended === undefined) {
      this.#outbox.flush();
      this.#ended = 'the runtime is stopping';
      this.#link.send({ type: 'close' });
    }
    this.#closing = this.#link.ended();
    return this.#closing;
  }

  /** For the link: what the writer has said. */
  receive(message: FromWriter): void {
    switch (message.type) {
      case 'outcome':
        this.#settle(message.outcome);
        return;
      case 'log':
        this.#options.log?.(message.entry);
        return;
      case 'closed':
        this.lost('the runtime has stopped');
        return;
      case 'started':
      case 'failed':
        return; // the link has seen to these before there was a client
    }
  }

  /** For the link: the writer is gone, nobody will answer any more. */
  lost(reason: string): void {
    this.#ended ??= reason;
    const callers = [...this.#callers.values()];
    this.#callers.clear();
    this.#parked = 0;
    for (const { promise } of callers) promise?.reject(new UnavailableError(reason));
  }

  #settle({ replies, parked, pushes, status, sample }: Outcome): void {
    this.#status = status;
    if (sample !== undefined) {
      this.#meter.add(sample);
      this.#options.onCommit?.(sample);
    }
    for (const id of parked) {
      const caller = this.#callers.get(id);
      if (caller === undefined || caller.parked) continue;
      caller.parked = true;
      this.#parked += 1;
    }
    for (const reply of replies) {
      const caller = this.#callers.get(reply.id);
      if (caller === undefined) continue;
      this.#callers.delete(reply.id);
      if (caller.parked) this.#parked -= 1;
      const { promise } = caller;
      caller.promise = undefined;
      if (reply.ok) promise?.resolve(reply.value);
      else promise?.reject(errorFromData(reply.error, this.#options.errorClasses));
    }
    for (const push of pushes) this.#options.onPush?.(push);
  }

  async #patiently(
    kind: string,
    body: unknown,
    newWork: boolean,
    waitMs: number,
    signal: AbortSignal | undefined,
    patienceMs = 0,
  ): Promise<unknown> {
    const { id, promise } = this.#send(kind, body, newWork, patienceMs);
    if (id === undefined) return promise;
    const cancel = (): void => this.#outbox.cancel(id);
    const MOST_MS = 2 ** 31 - 1;
    const timer = setTimeout(cancel, Math.min(Math.max(0, waitMs), MOST_MS));
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    }
  }

  #send(
    kind: string,
    body: unknown,
    newWork: boolean,
    patienceMs = 0,
    events?: number,
  ): { id?: number; promise: Promise<unknown> } {
    const refused = this.#refusal(newWork);
    if (refused) return { promise: Promise.reject(refused) };
    this.#lastId += 1;
    const id = this.#lastId;
    const promise = Promise.withResolvers<unknown>();
    this.#callers.set(id, { promise, parked: false });
    this.#outbox.add({ id, kind, body, ...(events !== undefined && { events }) }, patienceMs);
    return { id, promise: promise.promise };
  }

  /** Why a request is not taken. */
  #refusal(newWork: boolean): Error | undefined {
    if (this.#ended !== undefined) return new UnavailableError(this.#ended);
    const waiting = this.#callers.size - this.#parked + this.#publisher.underWay;
    if (!newWork || waiting < this.#limit) return undefined;
    this.#meter.refused();
    return new OverloadedError(this.#limit, this.#options.retryAfterMs ?? 1000);
  }

  #fail({ id, kind }: Envelope, error: unknown): void {
    const caller = this.#callers.get(id);
    this.#callers.delete(id);
    caller?.promise?.reject(
      new InternalError(`A request of kind ${kind} cannot be sent: ${textOf(error)}`, { cause: error }),
    );
  }
}

/** A stream's question goes along with another request, if there is one soon. */
const SHARED_MS = 5;
