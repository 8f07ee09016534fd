/**
 * Things to be delivered to others, kept in the service's own file until the receiver has taken them.
 *
 * Invariants
 * O1. What is appended in a transaction is delivered if and only if that transaction commits.
 * O2. Within a lane, items go out one after the other in the order of appending; lanes go in parallel.
 * O3. An item leaves the file only after its receiver took it (so it may be delivered twice, never not at all)
 *     or refused it for good (then it is kept aside with the reason).
 */
import type { Database } from './database.ts';

/** What became of one attempt. */
export type Outcome =
  /** Taken; `answer` is what {@link OutboxOptions.settled} should know of the receiver's answer. */
  | { readonly kind: 'done'; readonly answer?: unknown }
  /** Try again; `whole` if the receiver as such is in trouble, not this item; `afterMs` if it said when. */
  | { readonly kind: 'later'; readonly reason: string; readonly whole: boolean; readonly afterMs?: number }
  | { readonly kind: 'undeliverable'; readonly reason: string };

/** An item that was refused for good. */
export interface Undeliverable {
  readonly position: number;
  readonly lane: string;
  readonly item: unknown;
  readonly reason: string;
}

/** Pauses between attempts: `firstMs`, doubling up to `mostMs`, with jitter. */
export interface RetryPace {
  readonly firstMs: number;
  readonly mostMs: number;
}

export interface OutboxOptions {
  readonly database: Database;
  /** Name of this queue within the file. */
  readonly name: string;
  /** Makes one attempt. A throw counts as trouble of the receiver. */
  send(item: unknown, signal: AbortSignal): Promise<Outcome>;
  /** Runs in the transaction that takes the item out of the queue. */
  settled?(item: unknown, outcome: Exclude<Outcome, { kind: 'later' }>): void;
  /** Attempts at the same time. */
  readonly inFlight: number;
  readonly pace: RetryPace;
  /** From 0 up to 1; spreads the pauses. */
  random(): number;
  warn(message: string): void;
}

/** Steps of the shared part of the file: repeated events are known by `inbox`, see events.ts. */
export const sharedMigrations = {
  component: 'shared',
  steps: [
    `CREATE TABLE outbox (
       position INTEGER PRIMARY KEY AUTOINCREMENT,
       queue TEXT NOT NULL,
       lane TEXT NOT NULL,
       item TEXT NOT NULL,
       refusal TEXT
     );
     CREATE INDEX outbox_refused ON outbox (queue, position) WHERE refusal IS NOT NULL;
     CREATE TABLE inbox (
       handler TEXT NOT NULL,
       source TEXT NOT NULL,
       id TEXT NOT NULL,
       received_at INTEGER NOT NULL,
       PRIMARY KEY (handler, source, id)
     ) WITHOUT ROWID;
     CREATE INDEX inbox_age ON inbox (received_at);`,
  ],
} as const;

interface Lane {
  readonly name: string;
  readonly positions: number[];
  failures: number;
  /** Set while the lane waits for its next attempt. */
  rest: NodeJS.Timeout | undefined;
  sending: boolean;
}

/** A durable queue with a sender. Make one with {@link createOutbox}. */
export class Outbox {
  private readonly options: OutboxOptions;
  private readonly lanes = new Map<string, Lane>();
  private readonly ready = new Set<Lane>();
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private troubles = 0;
  private pause: NodeJS.Timeout | undefined;
  private started = false;

  constructor(options: OutboxOptions) {
    this.options = options;
  }

  /** Adds an item at the end of a lane. Call inside `database.write`. */
  append(lane: string, item: unknown): void {
    const { database, name } = this.options;
    const text = JSON.stringify(item);
    database.run('INSERT INTO outbox (queue, lane, item) VALUES (?, ?, ?)', name, lane, text);
    const position = Number(database.get('SELECT last_insert_rowid() AS position')?.position);
    database.afterCommit(() => {
      this.enqueue(lane, position);
      this.pump();
    });
  }

  /** Loads what an earlier process left, and begins to send. */
  start(): void {
    const rows = this.options.database.all(
      'SELECT position, lane FROM outbox WHERE queue = ? AND refusal IS NULL ORDER BY position',
      this.options.name,
    );
    this.lanes.clear();
    this.ready.clear();
    for (const row of rows) this.enqueue(String(row.lane), Number(row.position));
    this.started = true;
    this.pump();
  }

  /** Number of items that wait to be delivered. */
  get pending(): number {
    let count = 0;
    for (const lane of this.lanes.values()) count += lane.positions.length;
    return count;
  }

  /** The oldest items that were refused for good, at most `limit`. */
  undeliverable(limit = 100): readonly Undeliverable[] {
    return this.options.database
      .all(
        'SELECT position, lane, item, refusal FROM outbox WHERE queue = ? AND refusal IS NOT NULL ORDER BY position LIMIT ?',
        this.options.name,
        limit,
      )
      .map((row) => ({
        position: Number(row.position),
        lane: String(row.lane),
        item: JSON.parse(String(row.item)),
        reason: String(row.refusal),
      }));
  }

  /** Puts the refused items back to the end of their lanes, with unchanged ids; answers how many. */
  async sendAgain(): Promise<number> {
    const { database, name } = this.options;
    return database.write(() => {
      const rows = database.all(
        'SELECT position, lane, item FROM outbox WHERE queue = ? AND refusal IS NOT NULL ORDER BY position',
        name,
      );
      database.run('DELETE FROM outbox WHERE queue = ? AND refusal IS NOT NULL', name);
      for (const row of rows) this.append(String(row.lane), JSON.parse(String(row.item)));
      return rows.length;
    });
  }

  /** Starts nothing new; lets attempts in flight end for at most `patience` milliseconds, then cuts them. */
  async close(patience = 1_000): Promise<void> {
    this.started = false;
    clearTimeout(this.pause);
    for (const lane of this.lanes.values()) clearTimeout(lane.rest);
    const cut = setTimeout(() => this.stop.abort(), patience);
    await Promise.allSettled(this.running);
    clearTimeout(cut);
  }

  private enqueue(name: string, position: number): void {
    let lane = this.lanes.get(name);
    if (lane === undefined) {
      lane = { name, positions: [], failures: 0, rest: undefined, sending: false };
      this.lanes.set(name, lane);
    }
    lane.positions.push(position);
    if (!lane.sending && lane.rest === undefined) this.ready.add(lane);
  }

  /** Starts attempts as long as there is room. In trouble one lane at a time probes the receiver. */
  private pump(): void {
    if (!this.started || this.pause !== undefined) return;
    const room = this.troubles > 0 ? 1 : this.options.inFlight;
    for (const lane of this.ready) {
      if (this.running.size >= room) return;
      this.ready.delete(lane);
      lane.sending = true;
      const attempt = this.attempt(lane).finally(() => {
        this.running.delete(attempt);
        lane.sending = false;
        this.onward(lane);
        this.pump();
      });
      this.running.add(attempt);
    }
  }

  /** After an attempt: the lane is ready again, rests, or is empty. */
  private onward(lane: Lane): void {
    if (lane.positions.length === 0) this.lanes.delete(lane.name);
    else if (lane.rest === undefined) this.ready.add(lane);
  }

  private async attempt(lane: Lane): Promise<void> {
    const position = lane.positions[0];
    if (position === undefined) return;
    const { database } = this.options;
    try {
      const row = database.get('SELECT item FROM outbox WHERE position = ?', position);
      if (row === undefined) {
        lane.positions.shift();
        return;
      }
      const item: unknown = JSON.parse(String(row.item));
      const outcome = await this.outcomeOf(item);
      if (outcome.kind === 'later') {
        this.postpone(lane, outcome);
        return;
      }
      await database.write(() => {
        if (outcome.kind === 'done') database.run('DELETE FROM outbox WHERE position = ?', position);
        else database.run('UPDATE outbox SET refusal = ? WHERE position = ?', outcome.reason, position);
        this.options.settled?.(item, outcome);
      });
      if (outcome.kind === 'undeliverable') {
        this.options.warn(`${this.options.name}: kept aside as undeliverable: ${outcome.reason}`);
      }
      lane.positions.shift();
      lane.failures = 0;
      this.troubles = 0;
    } catch (error) {
      // The file cannot be read or written: what was delivered will be delivered again (O3).
      if (this.started) this.postpone(lane, { kind: 'later', reason: messageOf(error), whole: true });
    }
  }

  private async outcomeOf(item: unknown): Promise<Outcome> {
    try {
      const signal = AbortSignal.any([this.stop.signal, AbortSignal.timeout(30_000)]);
      return await this.options.send(item, signal);
    } catch (error) {
      return { kind: 'later', reason: messageOf(error), whole: true };
    }
  }

  private postpone(lane: Lane, outcome: Extract<Outcome, { kind: 'later' }>): void {
    if (!this.started) return;
    if (outcome.whole) {
      this.troubles += 1;
      if (this.troubles === 1) this.options.warn(`${this.options.name}: delivery fails: ${outcome.reason}`);
      clearTimeout(this.pause);
      this.pause = setTimeout(() => {
        this.pause = undefined;
        this.pump();
      }, outcome.afterMs ?? this.delay(this.troubles));
      return;
    }
    lane.failures += 1;
    if (lane.failures === 1) this.options.warn(`${this.options.name}: ${lane.name} waits: ${outcome.reason}`);
    lane.rest = setTimeout(() => {
      lane.rest = undefined;
      if (!lane.sending) this.ready.add(lane);
      this.pump();
    }, outcome.afterMs ?? this.delay(lane.failures));
  }

  private delay(failures: number): number {
    const { firstMs, mostMs } = this.options.pace;
    const whole = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
    return whole * (0.5 + this.options.random() / 2);
  }
}

/** Makes a durable queue on `database`, which must have {@link sharedMigrations}. */
export function createOutbox(options: OutboxOptions): Outbox {
  return new Outbox(options);
}

/** What a status says about a delivery. Source: CloudEvents WebHook spec section 2, and the contract. */
export function outcomeOfStatus(status: number, retryAfter: string | null): Outcome {
  if (status >= 200 && status < 300) return { kind: 'done' };
  const reason = `status ${status}`;
  const seconds = Number(retryAfter ?? Number.NaN);
  const after = Number.isFinite(seconds) && seconds >= 0 ? { afterMs: Math.min(seconds, 300) * 1_000 } : {};
  if (status === 429 || status === 503) return { kind: 'later', reason, whole: true, ...after };
  if (status >= 500 || status === 408 || status === 409 || status === 425 || status < 400) {
    return { kind: 'later', reason, whole: false, ...after };
  }
  return { kind: 'undeliverable', reason };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
