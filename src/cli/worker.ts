import { setTimeout as sleep } from 'node:timers/promises';
import { arrayItems, RawJson } from '../gateway/json.ts';
import { bodyOf, membersOf } from './body.ts';
import { request, type Server, ServerRefusedError, send } from './client.ts';
import { type HandlerRun, runHandler } from './handler.ts';
import type { CommandIo } from './io.ts';
import { memberText } from './json-text.ts';
import { paint, printable, type Tone } from './terminal.ts';

export interface WorkerSettings {
  readonly server: Server;
  readonly type: string;
  readonly handler: string;
  /** Jobs at the same time. */
  readonly most: number;
  readonly timeoutMs: number;
  readonly backoffMs: number;
  readonly name: string;
  /** Names of variables; none means all. */
  readonly fetch: readonly string[];
  /** Jobs after which it ends. */
  readonly total: number;
}

interface Job {
  readonly jobKey: string;
  readonly type: string;
  readonly retries: number;
  readonly elementId: string;
  readonly processDefinitionId: string;
  readonly processInstanceKey: string;
}

/** The exit code by which a handler throws a BPMN error. */
const BPMN_ERROR = 3;
const POLL_MS = 10_000;
const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5000;
/** Attempts to tell the server what became of a job. */
const ATTEMPTS = 6;
/** A handler is ended so long before its job would be given to somebody else, at most. */
const MARGIN_MS = 1000;

/** Takes jobs as long as there is room for them, runs the handler for each, and tells the server what became of it. */
export class JobWorker {
  readonly #settings: WorkerSettings;
  readonly #io: CommandIo;
  readonly #running = new Set<Promise<void>>();
  #taken = 0;

  constructor(settings: WorkerSettings, io: CommandIo) {
    this.#settings = settings;
    this.#io = io;
  }

  /** Works until the signal aborts or the total is reached; what was begun is finished then. */
  async run(signal: AbortSignal): Promise<void> {
    const { total, type, server } = this.#settings;
    this.#io.out(`Waiting for jobs of type ${printable(type)} at ${server.url}; Ctrl-C ends it.`);
    let pause = FIRST_PAUSE_MS;
    let lost = false;
    while (!signal.aborted && this.#taken < total) {
      const room = Math.min(this.#settings.most - this.#running.size, total - this.#taken);
      if (room === 0) {
        await Promise.race(this.#running);
        continue;
      }
      try {
        const jobs = await this.#activate(room, signal);
        if (lost) this.#io.err('The connection is back.');
        lost = false;
        pause = FIRST_PAUSE_MS;
        for (const job of jobs) this.#begin(job);
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof ServerRefusedError && error.passing)) {
          await Promise.all(this.#running);
          throw error;
        }
        if (!lost) this.#io.err(`${error.message} Trying again until it is back.`);
        lost = true;
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        pause = Math.min(pause * 2, MOST_PAUSE_MS);
      }
    }
    if (this.#running.size > 0)
      this.#io.err(`Finishing ${this.#running.size} of them; Ctrl-C again leaves them.`);
    await Promise.all(this.#running);
  }

  async #activate(room: number, signal: AbortSignal): Promise<readonly string[]> {
    const { server, type, name, timeoutMs, fetch } = this.#settings;
    const body = bodyOf({
      type,
      worker: name,
      timeout: timeoutMs,
      maxJobsToActivate: room,
      requestTimeout: POLL_MS,
      fetchVariable: fetch.length > 0 ? fetch : undefined,
    });
    const headers = { 'content-type': 'application/json' };
    const response = await request(server, '/v2/jobs/activation', { method: 'POST', headers, body, signal });
    return arrayItems(memberText(await response.text(), 'jobs') ?? '[]') ?? [];
  }

  #begin(text: string): void {
    this.#taken += 1;
    const work = this.#work(text).finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #work(text: string): Promise<void> {
    const job = JSON.parse(text) as Job;
    const { handler, timeoutMs } = this.#settings;
    const environment = {
      ...this.#io.environment,
      TUTTI_JOB_KEY: job.jobKey,
      TUTTI_JOB_TYPE: job.type,
      TUTTI_JOB_RETRIES: String(job.retries),
      TUTTI_JOB_HEADERS: memberText(text, 'customHeaders') ?? '{}',
      TUTTI_ELEMENT_ID: job.elementId,
      TUTTI_PROCESS_ID: job.processDefinitionId,
      TUTTI_INSTANCE_KEY: job.processInstanceKey,
    };
    const variables = memberText(text, 'variables') ?? '{}';
    const limit = timeoutMs - Math.min(MARGIN_MS, timeoutMs / 10);
    const outcome = outcomeOf(job, await runHandler(handler, variables, environment, limit), this.#settings);
    const tone: Tone = outcome.path === 'completion' ? 'good' : outcome.path === 'error' ? 'waiting' : 'bad';
    try {
      await this.#tell(job.jobKey, outcome);
      this.#io.out(paint(this.#io, tone, printable(`Job ${job.jobKey} ${outcome.sentence}.`)));
    } catch (error) {
      this.#io.err(printable(`Job ${job.jobKey}: ${error instanceof Error ? error.message : error}`));
    }
  }

  /** The work is done, so a server that is away is waited for. */
  async #tell(key: string, { path, body }: JobOutcome): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await send(this.#settings.server, `/v2/jobs/${key}/${path}`, 'POST', body);
        return;
      } catch (error) {
        const again = error instanceof ServerRefusedError && error.passing && attempt < ATTEMPTS;
        if (!again) throw error;
        await sleep(Math.min(error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** attempt, MOST_PAUSE_MS));
      }
    }
  }
}

interface JobOutcome {
  readonly path: 'completion' | 'error' | 'failure';
  readonly body: string;
  /** Goes on after the job's key. */
  readonly sentence: string;
}

function outcomeOf(job: Job, run: HandlerRun, { backoffMs }: WorkerSettings): JobOutcome {
  const failed = (errorMessage: string): JobOutcome => {
    const retries = Math.max(0, job.retries - 1);
    return {
      path: 'failure',
      body: bodyOf({ retries, errorMessage, retryBackOff: backoffMs }),
      sentence: `failed, ${retries} ${retries === 1 ? 'retry' : 'retries'} left: ${errorMessage}`,
    };
  };
  if (run.problem !== undefined) return failed(`The handler was ended: ${run.problem}.`);
  if (run.code !== 0 && run.code !== BPMN_ERROR) {
    return failed(run.errors === '' ? `The handler ended with ${run.code ?? 'a signal'}.` : run.errors);
  }
  let members: Map<string, string>;
  try {
    members =
      run.output.trim() === '' ? new Map() : membersOf('standard output of the handler', run.output.trim());
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  if (run.code === 0) {
    return { path: 'completion', body: bodyOf({ variables: members }), sentence: 'completed' };
  }
  const errorCode: unknown = JSON.parse(members.get('errorCode') ?? 'null');
  if (typeof errorCode !== 'string' || errorCode === '') {
    return failed(`The handler ended with ${BPMN_ERROR}, but wrote no {"errorCode": "…"}.`);
  }
  const raw = (name: string) => {
    const text = members.get(name);
    return text === undefined ? undefined : new RawJson(text);
  };
  return {
    path: 'error',
    body: bodyOf({ errorCode, errorMessage: raw('errorMessage'), variables: raw('variables') }),
    sentence: `has thrown the error ${errorCode}`,
  };
}
