import { AsyncLocalStorage } from 'node:async_hooks';
import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import { MESSAGE_SUBSCRIPTIONS, START_SUBSCRIPTIONS } from '../../engine/state/tables.ts';
import { type Fate, type KeptFate, type NearMiss, tellFate, wholeFate } from '../../router/index.ts';
import type { EventsSettings } from '../../runtime/events/index.ts';
import { NoRestError, RejectedCommandError, TestEngineError } from './errors.ts';
import { CLOSED, Machine, type MachineOptions } from './machine.ts';
import { nearest } from './nearest.ts';
import { Receiver } from './receiver.ts';
import { Trails } from './trail.ts';
import { Workers } from './workers.ts';

export interface SessionOptions extends MachineOptions {
  readonly settings: EventsSettings;
  readonly subscriber: boolean;
}

/** An event that did not move any process, and why. */
export interface Miss {
  readonly type: string;
  readonly told: string;
}

/** Times at which something may be due in one move of the clock. */
const MOST_STOPS = 100_000;

/**
 * What the parts of a test engine share. Each step runs the writer, then hands jobs and events to the test's handlers
 * until nothing is left to do; only then it is answered.
 */
export class Session {
  readonly machine: Machine;
  readonly trails = new Trails();
  readonly receiver: Receiver;
  readonly workers: Workers;
  readonly misses: Miss[] = [];
  /** Types of the jobs that send events. */
  readonly jobTypes: readonly string[];
  readonly #maxRecords: number;
  readonly #inside = new AsyncLocalStorage<true>();
  #settling: Promise<void> | undefined;
  #closed = false;

  constructor(options: SessionOptions) {
    this.machine = new Machine(options);
    this.#maxRecords = options.maxRecords;
    this.jobTypes = options.settings.jobTypes;
    this.receiver = new Receiver(this.machine, options.subscriber);
    this.workers = new Workers(this);
  }

  /** Carries out a command of the engine; its value, or undefined if a task listener holds the answer back. */
  async execute<Value>(command: ClientCommand): Promise<{ readonly key: number; readonly value: Value }> {
    const answer = await this.ask<Answer<Value> | undefined>('command', command);
    if (answer?.kind === 'rejected') throw new RejectedCommandError(answer.type, answer.reason);
    return { key: answer?.key ?? -1, value: answer?.value as Value };
  }

  /** Sends a request to the writer and waits until all is quiet. */
  async ask<Value>(kind: string, body: unknown): Promise<Value> {
    this.#checkOpen();
    const asked = this.machine.ask<Value>(kind, body);
    await this.settle();
    // Held back by something that no handler of the test does.
    if (!asked.done()) this.machine.cancel(asked.id);
    return asked.answer;
  }

  /** Waits until neither the engine nor a handler has anything to do at the present time. */
  async settle(): Promise<void> {
    this.take();
    // A handler must not wait for the end of what it is a part of.
    if (this.#inside.getStore()) return;
    this.#settling ??= this.#rest();
    await this.#settling;
  }

  /** Lets time pass; what falls due happens at its own time. */
  async moveClock(until: number): Promise<void> {
    this.#checkOpen();
    if (this.#inside.getStore()) throw new TestEngineError('A handler cannot move the clock.');
    await this.settle();
    for (let stops = 0; ; stops++) {
      const times = [this.machine.nextDue(), this.receiver.nextDue()].filter((time) => time !== undefined);
      const next = Math.min(...times, until);
      if (stops > MOST_STOPS)
        throw new TestEngineError(
          `Something falls due more than ${MOST_STOPS} times on the way. Advance by less.`,
        );
      this.machine.setClock(next);
      await this.settle();
      if (next >= until) return;
    }
  }

  /** Folds what the journal has new. */
  take(): void {
    for (const { record } of this.machine.takeRecords()) {
      this.trails.apply(record);
      if (record.valueType !== 'CLOUD_EVENT') continue;
      const { sequence, causeJob, type, fates = [] } = record.value;
      const place = causeJob === undefined ? undefined : this.trails.jobs.get(causeJob);
      if (record.intent === 'RECEIVED' && place) this.receiver.collect(sequence, place);
      for (const kept of fates as readonly KeptFate[]) {
        const fate = wholeFate(kept, type);
        // What processes send need not come back to any.
        const isOutgoing = fate.kind === 'unmatched' && this.receiver.isSent(sequence);
        const told = isOutgoing ? undefined : this.#tellMiss(type, fate);
        if (told !== undefined) this.misses.push({ type, told });
      }
    }
  }

  /** Runs a handler of the test: the steps it takes do not wait for the end of the step that it is a part of. */
  run(work: () => unknown): Promise<unknown> {
    return this.#inside.run(true, async () => work());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.workers.stop();
    this.machine.close();
  }

  /** Names of messages that somebody waits for or that start a process. */
  #awaitedNames(): string[] {
    const { state } = this.machine;
    const open = [...state.scan(MESSAGE_SUBSCRIPTIONS, 'open', [])].map(({ value }) => value.messageName);
    const starts = [...state.scan(START_SUBSCRIPTIONS, 'byName', [])].map(({ messageName }) => messageName);
    return [...open, ...starts];
  }

  async #rest(): Promise<void> {
    await undefined;
    try {
      const from = this.machine.position;
      while (!this.#closed) {
        if (this.machine.position - from > this.#maxRecords) throw new NoRestError(this.#maxRecords);
        this.take();
        if (await this.receiver.deliver((work) => this.run(work))) continue;
        if (await this.workers.work()) continue;
        return;
      }
    } finally {
      // In the same moment as the last look, so that no step waits for a run that has ended.
      this.#settling = undefined;
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new TestEngineError(CLOSED);
  }

  /** Why an event had no effect, if it had none; undefined for other fates. */
  #tellMiss(type: string, fate: Fate): string | undefined {
    switch (fate.kind) {
      case 'unmatched': {
        const near = nearest(type, this.#awaitedNames());
        const question = near === undefined || near === type ? '' : ` Did you mean "${near}"?`;
        return `${tellFate(fate)}${question}${nearText(fate.nearMisses)}`;
      }
      case 'buffered':
        return `${tellFate(fate)}.${nearText(fate.nearMisses)}`;
      case 'unusableReply':
      case 'lateReply':
      case 'unknownJob':
      case 'earlyReply':
      case 'refused':
      case 'expired':
      case 'deadLettered':
      case 'failed':
        return tellFate(fate);
      default:
        return undefined;
    }
  }
}

function nearText(nearMisses: readonly NearMiss[] = []): string {
  if (nearMisses.length === 0) return '';
  const waits = nearMisses.map(
    ({ messageName, correlationKey, elementId }) =>
      `"${elementId}" for "${messageName}" with key "${correlationKey}"`,
  );
  return ` What waits is ${waits.join(', ')}.`;
}
