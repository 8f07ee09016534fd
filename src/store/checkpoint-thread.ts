import { Worker } from 'node:worker_threads';
import type { Checkpointer } from './checkpoints.ts';

/**
 * A thread with a connection of its own that writes the WAL back when asked. It starts when it is asked for the first
 * time: a thread takes 10 MB, and a server without much to do writes back the little there is by itself.
 */
export class CheckpointThread implements Checkpointer {
  readonly #file: string;
  #worker: Worker | undefined;
  #ended: Promise<void> = Promise.resolve();
  #done: (() => void) | undefined;

  /** @param file the database */
  constructor(file: string) {
    this.#file = file;
  }

  run(done: () => void): void {
    this.#done = done;
    this.#worker ??= this.#start();
    this.#worker.postMessage('checkpoint');
  }

  /** Resolves when its connection is closed. */
  close(): Promise<void> {
    // Until then it keeps the process alive.
    this.#worker?.ref();
    this.#worker?.postMessage('close');
    return this.#ended;
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    const worker = new Worker(new URL(`./checkpoint-worker${extension}`, import.meta.url), {
      workerData: this.#file,
      name: 'tutti-checkpoints',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
    });
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', () => this.#finish());
    worker.on('error', () => {
      // Without the thread the writer does all of it; the next time another one may do better.
      this.#worker = undefined;
      this.#finish();
    });
    worker.unref();
    return worker;
  }

  #finish(): void {
    this.#done?.();
    this.#done = undefined;
  }
}
