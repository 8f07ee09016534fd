import { AssertionError } from 'node:assert';
import { type JobHandler, type JobOutcome, outcomeOfAnswer, outcomeOfError } from '../../client/job.ts';
import type { Answer } from '../../engine/records/command.ts';
import { JOBS, type JobRow } from '../../engine/state/tables.ts';
import { documentOf } from './documents.ts';
import { RejectedCommandError } from './errors.ts';
import { jobOf } from './job.ts';
import { engineResult } from './job-result.ts';
import type { Session } from './session.ts';

interface ActivatedJobs {
  readonly jobs: readonly { readonly key: number; readonly value: JobRow['value'] }[];
}

/** ms; a handler of a test takes no time on the virtual clock. */
const TIMEOUT = 5 * 60 * 1000;

/** Handlers of the test that do jobs as workers would, one job after the other. */
export class Workers {
  readonly #session: Session;
  // biome-ignore lint/suspicious/noExplicitAny: each handler names the variables that its jobs have
  readonly #handlers = new Map<string, JobHandler<any, any>>();
  readonly #stopping = new AbortController();

  constructor(session: Session) {
    this.#session = session;
  }

  // biome-ignore lint/suspicious/noExplicitAny: see above
  set(type: string, handler: JobHandler<any, any>): void {
    this.#handlers.set(type, handler);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Takes one job of a handler's type; undefined if there is none. */
  async activate(type: string): Promise<ActivatedJobs['jobs'][number] | undefined> {
    const { machine } = this.#session;
    const [open] = machine.state.scan(JOBS, 'activatable', [type], { limit: 1 });
    if (!open) return undefined;
    const value = { type, worker: 'test', timeout: TIMEOUT, maxJobsToActivate: 1, fetchVariables: [] };
    const request = { valueType: 'JOB_BATCH', intent: 'ACTIVATE', value };
    const answer = await machine.ask<Answer<ActivatedJobs>>('command', request).answer;
    return answer.kind === 'accepted' ? answer.value.jobs[0] : undefined;
  }

  /** Does one job; false if there is none to do. */
  async work(): Promise<boolean> {
    for (const [type, handler] of this.#handlers) {
      const job = await this.activate(type);
      if (!job) continue;
      const plain = jobOf(job.key, job.value);
      const outcome = await this.#outcome(() => handler(plain, this.#stopping.signal), job.value.retries);
      await this.report(job.key, outcome);
      return true;
    }
    return false;
  }

  /** Tells the engine what a job came to. What was done about it meanwhile stands. */
  async report(key: number, outcome: JobOutcome): Promise<void> {
    try {
      await this.#session.run(() => tellOutcome(this.#session, key, outcome));
    } catch (error) {
      if (!(error instanceof RejectedCommandError && error.type === 'NOT_FOUND')) throw error;
    }
  }

  async #outcome(work: () => unknown, retries: number): Promise<JobOutcome> {
    try {
      return outcomeOfAnswer(await this.#session.run(work));
    } catch (error) {
      // A test that fails within its handler has failed.
      if (error instanceof AssertionError) throw error;
      return outcomeOfError(error, retries);
    }
  }
}

export async function tellOutcome(session: Session, key: number, outcome: JobOutcome): Promise<void> {
  const variables = documentOf(outcome.variables);
  switch (outcome.kind) {
    case 'completed': {
      const value = { variables, ...(outcome.result && { result: engineResult(outcome.result) }) };
      await session.execute({ valueType: 'JOB', intent: 'COMPLETE', key, value });
      return;
    }
    case 'error': {
      const { errorCode, errorMessage } = outcome;
      const value = { errorCode, errorMessage, variables };
      await session.execute({ valueType: 'JOB', intent: 'THROW_ERROR', key, value });
      return;
    }
    case 'failed': {
      const { retries, retryBackOff, errorMessage } = outcome;
      const value = { retries, retryBackOff, errorMessage, variables };
      await session.execute({ valueType: 'JOB', intent: 'FAIL', key, value });
      return;
    }
  }
}
