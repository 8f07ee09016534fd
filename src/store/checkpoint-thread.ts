import { Worker } from 'node:worker_threads';
import type { Checkpointer } from './checkpoints.ts';

/** A thread with a connection of its own that writes the WAL back when asked. */
export class CheckpointThread implements Checkpointer {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #done: (() => void) | undefined;

  /** @param file the database */
  constructor(file: string) {
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    this.#worker = new Worker(new URL(`./checkpoint-worker${extension}`, import.meta.url), {
      workerData: file,
      name: 'tutti-checkpoints',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    this.#ended = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
    this.#worker.on('message', () => this.#finish());
    // Without the thread the writer does all of it.
    this.#worker.on('error', () => this.#finish());
    this.#worker.unref();
  }

  run(done: () => void): void {
    this.#done = done;
    this.#worker.postMessage('checkpoint');
  }

  /** Resolves when its connection is closed. */
  close(): Promise<void> {
    // Until then it keeps the process alive.
    this.#worker.ref();
    this.#worker.postMessage('close');
    return this.#ended;
  }

  #finish(): void {
    this.#done?.();
    this.#done = undefined;
  }
}
