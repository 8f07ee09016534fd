import { DiskFailedError } from '../store/errors.ts';
import { Availability } from './availability.ts';
import { Callers } from './callers.ts';
import { Dispatcher } from './dispatcher.ts';
import { errorToData, InternalError, textOf, UnavailableError } from './errors.ts';
import { LeftOvers } from './left-overs.ts';
import { DEFAULT_LIMITS, type WriterLimits } from './limits.ts';
import type { WriterModule } from './module.ts';
import type { CommitSample, Envelope, Outcome, Push, WriterStatus } from './protocol.ts';
import { RequestQueue, withoutWaiting } from './request-queue.ts';
import { Transaction } from './transaction.ts';
import type { WriterCoreOptions } from './writer-core-options.ts';

/** One transaction while it runs. */
interface Attempt {
  readonly requests: Envelope[];
  /** Requests that their module answers later. */
  readonly parked: Map<number, WriterModule>;
  tx: Transaction | undefined;
}

const BROKEN_PAUSE_MS = 1000;

/**
 * The single writer, without threads or timers of its own: whoever drives it calls {@link submit}, then
 * {@link run} as often as {@link sleepMs} is 0.
 *
 * Invariants
 * - W1 One call of `run` is at most one transaction; its outcome may be told when what it committed is on disk.
 * - W2 A failed transaction leaves nothing behind: its callers get `UnavailableError`, memory is dropped, and until
 *   a probe has written to the disk every request is refused.
 * - W3 Left-over work takes a bounded share of each transaction, beside new requests.
 * - W4 A request that breaks its whole transaction (a mistake in the program) takes no other request with it.
 */
export class WriterCore {
  readonly #options: WriterCoreOptions;
  readonly #limits: WriterLimits;
  readonly #dispatcher: Dispatcher;
  readonly #queue = new RequestQueue();
  readonly #leftOvers: LeftOvers;
  readonly #availability: Availability;
  readonly #callers = new Callers();
  /** Pushes of commits that are not known to be on disk. */
  readonly #held: Push[] = [];
  #position: number;
  /** How many of the next requests are run one by one, to find the one that breaks its transaction. */
  #isolate = 0;
  /** Monotonic ms before which left-over work rests, because it broke its transaction. */
  #restUntil = 0;

  constructor(options: WriterCoreOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { folder, monotonic, faults } = options;
    this.#position = Math.max(folder.kv.number('position') ?? 0, folder.journal.newest() ?? 0);
    this.#availability = new Availability({ folder, monotonic, faults, ...this.#limits });
    for (const module of options.modules) module.onStart?.(folder.db);
    const discarded = (what: string, error: unknown): void => this.#logError(`Discarded ${what}`, error);
    this.#dispatcher = new Dispatcher(options.modules, discarded);
    this.#leftOvers = new LeftOvers({ ...options, limits: this.#limits, discarded });
  }

  /** Requests that wait for a transaction. */
  get queued(): number {
    return this.#queue.size;
  }

  /** Queues requests; their replies come with the outcomes of later runs. */
  submit(requests: readonly Envelope[]): void {
    this.#queue.add(requests);
  }

  /** The clients of these requests no longer wait: what is parked is answered with what its module has to say. */
  cancel(ids: readonly number[]): void {
    for (const id of ids) {
      if (this.#callers.cancel(id)) continue;
      // Not run yet: it will be, but must not park.
      this.#queue.replace(id, withoutWaiting);
    }
  }

  /** Ends all waiting, as at a shutdown. */
  cancelAll(): void {
    this.#callers.cancelAll();
  }

  /** ms until {@link run} has something to do: 0 now, at most 30 s; undefined if only a request can change that. */
  sleepMs(): number | undefined {
    if (this.#queue.size > 0 || this.#callers.answered) return 0;
    const wait = this.#availability.waitMs() ?? this.#leftOverWait();
    return wait === undefined ? undefined : Math.min(Math.ceil(wait), this.#limits.maxSleepMs);
  }

  /** Runs at most one transaction and tells what came of it. */
  run(): Outcome {
    if (!this.#availability.check()) {
      const error = new UnavailableError(this.#availability.reason ?? 'the disk failed');
      for (const { id } of this.#queue.takeAll()) this.#callers.fail(id, error);
      return this.#outcome();
    }
    const work = this.#queue.size > 0 || this.#leftOverWait() === 0;
    const outcome = work ? this.#transact() : this.#outcome();
    if (this.#held.length === 0 || this.#availability.reason !== undefined) return outcome;
    return { ...outcome, pushes: [...this.#held.splice(0), ...outcome.pushes] };
  }

  /** Replies that still have to leave, without another transaction. */
  lastWords(): Outcome {
    return this.#outcome();
  }

  /**
   * What was committed could not be synced: its callers are told so, though it may be kept; until the disk is written to
   * again every request is refused. Pushes wait for that.
   */
  notSynced(outcome: Outcome, error: unknown): Outcome {
    this.#logError('What was committed could not be synced', error);
    this.#availability.failed(textOf(error));
    this.#held.push(...outcome.pushes);
    const failure = errorToData(new UnavailableError(textOf(error)));
    return {
      ...outcome,
      pushes: [],
      replies: outcome.replies.map((reply) =>
        reply.ok ? { id: reply.id, ok: false, error: failure } : reply,
      ),
      status: this.status(),
    };
  }

  status(): WriterStatus {
    const { clock } = this.#options;
    const { reason } = this.#availability;
    return {
      position: this.#position,
      clock: { now: clock.now(), pinned: clock.pinned },
      ready: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
    };
  }

  #leftOverWait(): number | undefined {
    const { clock, monotonic } = this.#options;
    const wait = this.#leftOvers.waitMs(clock.now(), clock.pinned);
    return wait === undefined ? undefined : Math.max(wait, this.#restUntil - monotonic());
  }

  #transact(): Outcome {
    const { folder, clock, monotonic } = this.#options;
    const clockBefore = clock.mark();
    const attempt: Attempt = { requests: [], parked: new Map(), tx: undefined };
    const started = monotonic();
    try {
      folder.db.begin();
      const tx = this.#newTransaction();
      attempt.tx = tx;
      this.#work(tx, attempt);
      const writing = monotonic();
      const wrote = this.#write(tx, clock.mark().pinned !== clockBefore.pinned);
      const ended = monotonic();
      this.#committed(tx, attempt);
      const sample: CommitSample = {
        requests: attempt.requests.length,
        records: tx.records.length,
        commitMs: ended - writing,
        totalMs: ended - started,
        queued: this.#queue.size,
      };
      return this.#outcome(attempt, wrote ? sample : undefined);
    } catch (error) {
      clock.restore({ ...clockBefore, highWater: clock.mark().highWater });
      this.#failed(error, attempt);
      return this.#outcome();
    }
  }

  #newTransaction(): Transaction {
    const { folder, engine, modules, clock } = this.#options;
    return new Transaction({
      engine,
      modules,
      clock,
      db: folder.db,
      base: folder.state,
      first: this.#position + 1,
      settled: (tx) => this.#leftOvers.settled(tx),
    });
  }

  #work(tx: Transaction, attempt: Attempt): void {
    const { modules, monotonic } = this.#options;
    const { batchRequests, batchBytes, batchRecords } = this.#limits;
    const alone = this.#isolate > 0;
    this.#queue.take(alone ? 1 : batchRequests, batchBytes, (request) => {
      attempt.requests.push(request);
      const module = this.#dispatcher.run(request, tx);
      if (module !== undefined) attempt.parked.set(request.id, module);
      return tx.records.length < batchRecords;
    });
    if (!alone && monotonic() >= this.#restUntil) this.#leftOvers.run(tx);
    this.#leftOvers.raiseIncidents(tx);
    for (const module of modules) module.beforeCommit?.(tx);
    this.#leftOvers.store(tx);
  }

  /** False if there was nothing to write. */
  #write(tx: Transaction, clockMoved: boolean): boolean {
    const { folder } = this.#options;
    const changes = tx.batch.changes();
    if (tx.records.length === 0 && changes.length === 0 && !tx.touchedSql && !clockMoved) {
      tx.end();
      folder.db.rollback();
      return false;
    }
    folder.journal.append(this.#position + 1, tx.records, tx.now);
    folder.state.take(changes);
    this.#leftOvers.changing(changes);
    // Else the journal tells them, without a page of its own in each commit.
    if (tx.records.length === 0) folder.kv.set('time', tx.now);
    this.#availability.beforeCommit();
    tx.end();
    folder.db.commit();
    return true;
  }

  #committed(tx: Transaction, attempt: Attempt): void {
    const { folder } = this.#options;
    this.#isolate = Math.max(0, this.#isolate - attempt.requests.length);
    this.#position += tx.records.length;
    this.#callers.settle(tx, attempt.parked);
    for (const action of tx.actions) {
      try {
        action();
      } catch (error) {
        this.#logError('An action after the commit failed', error);
      }
    }
    // What follows only reads and tidies; the commit stands, whatever becomes of it.
    try {
      this.#leftOvers.committed(tx.now);
      folder.checkpoints.afterCommit();
    } catch (error) {
      this.#leftOvers.undone();
      if (error instanceof DiskFailedError) this.#availability.failed(error.message);
      else this.#logError('Tidying up after the commit failed', error);
    }
  }

  #failed(error: unknown, { requests, tx }: Attempt): void {
    const { folder, modules, monotonic } = this.#options;
    const ids = new Set(requests.map(({ id }) => id));
    tx?.end();
    const served = (tx?.replies ?? []).map(({ id }) => id).filter((id) => !ids.has(id));
    try {
      folder.db.rollback();
    } catch (cause) {
      this.#logError('Rolling back failed', cause);
    }
    folder.state.reset();
    this.#leftOvers.undone();
    for (const id of [...ids, ...served]) this.#callers.forget(id, modules);
    for (const module of modules) module.onFailure?.();
    this.#logError('A transaction failed and was undone', error);
    if (error instanceof DiskFailedError) {
      this.#isolate = 0;
      this.#availability.failed(error.message);
      for (const id of [...ids, ...served]) this.#callers.fail(id, new UnavailableError(error.message));
      return;
    }
    for (const id of served) this.#callers.fail(id, new UnavailableError('the transaction was undone'));
    const [only] = requests;
    if (requests.length > 1) {
      this.#queue.putBack(requests);
      this.#isolate = requests.length;
    } else if (only !== undefined && this.#isolate > 0) {
      this.#isolate -= 1;
      this.#callers.fail(only.id, new InternalError(textOf(error), { cause: error }));
    } else if (only !== undefined) {
      // The left-over work of the transaction may be to blame: once more without it.
      this.#queue.putBack(requests);
      this.#isolate = 1;
    } else {
      this.#restUntil = monotonic() + BROKEN_PAUSE_MS;
    }
  }

  #outcome(attempt?: Attempt, sample?: CommitSample): Outcome {
    return {
      ...this.#callers.take(),
      parked: this.#callers.parkedOf(attempt?.parked.keys() ?? []),
      status: this.status(),
      ...(sample === undefined ? {} : { sample }),
    };
  }

  #logError(message: string, error: unknown): void {
    this.#options.log({ level: 'error', message, error: errorToData(error) });
  }
}
