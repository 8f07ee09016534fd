import { laneText } from '../../broker/index.ts';
import type { Tx } from '../module.ts';
import type { Intake } from './intake.ts';
import { failureCommand } from './job-failures.ts';
import { DUE_LANES_TOPIC, type DueLanes } from './requests.ts';
import type { EventsSettings } from './settings.ts';
import type { EventStores } from './stores.ts';

/** Rows that one transaction takes of each kind. */
const SHARE = 200;
/** ms between two prunings, so that forgetting does not wake the writer for every row. */
const PRUNE_PAUSE_MS = 60_000;
const FAIL = { kind: 'fail' } as const;

/** What time brings: retries that become due, waits that are over, early replies whose time is over, rows to forget. */
export class Housekeeping {
  readonly #stores: EventStores;
  readonly #intake: Intake;
  readonly #settings: EventsSettings;
  /** Deliveries due up to this time were told to the deliverer; undefined: none yet. */
  #woken: number | undefined;
  #pruned = 0;

  constructor(stores: EventStores, intake: Intake, settings: EventsSettings) {
    this.#stores = stores;
    this.#intake = intake;
    this.#settings = settings;
  }

  /** Epoch ms. */
  nextDue(): number | undefined {
    const { deliveries, earlyReplies, waits } = this.#stores;
    if (this.#woken === undefined) return 0;
    const times = [
      deliveries.nextDue(this.#woken),
      earlyReplies.nextEnd(),
      waits.nextUntil(),
      this.#nextPruning(),
    ];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** In the scope of the caller, which has touched `tx.db`. */
  run(tx: Tx): void {
    this.#wake(tx);
    this.#timeOut(tx);
    this.#expire(tx);
    this.#prune(tx);
  }

  reset(): void {
    this.#woken = undefined;
  }

  #wake(tx: Tx): void {
    const { now } = tx;
    const lanes =
      this.#woken === undefined ? this.#allLanes() : this.#stores.deliveries.lanesDue(this.#woken, now);
    if (lanes.length > 0) tx.push(DUE_LANES_TOPIC, { lanes, now } satisfies DueLanes);
    tx.afterCommit(() => {
      this.#woken = now;
    });
  }

  #allLanes(): string[] {
    const { deliveries, subscriptions } = this.#stores;
    const asked = subscriptions.awaitingConsent().map((id) => laneText({ kind: 'subscription', id }));
    return [...new Set([...deliveries.lanes(), ...asked])];
  }

  /** Jobs that waited as long as their task says: each throws an error, or fails. */
  #timeOut(tx: Tx): void {
    const overdue = this.#stores.waits.takeOverdue(tx.now, SHARE);
    for (const { jobKey, mode, waitType, mapping, until } of overdue) {
      const missing =
        mode === 'confirm'
          ? 'Not all receivers confirmed the event'
          : `No reply${waitType === undefined ? '' : ` '${waitType}'`} came`;
      const message = `${missing} until ${new Date(until).toISOString()}, as the task header 'Timeout' demands.`;
      const errorCode = mapping?.timeoutError;
      const verdict = errorCode === undefined ? FAIL : ({ kind: 'throw', errorCode } as const);
      tx.follow(failureCommand(tx, verdict, { jobKey, mapping, message }));
    }
  }

  #expire(tx: Tx): void {
    for (const { sequence, key, jobKey } of this.#stores.earlyReplies.takeExpired(tx.now, SHARE)) {
      const logged = this.#stores.log.get(sequence);
      const reason =
        jobKey === null
          ? `No job came to wait for it with key '${key}' in time.`
          : `Job ${jobKey} was not tried again in time.`;
      if (logged) this.#intake.fate(tx, sequence, logged.event, [{ kind: 'expired', reason }]);
    }
  }

  #prune(tx: Tx): void {
    const next = this.#nextPruning();
    if (next === undefined || next > tx.now) return;
    const { waits, log } = this.#stores;
    const { windowMs } = this.#settings;
    const full =
      waits.forget(tx.now - windowMs + 1, SHARE) === SHARE ||
      log.prune(tx.now - this.#kept() + 1, SHARE) === SHARE;
    if (full) return;
    tx.afterCommit(() => {
      this.#pruned = tx.now;
    });
  }

  /** ms that events are kept; while the log is too large, only as long as repeats must be noticed. */
  #kept(): number {
    const { windowMs, retentionMs, retentionBytes } = this.#settings;
    return retentionMs > windowMs && this.#stores.log.size() > retentionBytes ? windowMs : retentionMs;
  }

  #nextPruning(): number | undefined {
    const { waits, log } = this.#stores;
    const ends = waits.oldestEnd();
    const received = log.oldest();
    const times = [
      ...(ends === undefined ? [] : [ends + this.#settings.windowMs]),
      ...(received === undefined ? [] : [received + this.#kept()]),
    ];
    return times.length === 0 ? undefined : Math.max(this.#pruned + PRUNE_PAUSE_MS, Math.min(...times));
  }
}
