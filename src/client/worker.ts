import type { Connection } from './http.ts';
import { TuttiError } from './http.ts';
import { type Job, type JobHandler, type JobOutcome, outcomeOfAnswer, outcomeOfError } from './job.ts';
import { backOffMs, pause } from './pause.ts';

export interface WorkerOptions {
  /** Jobs under way at a time. @defaultValue 32 */
  readonly maxJobs?: number;
  /** ms until another worker may have a job that was not answered. @defaultValue 60,000 */
  readonly timeout?: number;
  /** Names of the variables that jobs come with. @defaultValue all */
  readonly fetchVariables?: readonly string[];
  /** Shown in the console. @defaultValue `tutti-client` */
  readonly name?: string;
  /** ms that one request waits for jobs. @defaultValue 20,000 */
  readonly pollMs?: number;
  /** First and longest ms between attempts while the server cannot be reached. @defaultValue 100 and 10,000 */
  readonly backOff?: { readonly firstMs: number; readonly mostMs: number };
  /** Told of what goes wrong beside the jobs: the server cannot be reached, or does not take an outcome. */
  readonly onError?: (error: unknown) => void;
}

interface ActivatedJob extends Omit<Job, 'key' | 'bpmnProcessId'> {
  readonly jobKey: string;
  readonly processDefinitionId: string;
}

/**
 * Asks for jobs of one type by long polls and does them. Each job is answered once: an answer that does not reach the
 * server is sent again for as long as the job's time-out lasts.
 */
export class Worker {
  readonly #connection: Connection;
  readonly #type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the caller names the variables that its jobs have
  readonly #handler: JobHandler<any, any>;
  readonly #maxJobs: number;
  readonly #timeout: number;
  readonly #options: WorkerOptions;
  readonly #firstMs: number;
  readonly #mostMs: number;
  /** Aborts polling. */
  readonly #stopping = new AbortController();
  /** Aborts handlers. */
  readonly #cutOff = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #polling: Promise<void>;
  #slot: () => void = () => undefined;

  // biome-ignore lint/suspicious/noExplicitAny: see above
  constructor(connection: Connection, type: string, handler: JobHandler<any, any>, options: WorkerOptions) {
    const { maxJobs = 32, timeout = 60_000, backOff = { firstMs: 100, mostMs: 10_000 } } = options;
    if (!Number.isSafeInteger(maxJobs) || maxJobs < 1)
      throw new TypeError(`maxJobs must be a whole number above 0, not ${maxJobs}.`);
    this.#connection = connection;
    this.#type = type;
    this.#handler = handler;
    this.#maxJobs = maxJobs;
    this.#timeout = timeout;
    this.#options = options;
    this.#firstMs = backOff.firstMs;
    this.#mostMs = backOff.mostMs;
    this.#polling = this.#poll();
  }

  /**
   * Asks for no more jobs, and lets those under way end.
   * @param graceMs after which their signal aborts; what they come to then is still sent
   */
  async stop(graceMs = 10_000): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#cutOff.abort(), graceMs);
    try {
      await this.#polling;
      await Promise.all(this.#running);
    } finally {
      clearTimeout(timer);
      this.#cutOff.abort();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      const free = this.#maxJobs - this.#running.size;
      if (free === 0) {
        await new Promise<void>((resolve) => {
          this.#slot = resolve;
        });
        continue;
      }
      try {
        const jobs = await this.#activate(free);
        failures = 0;
        for (const job of jobs) this.#start(job);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.#options.onError?.(error);
        await pause(this.#waitMs(error, failures), signal);
      }
    }
  }

  async #activate(maxJobsToActivate: number): Promise<readonly ActivatedJob[]> {
    const { name = 'tutti-client', fetchVariables = [], pollMs = 20_000 } = this.#options;
    const request = {
      type: this.#type,
      worker: name,
      timeout: this.#timeout,
      maxJobsToActivate,
      requestTimeout: pollMs,
      ...(fetchVariables.length > 0 && { fetchVariable: fetchVariables }),
    };
    const { signal } = this.#stopping;
    const answer = await this.#connection.json<{ readonly jobs: readonly ActivatedJob[] }>(
      '/v2/jobs/activation',
      request,
      { signal },
    );
    return answer.jobs;
  }

  #start({ jobKey, processDefinitionId, ...activated }: ActivatedJob): void {
    const job: Job = { ...activated, key: jobKey, bpmnProcessId: processDefinitionId };
    const until = Date.now() + this.#timeout;
    const running = this.#do(job, until).finally(() => {
      this.#running.delete(running);
      this.#slot();
    });
    this.#running.add(running);
  }

  async #do(job: Job, until: number): Promise<void> {
    let outcome: JobOutcome;
    try {
      outcome = outcomeOfAnswer(await this.#handler(job, this.#cutOff.signal));
    } catch (error) {
      outcome = outcomeOfError(error, job.retries);
    }
    for (let failures = 1; ; failures++) {
      try {
        await this.#tell(job.key, outcome);
        return;
      } catch (error) {
        const waitMs = this.#waitMs(error, failures);
        const isFinal = error instanceof TuttiError && !error.passing;
        if (isFinal || Date.now() + waitMs > until) {
          this.#options.onError?.(error);
          return;
        }
        await pause(waitMs, this.#cutOff.signal);
        if (this.#cutOff.signal.aborted) return;
      }
    }
  }

  async #tell(key: string, outcome: JobOutcome): Promise<void> {
    const { kind, ...body } = outcome;
    const path = { completed: 'completion', error: 'error', failed: 'failure' }[kind];
    await this.#connection.json(`/v2/jobs/${key}/${path}`, body);
  }

  #waitMs(error: unknown, failures: number): number {
    const asked = error instanceof TuttiError ? error.retryAfterMs : undefined;
    return asked ?? backOffMs(failures, this.#firstMs, this.#mostMs);
  }
}
