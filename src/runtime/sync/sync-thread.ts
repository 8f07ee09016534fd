import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { syncFailed } from '../../store/errors.ts';
import { extension } from '../inline.ts';
import { post } from './crossing.ts';
import { GIVEN, type Numbered, PLACES, READY, type SyncWorkerData, TOLD } from './protocol.ts';

/**
 * A thread that syncs what was committed and tells then what the writer had to say of it, while the writer goes on. It
 * starts when it is asked for the first time: a thread takes memory, and few need it.
 *
 * Invariants
 * - Y1 Messages are told in the order in which they were given, each only when all that was committed before it was
 *   given is on disk.
 * - Y2 After a failure it tells nothing more, and `lost` is called with all that it has not told.
 */
export class SyncThread {
  readonly #file: string;
  readonly #out: MessagePort;
  readonly #lost: (messages: readonly Numbered[], error: Error) => void;
  readonly #shared = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT));
  #worker: Worker | undefined;
  #port: MessagePort | undefined;
  #ended = Promise.resolve();
  #underWay: Numbered[] = [];
  /** How many were told when that was last looked at. */
  #told = 0;
  #failed = false;

  /**
   * @param file the file to sync
   * @param out where to tell
   */
  constructor(file: string, out: MessagePort, lost: (messages: readonly Numbered[], error: Error) => void) {
    this.#file = file;
    this.#out = out;
    this.#lost = lost;
  }

  /** Whether it takes messages; if it has not been asked before, it starts. */
  ready(): boolean {
    if (this.#failed) return false;
    this.#worker ??= this.#start();
    return Atomics.load(this.#shared, READY) === 1;
  }

  /** Whether there are messages that it has not told yet. */
  busy(): boolean {
    const told = Atomics.load(this.#shared, TOLD);
    // It counts in 32 bits, over their end.
    const since = (told - this.#told) | 0;
    if (since > 0) this.#underWay = this.#underWay.slice(since);
    this.#told = told;
    return this.#underWay.length > 0;
  }

  give(message: Numbered): void {
    this.#underWay.push(message);
    if (this.#port) post(this.#port, message);
    this.#wake();
  }

  /** Resolves when all is told. */
  close(): Promise<void> {
    this.#port?.postMessage('close');
    this.#wake();
    return this.#ended;
  }

  #wake(): void {
    Atomics.add(this.#shared, GIVEN, 1);
    Atomics.notify(this.#shared, GIVEN);
  }

  #start(): Worker {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const data: SyncWorkerData = {
      shared: this.#shared,
      given: port2,
      out: this.#out,
      file: this.#file,
    };
    const worker = new Worker(new URL(`./sync-worker${extension()}`, import.meta.url), {
      workerData: data,
      transferList: [port2, this.#out],
      name: 'tutti-sync',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    worker.on('message', (reason: string) => this.#fail(reason));
    worker.on('error', (error) => this.#fail(error instanceof Error ? error.message : String(error)));
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        if (this.busy()) this.#fail('the thread that syncs has ended');
        resolve();
      });
    });
    return worker;
  }

  #fail(reason: string): void {
    this.#failed = true;
    if (!this.busy()) return;
    const messages = this.#underWay;
    this.#underWay = [];
    this.#lost(messages, syncFailed(reason));
  }
}
