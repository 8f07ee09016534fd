import type { Answer, ClientCommand, JobActivationRequest } from '../../engine/records/command.ts';
import { userTaskOfJob } from '../../engine/records/job-user-task.ts';
import type { DurableRuntime } from '../../runtime/client.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { documentText } from '../json.ts';
import { type ActivatedJob, type ActivatedJobs, LONG_POLL_MS, TENANT } from '../rest/context.ts';
import type { JobSink, Streaming, Unary } from './call.ts';
import { carryOut } from './carry-out.ts';
import { document, key, message, number, tenants, text, texts } from './fields.ts';
import { jobResultOf } from './job-result.ts';
import type { Message } from './protocol.ts';

/** Characters of variables and headers in one answer; clients take messages of 4 MiB. */
const MOST_IN_ONE = 1024 * 1024;
/** Jobs that are taken for a stream at a time. */
const STREAM_BATCH = 32;
/** How long a client may take to accept jobs that were pushed to it, before they go to another. */
const SLOW_MS = 10_000;
/** A stream asks again after so long in vain. */
const STREAM_POLL_MS = 24 * 60 * 60 * 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type JobCommand = Extract<ClientCommand, { readonly valueType: 'JOB'; readonly value: object }>;
/** Of a union, member by member. */
type Without<Union, Names extends PropertyKey> = Union extends unknown ? Omit<Union, Names> : never;

export function jobCalls(runtime: DurableRuntime): Record<string, Unary> {
  const job = (request: Message, command: Without<JobCommand, 'valueType' | 'key'>): Promise<Message> =>
    carryOut(runtime, { valueType: 'JOB', key: key(request, 'jobKey'), ...command } as JobCommand);
  return {
    CompleteJob: (request) => {
      const variables = document(request);
      const result = jobResultOf(message(request, 'result'));
      return job(request, { intent: 'COMPLETE', value: { variables, ...(result && { result }) } });
    },
    FailJob: (request) => {
      const value = {
        retries: number(request, 'retries'),
        errorMessage: text(request, 'errorMessage'),
        retryBackOff: number(request, 'retryBackOff'),
        variables: document(request),
      };
      return job(request, { intent: 'FAIL', value });
    },
    ThrowError: (request) => {
      const value = {
        errorCode: text(request, 'errorCode'),
        errorMessage: text(request, 'errorMessage'),
        variables: document(request),
      };
      return job(request, { intent: 'THROW_ERROR', value });
    },
    UpdateJobRetries: (request) =>
      job(request, { intent: 'UPDATE_RETRIES', value: { retries: number(request, 'retries') } }),
    UpdateJobTimeout: (request) =>
      job(request, { intent: 'UPDATE_TIMEOUT', value: { timeout: number(request, 'timeout') } }),
  };
}

export function jobStreams(runtime: DurableRuntime): Record<string, Streaming> {
  return {
    ActivateJobs: async (request, sink, { signal }) => {
      tenants('ActivateJobs', request);
      const requestTimeout = number(request, 'requestTimeout');
      const waitMs = requestTimeout === 0 ? LONG_POLL_MS : Math.max(0, requestTimeout);
      const activation = activationOf(request, number(request, 'maxJobsToActivate'));
      // As in Zeebe: nobody asks the engine for no jobs.
      if (activation.maxJobsToActivate < 1) return pause(waitMs, signal);
      const jobs = jobsOf(await runtime.activateJobs(activation, waitMs, signal));
      await send(runtime, groupsOf(jobs), sink, (group) => ({ jobs: group.map(render) }));
    },
    StreamActivatedJobs: async (request, sink, { signal }) => {
      tenants('StreamActivatedJobs', request);
      refuseStream(request);
      const activation = activationOf(request, STREAM_BATCH);
      const ended = new AbortController();
      const either = AbortSignal.any([signal, ended.signal]);
      const ask = (): Promise<Answer> => runtime.activateJobs(activation, STREAM_POLL_MS, either, true);
      // The next jobs are asked for before these are sent: else more would be made while nobody waits for them.
      let next = ask();
      try {
        while (!signal.aborted) {
          const groups = jobsOf(await next).map((job) => [job]);
          if (!signal.aborted) next = ask();
          await send(runtime, groups, sink, ([job]) => render(job as ActivatedJob));
        }
      } finally {
        ended.abort();
        await runtime.returnJobs(await next);
      }
    },
  };
}

function activationOf(request: Message, maxJobsToActivate: number): JobActivationRequest {
  return {
    type: text(request, 'type'),
    worker: text(request, 'worker'),
    timeout: number(request, 'timeout'),
    maxJobsToActivate,
    fetchVariables: texts(request, 'fetchVariable'),
  };
}

function refuseStream(request: Message): void {
  const timeout = number(request, 'timeout');
  const problem =
    text(request, 'type').trim() === ''
      ? 'type to be present, but it was blank'
      : timeout < 1 && `timeout to be greater than zero, but it was ${timeout}`;
  if (problem)
    throw new GatewayError('INVALID_ARGUMENT', `Expected to stream activated jobs with ${problem}`);
}

function jobsOf(answer: Answer): readonly ActivatedJob[] {
  return acceptedOf(answer as Answer<ActivatedJobs>).value.jobs;
}

/** Sends jobs message by message. What a client that is gone or too slow has not taken is given back at once. */
async function send(
  runtime: DurableRuntime,
  groups: readonly (readonly ActivatedJob[])[],
  sink: JobSink,
  messageOf: (group: readonly ActivatedJob[]) => Message,
): Promise<void> {
  for (const [at, group] of groups.entries()) {
    try {
      await sink.write(messageOf(group), SLOW_MS);
    } catch (error) {
      const jobs = groups.slice(at).flat();
      await runtime.returnJobs({ kind: 'accepted', key: -1, value: { jobs, truncated: false } });
      throw new GatewayError('CANCELLED', error instanceof Error ? error.message : String(error));
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A longer one would be over at once.
    const timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS));
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

/** Jobs in their order, so that each group fits into one message. */
function groupsOf(jobs: readonly ActivatedJob[]): ActivatedJob[][] {
  const groups: ActivatedJob[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const job of jobs) {
    const length = lengthOf(job);
    if (size + length > MOST_IN_ONE) {
      groups.push([]);
      size = 0;
    }
    size += length;
    groups.at(-1)?.push(job);
  }
  return groups;
}

function lengthOf({ value }: ActivatedJob): number {
  let length = 500;
  for (const [name, json] of value.variables) length += name.length + json.length;
  return length;
}

function render({ key: jobKey, value: job }: ActivatedJob): Message {
  return {
    key: jobKey,
    type: job.type,
    processInstanceKey: job.processInstanceKey,
    bpmnProcessId: job.bpmnProcessId,
    processDefinitionVersion: job.processDefinitionVersion,
    processDefinitionKey: job.processDefinitionKey,
    elementId: job.elementId,
    elementInstanceKey: job.elementInstanceKey,
    customHeaders: JSON.stringify(job.customHeaders),
    worker: job.worker,
    retries: job.retries,
    deadline: job.deadline,
    variables: documentText(job.variables),
    tenantId: TENANT,
    kind: job.jobKind,
    listenerEventType: job.jobListenerEventType,
    tags: job.tags ?? [],
    userTask: userTaskOfJob(job),
  };
}
