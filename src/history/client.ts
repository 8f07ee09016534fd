import { Worker } from 'node:worker_threads';
import type { HistoryQueries, HistoryQueryName } from './history.ts';
import type { FromHistory, HistoryWorkerData, ToHistory } from './protocol.ts';
import { type HistoryAnswer, type HistoryChange, type ReadModel, ReadModelLagError } from './readmodel.ts';
import { InvalidCursorError } from './search.ts';

export interface HistoryOptions {
  /** The data folder: the journal is read there. */
  readonly folder: string;
  /** The read model's file. */
  readonly file: string;
  /** Position of the last synced record, asked at each query's arrival. */
  readonly journalPosition: () => number;
  /** How long a query waits for the projection. @defaultValue 5000 ms */
  readonly patienceMs?: number;
  /** Types of the jobs that the router serves; compliance reads their events. @defaultValue cloudevents, knative */
  readonly jobTypes?: readonly string[];
  /** Told once when the projection starts to fail; it goes on trying. */
  readonly onFailure?: (reason: string) => void;
}

interface Pending {
  readonly name: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** ms between two words of growth under load, and before the first: rows that live shorter are written once. */
const PACE_MS = 100;
const FIRST_MS = 5;

/**
 * The read model in its own thread. Queries carry the journal's position at their arrival and wait there for it, so
 * a caller always sees its own writes.
 */
export class HistoryClient implements ReadModel {
  readonly #worker: Worker;
  readonly #options: HistoryOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(change: HistoryChange) => void>();
  readonly #exited: Promise<void>;
  #position = 0;
  #nextId = 1;
  #closed: Error | undefined;
  /** Position that is to be passed on. */
  #told = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #telling: NodeJS.Timeout | undefined;

  private constructor(worker: Worker, options: HistoryOptions) {
    this.#worker = worker;
    this.#options = options;
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(new Error('The read model has stopped.'));
        resolve();
      });
    });
  }

  /** Starts the thread; resolves when its file is open. Rejects if it cannot be opened. */
  static start(options: HistoryOptions): Promise<HistoryClient> {
    const workerData: HistoryWorkerData = {
      folder: options.folder,
      file: options.file,
      patienceMs: options.patienceMs ?? 5000,
      jobTypes: options.jobTypes ?? ['cloudevents', 'knative'],
    };
    const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
    const worker = new Worker(new URL(entry, import.meta.url), {
      workerData,
      name: 'tutti-history',
      // Flags of the process may be about how it was started, and are refused for a thread.
      execArgv: [],
      // What a batch leaves behind dies young; room for more would only be filled.
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
    });
    const client = new HistoryClient(worker, options);
    return new Promise((resolve, reject) => {
      worker.on('error', (error) => {
        client.#fail(error instanceof Error ? error : new Error(String(error)));
        reject(error);
      });
      worker.on('message', (message: FromHistory) => {
        if (message.kind === 'ready') resolve(client);
        client.#receive(message);
      });
    });
  }

  query<Name extends HistoryQueryName>(
    name: Name,
    ...args: Parameters<HistoryQueries[Name]>
  ): Promise<HistoryAnswer<Name>> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const id = this.#nextId++;
    const position = this.#options.journalPosition();
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { name, resolve: resolve as (value: unknown) => void, reject });
      this.#send({ kind: 'query', id, position, name, args });
    });
  }

  /**
   * Says that the journal has grown. Passed on after a moment, so that the projection takes the records of many small
   * transactions together; a query does not wait for that.
   */
  notify(position: number): void {
    this.#told = position;
    this.#telling ??= setTimeout(
      () => {
        this.#telling = undefined;
        this.#toldAt = performance.now();
        if (this.#closed === undefined) this.#send({ kind: 'advance', position: this.#told });
      },
      Math.max(FIRST_MS, this.#toldAt + PACE_MS - performance.now()),
    );
  }

  position(): number {
    return this.#position;
  }

  onChange(listener: (change: HistoryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    clearTimeout(this.#telling);
    if (this.#closed === undefined) this.#send({ kind: 'close' });
    await this.#exited;
  }

  #send(message: ToHistory): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromHistory): void {
    switch (message.kind) {
      case 'ready':
        this.#position = message.position;
        return;
      case 'changed':
        this.#position = message.change.position;
        for (const listener of this.#listeners) listener(message.change);
        return;
      case 'failed':
        this.#options.onFailure?.(message.error);
        return;
      case 'answer': {
        const pending = this.#pending.get(message.id);
        this.#pending.delete(message.id);
        if (pending === undefined) return;
        if (message.ok) pending.resolve(message.value);
        else pending.reject(reviveError(message.error));
      }
    }
  }

  #fail(error: Error): void {
    this.#closed ??= error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function reviveError(error: { message: string; code: string; lag: number }): Error {
  switch (error.code) {
    case 'READ_MODEL_LAGGING':
      return Object.assign(new ReadModelLagError(error.lag), { message: error.message });
    case 'INVALID_CURSOR':
      return Object.assign(new InvalidCursorError(''), { message: error.message });
    default:
      return new Error(error.message);
  }
}
