import type { LoggedEvent, Targets } from '../../broker/index.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import type { JobValue } from '../../engine/records/record.ts';
import { NO_CATCH_EVENT } from '../../engine/state/appliers/jobs.ts';
import { JOBS } from '../../engine/state/tables.ts';
import { type DataSettings, type Fate, messageUse, nobodyWaits } from '../../router/index.ts';
import { DataValidator } from '../../schemas/index.ts';
import type { Database } from '../../store/database.ts';
import { DiskFailedError } from '../../store/errors.ts';
import type { JournalRecord } from '../../store/journal.ts';
import type { Tx } from '../module.ts';
import { Bindings } from './bindings.ts';
import { Housekeeping } from './housekeeping.ts';
import { followTrace } from './instance-traces.ts';
import { Intake } from './intake.ts';
import { JobService } from './jobs.ts';
import { messageEnded, messageMissed, messageUsed } from './message-events.ts';
import { DUE_LANES_TOPIC, type DueLanes } from './requests.ts';
import { Routing } from './routing.ts';
import { rulesOf, startsOf } from './rules.ts';
import type { EventsSettings } from './settings.ts';
import { type EventStores, openStores } from './stores.ts';

export interface EventsCoreOptions {
  readonly db: Database;
  readonly settings: EventsSettings;
  readonly targets: Targets;
  readonly engineId: string;
  readonly chance: () => number;
}

/** Events routed in one transaction; more are marked and wait for the next. */
const ROUTED = 2000;
/** Jobs taken at a time from what was there before the router ran. */
const BACKLOG = 100;

/**
 * What the event side does within the writer's transactions.
 *
 * Invariants
 * - E1 An event that is in the log is routed, or marked to be routed, when its transaction commits.
 * - E2 Each event is routed in a scope of its own, with all that it causes; if that throws, the event stays in the
 *   log with the fate `failed`, and nothing else of it is done.
 * - E3 An open job of a served type is held by the router, and its event is in the log, when the transaction commits.
 */
export class EventsCore {
  readonly stores: EventStores;
  readonly intake: Intake;
  readonly settings: EventsSettings;
  readonly #jobTypes: ReadonlySet<string>;
  readonly bindings: Bindings;
  readonly #routing: Routing;
  readonly #jobs: JobService;
  readonly #housekeeping: Housekeeping;
  /** Sequences to be routed in this transaction. */
  readonly #fresh = new Set<number>();
  /** Those of them that came in it. */
  readonly #arrived = new Set<number>();
  /** Types with jobs from before the router ran, as after a start. */
  readonly #backlog: Set<string>;
  /** The event that is being routed: what causes the records that come in. */
  #cause: LoggedEvent | undefined;
  #modelsChanged = false;

  constructor({ db, settings, targets, engineId, chance }: EventsCoreOptions) {
    this.settings = settings;
    this.stores = openStores(db, settings, chance);
    this.intake = new Intake(this.stores, settings.maxHops);
    this.#jobTypes = new Set(settings.jobTypes);
    this.#backlog = new Set(settings.jobTypes);
    this.bindings = new Bindings(this.#jobTypes);
    const { stores, intake } = this;
    const bindings = this.bindings;
    const validator = new DataValidator(settings.schemas);
    stores.startMappings.setOfFile(startsOf(settings.events));
    this.#routing = new Routing({
      stores,
      intake,
      bindings,
      rules: rulesOf(settings.events),
      validator,
      incoming: { engineId, timeToLive: settings.timeToLive, data: dataSettings(settings) },
      reuseIdSources: new Set(settings.reuseIdSources),
      windowMs: settings.windowMs,
      onReply: ({ hops = 0 }) => this.#goOn(hops),
    });
    this.#jobs = new JobService({
      stores,
      intake,
      bindings,
      outgoing: { engineId, source: settings.source, legacyActivityIds: settings.legacyActivityIds },
      targets,
      maxHops: settings.maxHops,
      validator,
    });
    this.#housekeeping = new Housekeeping(stores, intake, settings);
  }

  /** The event is to be routed at the end of this transaction. */
  routeSoon(sequence: number): void {
    this.#fresh.add(sequence);
    this.#arrived.add(sequence);
  }

  onRecords(records: readonly JournalRecord[], tx: Tx): void {
    const told = this.#routing.told(records);
    const open = new Map<string, number>();
    for (const record of records as readonly LogRecord[]) {
      if (record.recordType !== 'EVENT') continue;
      if (record.valueType === 'PROCESS') this.#changeModels();
      const type = this.#typeToServe(tx, record);
      if (type !== undefined) open.set(type, (open.get(type) ?? 0) + 1);
      followTrace(tx.rows, record);
      this.#endOfWait(tx, record);
      this.#laterFate(tx, record, told);
    }
    for (const [type, count] of open) this.#jobs.serve(tx, type, count, this.#cause);
  }

  runDue(tx: Tx): void {
    for (const type of this.#backlog) {
      const served = this.#jobs.serve(tx, type, BACKLOG, undefined);
      if (served < BACKLOG) tx.afterCommit(() => this.#backlog.delete(type));
    }
    for (const sequence of this.stores.log.toRoute(ROUTED)) this.#fresh.add(sequence);
    this.#housekeeping.run(tx);
  }

  /** Epoch ms; 0 if something waits. */
  nextDue(): number | undefined {
    if (this.#backlog.size > 0 || this.#fresh.size > 0 || this.stores.log.toRoute(1).length > 0) return 0;
    return this.#housekeeping.nextDue();
  }

  beforeCommit(tx: Tx): void {
    let left = ROUTED;
    // In the order of the log, also where older ones were left over.
    for (const sequence of [...this.#fresh].sort((one, other) => one - other)) {
      if (left-- > 0) this.#route(tx, sequence);
      else this.#leave(tx, sequence);
    }
    this.#fresh.clear();
    this.#arrived.clear();
    this.stores.log.flush();
    const lanes = this.intake.takeLanes();
    if (lanes.length > 0) tx.push(DUE_LANES_TOPIC, { lanes, now: tx.now } satisfies DueLanes);
    // What was read within a scope that was undone must not stay.
    this.stores.subscriptions.settle();
    if (this.#modelsChanged) this.bindings.changed();
    this.#modelsChanged = false;
  }

  onFailure(): void {
    this.#fresh.clear();
    this.#arrived.clear();
    this.intake.takeLanes();
    for (const type of this.#jobTypes) this.#backlog.add(type);
    this.#modelsChanged = false;
    this.bindings.changed();
    this.stores.log.reset();
    this.stores.waits.reset();
    this.stores.confirmations.reset();
    this.stores.startMappings.reset();
    this.stores.subscriptions.reset();
    this.#housekeeping.reset();
  }

  /** The event is routed in a later transaction; until then its arrival is all there is to tell. */
  #leave(tx: Tx, sequence: number): void {
    const logged = this.stores.log.get(sequence);
    // One whose scope was undone is not there.
    if (!logged) return;
    this.stores.log.markToRoute(sequence);
    if (this.#arrived.has(sequence)) this.intake.record(tx, sequence, logged.event, 'RECEIVED');
  }

  #route(tx: Tx, sequence: number): void {
    const logged = this.stores.log.get(sequence);
    if (!logged) {
      this.stores.log.markRouted(sequence);
      return;
    }
    this.#cause = logged;
    try {
      tx.scoped(() => {
        this.#routing.run(tx, logged);
      });
    } catch (error) {
      if (error instanceof DiskFailedError) throw error;
      const reason = `Its routing failed: ${error instanceof Error ? error.message : error}`;
      this.stores.log.markRouted(sequence);
      this.intake.fate(tx, sequence, logged.event, [{ kind: 'failed', reason }]);
    } finally {
      this.#cause = undefined;
    }
  }

  /**
   * A reply takes its instance one step on. What the instance sends next is no further away from its origin than what
   * it sent before: a long process whose services answer at once is no loop.
   */
  #goOn(hops: number): void {
    if (this.#cause) this.#cause = { ...this.#cause, hops: Math.min(this.#cause.hops, hops - 1) };
  }

  #changeModels(): void {
    this.#modelsChanged = true;
    this.bindings.changed();
  }

  /** The type of a job that the router must take now, if the record speaks of one. */
  #typeToServe(tx: Tx, record: LogRecord): string | undefined {
    if (record.valueType === 'JOB') {
      if (!this.#jobTypes.has(record.value.type)) return undefined;
      switch (record.intent) {
        case 'CREATED':
        case 'FAILED':
        case 'TIMED_OUT':
        case 'RECURRED_AFTER_BACKOFF':
        case 'RETRIES_UPDATED':
          return tx.state.get(JOBS, record.key)?.activatableType ?? undefined;
        default:
          return undefined;
      }
    }
    if (record.valueType !== 'INCIDENT' || record.intent !== 'RESOLVED') return undefined;
    const type = tx.state.get(JOBS, record.value.jobKey)?.activatableType ?? undefined;
    return type !== undefined && this.#jobTypes.has(type) ? type : undefined;
  }

  #endOfWait(tx: Tx, record: LogRecord): void {
    if (record.valueType !== 'JOB' || !this.#jobTypes.has(record.value.type)) return;
    const end = endOfJob(record.intent, record.value);
    if (end?.kind === 'gone') this.stores.waits.end(record.key, end.reason, tx.now);
    else if (end) this.stores.waits.rest(record.key, end.reason);
    if (end?.kind === 'gone' && this.bindings.isWatchOnly(tx.state, record.value.processDefinitionKey))
      this.stores.watch.end(record.key);
  }

  /** What becomes of a message after its publication is its event's fate too. */
  #laterFate(tx: Tx, record: LogRecord, told: number | undefined): void {
    const use = messageUse(record);
    if (use && use.messageKey !== told) {
      const sequence = messageUsed(tx.rows, use.messageKey);
      if (sequence !== undefined) this.#addFate(tx, sequence, use.fate);
    } else if (record.valueType === 'MESSAGE' && record.intent === 'EXPIRED') {
      const ended = messageEnded(tx.rows, record.key);
      if (ended === undefined || ended.used) return;
      const reason = `Nobody came to wait for it with key '${record.value.correlationKey}' in time.`;
      this.#addFate(tx, ended.sequence, { kind: 'expired', reason });
    } else if (record.valueType === 'MESSAGE_SUBSCRIPTION' && record.intent === 'REJECTED') {
      const { messageKey, messageName, correlationKey } = record.value;
      if (messageKey === told) return;
      const missed = messageMissed(tx.rows, messageKey);
      if (missed && !missed.used)
        this.#addFate(tx, missed.sequence, {
          kind: 'expired',
          reason: nobodyWaits(messageName, correlationKey),
        });
    }
  }

  #addFate(tx: Tx, sequence: number, fate: Fate): void {
    const logged = this.stores.log.get(sequence);
    if (logged) this.intake.fate(tx, sequence, logged.event, [fate]);
  }
}

function dataSettings({ unwrapJsonText: unwrap, binaryVariable }: EventsSettings): DataSettings {
  return { unwrap, ...(binaryVariable !== undefined && { binaryVariable }) };
}

interface WaitEnd {
  /** `resting`: the job is still there and may be tried again. */
  readonly kind: 'gone' | 'resting';
  readonly reason: string;
}

/** Why a job does not wait any more, if this intent ends its wait. */
function endOfJob(intent: string, { errorCode, errorMessage, elementId }: JobValue): WaitEnd | undefined {
  switch (intent) {
    case 'COMPLETED':
      return { kind: 'gone', reason: 'The job was completed before.' };
    case 'CANCELED':
      return {
        kind: 'gone',
        reason: 'The job was canceled before: its instance left the task, by a time-out or otherwise.',
      };
    case 'ERROR_THROWN':
      return elementId === NO_CATCH_EVENT
        ? { kind: 'resting', reason: `The job threw the error '${errorCode}', which nothing catches.` }
        : { kind: 'gone', reason: `The job ended before with the error '${errorCode}'.` };
    case 'FAILED':
      return { kind: 'resting', reason: errorMessage === '' ? 'The job failed.' : errorMessage };
    default:
      return undefined;
  }
}
