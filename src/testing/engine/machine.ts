import { randomUUID } from 'node:crypto';
import { Targets } from '../../broker/index.ts';
import { createEngine } from '../../engine/create-engine.ts';
import type { Engine } from '../../engine/engine.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import type { StatePort } from '../../engine/state/port.ts';
import { TABLES } from '../../engine/state/tables.ts';
import { errorFromData } from '../../runtime/errors.ts';
import { defaultEventsSettings, type EventsSettings, eventModules } from '../../runtime/events/index.ts';
import type { WriterModule } from '../../runtime/module.ts';
import { openWriter } from '../../runtime/open-writer.ts';
import type { LogEntry, Outcome } from '../../runtime/protocol.ts';
import type { WriterCore } from '../../runtime/writer-core.ts';
import type { Database } from '../../store/database.ts';
import { type DataFolder, IN_MEMORY } from '../../store/folder.ts';
import type { Positioned } from '../../store/journal.ts';
import { NoRestError, TestEngineError } from './errors.ts';

export interface MachineOptions {
  /** Epoch ms. */
  readonly startAt: number;
  readonly settings: Partial<EventsSettings>;
  /** Records that one step of a test may cause before it counts as an endless loop. */
  readonly maxRecords: number;
}

export const CLOSED = 'The test engine was closed.';

interface Caller {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A request to the writer. `done` tells whether it is answered, which it is at once unless something holds it back. */
export interface Asked<Value> {
  readonly id: number;
  readonly answer: Promise<Value>;
  done(): boolean;
}

/** Tests send events to whatever address a model names: nobody is called. */
class EveryTarget extends Targets {
  override resolve(address: string) {
    const known = super.resolve(address);
    const url = known.ok ? null : URL.parse(address);
    const callable =
      url !== null &&
      (url.protocol === 'http:' || url.protocol === 'https:') &&
      url.username === '' &&
      url.password === '';
    return callable ? { ok: true as const, url } : known;
  }
}

/**
 * The product's own writer, engine, router and event side over a database in memory, on this thread and without
 * timers: each request runs all it causes before {@link ask} returns.
 */
export class Machine {
  readonly #core: WriterCore;
  readonly #folder: DataFolder;
  readonly #engine: Engine;
  readonly #modules: readonly WriterModule[];
  readonly #maxRecords: number;
  readonly #callers = new Map<number, Caller>();
  readonly #problems: LogEntry[] = [];
  #lastId = 0;
  #closed = false;
  #read = 0;

  constructor({ startAt, settings, maxRecords }: MachineOptions) {
    this.#engine = createEngine();
    this.#maxRecords = maxRecords;
    this.#modules = eventModules({
      settings,
      chance: () => 1,
      newEngineId: () => `test-${randomUUID()}`,
      targets: new EveryTarget({ hostMap: [], allowed: [] }),
    });
    const { core, folder } = openWriter(
      { data: IN_MEMORY, clock: 'controllable' },
      {
        engine: this.#engine,
        tables: TABLES,
        modules: this.#modules,
        reservedJobTypes: settings.jobTypes ?? defaultEventsSettings.jobTypes,
      },
      {
        systemTime: () => startAt,
        monotonic: () => performance.now(),
        log: (entry) => {
          if (entry.level === 'error') this.#problems.push(entry);
        },
      },
    );
    this.#core = core;
    this.#folder = folder;
    this.setClock(startAt);
  }

  get db(): Database {
    return this.#folder.db;
  }

  get state(): StatePort {
    return this.#folder.state;
  }

  /** Of the last record. */
  get position(): number {
    return this.#core.status().position;
  }

  /** Epoch ms. */
  get now(): number {
    return this.#core.status().clock.now;
  }

  /** Sends a request of any kind that the writer knows, and runs all that it causes. */
  ask<Value>(kind: string, body: unknown): Asked<Value> {
    if (this.#closed) throw new TestEngineError(CLOSED);
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#callers.set(id, { resolve, reject });
    }) as Promise<Value>;
    // Who asks may look later, or never if the run itself throws.
    answer.catch(() => undefined);
    this.#core.submit([{ id, kind, body }]);
    this.#run();
    return { id, answer, done: () => !this.#callers.has(id) };
  }

  /** Nobody waits for this answer any more. */
  cancel(id: number): void {
    this.#core.cancel([id]);
    this.#run();
  }

  /** Moves the clock and runs what is due. */
  setClock(epochMs: number): void {
    void this.ask('clock', { pin: epochMs });
  }

  /** Epoch ms at which engine or router have something to do, after the present time. */
  nextDue(): number | undefined {
    const times = [this.#engine.nextDue(this.state), ...this.#modules.map((module) => module.nextDue?.())];
    const later = times.filter((time) => time !== undefined && time > this.now) as number[];
    return later.length === 0 ? undefined : Math.min(...later);
  }

  /** Records that were not taken yet, in the order of the journal. */
  takeRecords(): readonly Positioned<LogRecord>[] {
    const taken: Positioned<LogRecord>[] = [];
    for (;;) {
      const some = this.#folder.journal.read<LogRecord>(this.#read, 1000);
      const last = some.at(-1);
      if (last === undefined) return taken;
      taken.push(...some);
      this.#read = last.position;
    }
  }

  close(): void {
    this.#closed = true;
    this.#core.cancelAll();
    for (const { reject } of this.#callers.values()) reject(new TestEngineError(CLOSED));
    this.#callers.clear();
    this.#folder.close();
  }

  #run(): void {
    const from = this.#core.status().position;
    do {
      this.#settle(this.#core.run());
      if (this.#core.status().position - from > this.#maxRecords) throw new NoRestError(this.#maxRecords);
    } while (this.#core.sleepMs() === 0);
    const [problem] = this.#problems.splice(0);
    if (problem) throw new TestEngineError(`The engine failed: ${problem.message}`, { cause: problem.error });
  }

  #settle({ replies }: Outcome): void {
    for (const reply of replies) {
      const caller = this.#callers.get(reply.id);
      this.#callers.delete(reply.id);
      if (reply.ok) caller?.resolve(reply.value);
      else caller?.reject(errorFromData(reply.error));
    }
  }
}
