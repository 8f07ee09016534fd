import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formOf, isBpmn, parseBpmn, parseForm, unknownType } from '../../bpmn/index.ts';
import { parseDmn } from '../../dmn/index.ts';
import { createEngine, type EngineOptions } from '../../engine/create-engine.ts';
import type { Engine, Turn } from '../../engine/engine.ts';
import { awaitedAnswer } from '../../engine/records/awaited-answer.ts';
import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import type { ResourceValue } from '../../engine/records/record.ts';
import { MemoryState } from '../../engine/state/memory.ts';
import { type Change, Overlay } from '../../engine/state/overlay.ts';
import type { StatePort } from '../../engine/state/port.ts';
import { Tracker } from './tracker.ts';

/** A key that the engine never gives out. */
export const NO_SUCH_KEY = 2_251_799_813_685_248;
const DEFAULT_START = '2039-01-01T00:00:00Z';

/** The step needs something that the engine does not have yet. */
export class UnsupportedStepError extends Error {
  readonly code = 'UNSUPPORTED_STEP';
}

/** A process that runs without ever waiting. */
export class EndlessError extends Error {
  readonly code = 'ENDLESS';
}

/** A command whose answer task listeners hold back. */
interface HeldBack {
  readonly step: number;
  readonly command: ClientCommand;
  readonly awaits: number;
}

export interface SessionOptions extends EngineOptions {
  /** A step that brings the log beyond this many records throws `EndlessError`: such a process may run for ever. */
  readonly mostRecords?: number;
  /** Another empty state than one in memory, and how it takes what a turn changed. */
  readonly store?: {
    readonly state: StatePort;
    commit(changes: readonly Change[], records: readonly LogRecord[], now: number): void;
  };
}

/** An empty engine in memory with a clock of its own, driven as a runtime drives it. */
export class Session {
  readonly state = new MemoryState();
  readonly tracker = new Tracker();
  /** All records so far. */
  readonly log: LogRecord[] = [];
  now: number;
  /** Number of the step that is being done, from 1. */
  step = 0;
  /** Answers of earlier steps that came since they were taken. */
  readonly answers: { readonly step: number; readonly command: ClientCommand; readonly answer: Answer }[] =
    [];
  #heldBack: readonly HeldBack[] = [];
  readonly #engine: Engine;
  readonly #store: SessionOptions['store'];
  readonly #mostRecords: number;
  readonly #folder: string;
  readonly #jobs = new Map<string, number>();
  readonly #keyOfName = new Map<string, number>();
  readonly #nameOfKey = new Map<number, string>();

  constructor(folder: string, startAt: string | undefined, options: SessionOptions = {}) {
    this.#folder = folder;
    this.now = Date.parse(startAt ?? DEFAULT_START);
    this.#engine = createEngine(options);
    this.#store = options.store;
    this.#mostRecords = options.mostRecords ?? Number.POSITIVE_INFINITY;
  }

  /** Carries out a command and all that follows from it. */
  execute(command: ClientCommand): Answer {
    const turn = this.#turn((state) => this.#engine.process(command, state, this.now));
    const answer = turn?.answer;
    if (answer === undefined) throw new Error(`No answer to ${command.valueType} ${command.intent}`);
    if (answer.kind === 'accepted' && answer.awaits !== undefined)
      this.#heldBack = [...this.#heldBack, { step: this.step, command, awaits: answer.awaits }];
    this.#resume();
    return answer;
  }

  /** Moves the clock, and does what is due then. */
  advance(milliseconds: number): void {
    this.now += milliseconds;
    const due = this.#engine.due(this.#store?.state ?? this.state, this.now, Number.MAX_SAFE_INTEGER);
    // What came to nothing by what happened before it is refused, as the engine's own checkers are.
    for (const command of due) this.execute(command);
  }

  #resume(): void {
    while (this.#turn((state) => this.#engine.resume(state, this.now)) !== undefined) {
      // Until nothing is left over.
    }
  }

  #turn(work: (state: Overlay) => Turn | undefined): Turn | undefined {
    const overlay = new Overlay(this.#store?.state ?? this.state);
    const turn = work(overlay);
    if (this.#store === undefined) overlay.mergeInto(this.state);
    else this.#store.commit(overlay.changes(), turn?.records ?? [], this.now);
    for (const record of turn?.records ?? []) {
      this.log.push(record);
      this.#settle(record);
      this.tracker.note(record);
    }
    if (this.log.length > this.#mostRecords) throw new EndlessError(`More than ${this.#mostRecords} records`);
    return turn;
  }

  #settle(record: LogRecord): void {
    for (const held of this.#heldBack.filter(({ awaits }) => awaits === record.key)) {
      const answer = awaitedAnswer(held.command, record);
      if (answer === undefined) continue;
      this.#heldBack = this.#heldBack.filter((other) => other !== held);
      this.answers.push({ step: held.step, command: held.command, answer });
    }
  }

  /** Reads and parses a file of the scenario's folder. */
  async resource(resourceName: string): Promise<ResourceValue> {
    const resource = readFileSync(join(this.#folder, resourceName), 'utf8');
    const checksum = createHash('md5').update(resource).digest('base64');
    if (resourceName.endsWith('.form')) {
      const form = parseForm(resourceName, resource);
      const base = { resourceName, resource, checksum, processes: [] };
      return form.ok ? { ...base, ...formOf(form) } : { ...base, problems: form.problems };
    }
    if (resourceName.endsWith('.dmn')) {
      const parsed = parseDmn(resourceName, resource);
      const base = { resourceName, resource, checksum, processes: [] };
      return parsed.ok ? { ...base, decisions: parsed.graph } : { ...base, problems: parsed.problems };
    }
    if (!isBpmn(resourceName))
      return { resourceName, resource, checksum, processes: [], problems: unknownType(resourceName) };
    const parsed = await parseBpmn(resourceName, resource);
    if (parsed.ok) return { resourceName, resource, checksum, processes: parsed.processes };
    return { resourceName, resource, checksum, processes: [], problems: parsed.problems };
  }

  nameInstance(name: string, key: number): void {
    this.#keyOfName.set(name, key);
    this.#nameOfKey.set(key, name);
  }

  instanceKey(name: string): number {
    return this.#keyOfName.get(name) ?? NO_SUCH_KEY;
  }

  /** Names of instances that the scenario did not name count the instances of their process. */
  instanceName(key: number): string {
    const known = this.#nameOfKey.get(key);
    if (known !== undefined) return known;
    const id = this.tracker.elementId(key);
    const earlier = [...this.#nameOfKey.keys()].filter((other) => this.tracker.elementId(other) === id);
    const name = `${id}#${earlier.length + 1}`;
    this.nameInstance(name, key);
    return name;
  }

  get instanceCount(): number {
    return this.#nameOfKey.size;
  }

  nameJobs(name: string, keys: readonly number[]): void {
    keys.forEach((key, index) => {
      this.#jobs.set(index === 0 ? name : `${name}${index + 1}`, key);
    });
  }

  jobKey(name: string): number {
    return this.#jobs.get(name) ?? NO_SUCH_KEY;
  }
}
