import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, JobActivationRequest } from '../engine/records/command.ts';
import { DataFolder } from '../store/folder.ts';
import type { DurableRuntime } from './client.ts';
import { type InlineOptions, startInlineRuntime } from './inline.ts';
import type { CommitSample, LogEntry } from './protocol.ts';
import { createParts } from './tiny-engine.test-helper.ts';

/** The data folder of one test, and the runtimes that ran on it. Call {@link clean} after each test. */
export class Harness {
  readonly data = mkdtempSync(join(tmpdir(), 'tutti-runtime-'));
  readonly commits: CommitSample[] = [];
  readonly log: LogEntry[] = [];
  readonly #running = new Set<DurableRuntime>();

  /** A runtime with the tiny engine on the test's own thread. */
  async inline(options: Partial<InlineOptions> = {}): Promise<DurableRuntime> {
    return this.keep(
      await startInlineRuntime({
        data: this.data,
        writer: createParts(),
        onCommit: (sample) => this.commits.push(sample),
        log: (entry) => this.log.push(entry),
        ...options,
      }),
    );
  }

  keep(runtime: DurableRuntime): DurableRuntime {
    this.#running.add(runtime);
    return runtime;
  }

  async stop(runtime: DurableRuntime): Promise<void> {
    this.#running.delete(runtime);
    await runtime.close();
  }

  inFolder<T>(look: (folder: DataFolder) => T): T {
    const folder = DataFolder.open(this.data);
    try {
      return look(folder);
    } finally {
      folder.close();
    }
  }

  async clean(): Promise<void> {
    for (const runtime of this.#running) await runtime.close();
    rmSync(this.data, { recursive: true });
  }
}

export function ask(type: string, most = 10): JobActivationRequest {
  return { type, worker: 'w', timeout: 60_000, maxJobsToActivate: most, fetchVariables: [] };
}

export function keyOf(answer: Answer | undefined): number {
  assert.equal(answer?.kind, 'accepted');
  return answer?.kind === 'accepted' ? answer.key : -1;
}

/** Lets the loop go round until something holds; the test's own time-out ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
