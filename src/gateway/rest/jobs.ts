import type { Answer } from '../../engine/records/command.ts';
import { userTaskOfJob } from '../../engine/records/job-user-task.ts';
import type { JobValue } from '../../engine/records/record.ts';
import { acceptedOf } from '../errors.ts';
import { json, type Route } from '../http.ts';
import { command, operation } from './command.ts';
import {
  type ActivatedJob,
  type ActivatedJobs,
  type GatewayContext,
  LONG_POLL_MS,
  TENANT,
} from './context.ts';
import { jobResultOf } from './job-result.ts';
import { ACTIVATED, JOB_RESULT } from './openapi/jobs.ts';
import {
  filledText,
  nested,
  operationReference,
  read,
  required,
  requiredWhole,
  tenants,
  text,
  texts,
  variables,
  whole,
} from './shape.ts';

const TAG = 'Job';

/** Activating jobs and telling what became of them. */
export function jobRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    operation({
      id: 'activateJobs',
      tag: TAG,
      summary: 'Hands out jobs of a type, or waits for them.',
      path: '/v2/jobs/activation',
      body: {
        type: filledText(),
        worker: text(),
        timeout: requiredWhole(1, 'ms until another worker may have the job'),
        maxJobsToActivate: requiredWhole(1),
        fetchVariable: texts('Names of the variables that the worker needs; empty: all.'),
        requestTimeout: whole(undefined, 'ms to wait for jobs; 0: the standard time; negative: not at all'),
        tenantIds: tenants('Activate Jobs'),
        tenantFilter: read({ type: 'string', enum: ['PROVIDED', 'ASSIGNED'] }, (fields, name) =>
          fields.string(name),
        ),
      },
      answers: {
        200: ACTIVATED,
      },
      answer: async ({ body, request }) => {
        const {
          type,
          worker = '',
          timeout,
          maxJobsToActivate,
          fetchVariable = [],
          requestTimeout = 0,
        } = body;
        const waitMs = requestTimeout === 0 ? LONG_POLL_MS : Math.max(0, requestTimeout);
        const answer = await runtime.activateJobs(
          { type, worker, timeout, maxJobsToActivate, fetchVariables: fetchVariable },
          waitMs,
          request.signal,
        );
        const { jobs } = acceptedOf(answer as Answer<ActivatedJobs>).value;
        return json(200, { jobs: jobs.map(render) });
      },
    }),
    command(runtime, {
      id: 'completeJob',
      tag: TAG,
      summary: 'Completes a job.',
      path: '/v2/jobs/:jobKey/completion',
      body: {
        variables: variables(),
        result: read(JOB_RESULT, (fields, name) => jobResultOf(fields.object(name))),
      },
      command: ({ body: { variables, result }, key }) => ({
        valueType: 'JOB',
        intent: 'COMPLETE',
        key,
        value: result === undefined ? { variables } : { variables, result },
      }),
    }),
    command(runtime, {
      id: 'failJob',
      tag: TAG,
      summary: 'Tells that a job failed; without retries it becomes an incident.',
      path: '/v2/jobs/:jobKey/failure',
      body: {
        retries: whole(),
        errorMessage: text(),
        retryBackOff: whole(undefined, 'ms until it is handed out again; below 0: at once'),
        variables: variables(),
      },
      command: ({ body, key }) => ({
        valueType: 'JOB',
        intent: 'FAIL',
        key,
        value: {
          retries: body.retries ?? 0,
          errorMessage: body.errorMessage ?? '',
          retryBackOff: body.retryBackOff ?? 0,
          variables: body.variables,
        },
      }),
    }),
    command(runtime, {
      id: 'throwJobError',
      tag: TAG,
      summary: 'Throws a BPMN error in the task of a job.',
      path: '/v2/jobs/:jobKey/error',
      body: { errorCode: filledText(), errorMessage: text(), variables: variables() },
      command: ({ body, key }) => ({
        valueType: 'JOB',
        intent: 'THROW_ERROR',
        key,
        value: {
          errorCode: body.errorCode,
          errorMessage: body.errorMessage ?? '',
          variables: body.variables,
        },
      }),
    }),
    command(runtime, {
      id: 'updateJob',
      tag: TAG,
      summary: 'Changes the retries or the time-out of a job.',
      method: 'PATCH',
      path: '/v2/jobs/:jobKey',
      body: {
        changeset: required(nested({ retries: whole(), timeout: whole(undefined, 'ms from now') })),
        operationReference,
      },
      check: ({ changeset }) =>
        changeset?.retries === undefined && changeset?.timeout === undefined
          ? ['At least one of [retries, timeout] is required']
          : [],
      refusal: () => ({ intent: 'UPDATE' }),
      command: ({ body: { changeset }, key }) => [
        ...(changeset?.retries === undefined
          ? []
          : [
              {
                valueType: 'JOB',
                intent: 'UPDATE_RETRIES',
                key,
                value: { retries: changeset.retries },
              } as const,
            ]),
        ...(changeset?.timeout === undefined
          ? []
          : [
              {
                valueType: 'JOB',
                intent: 'UPDATE_TIMEOUT',
                key,
                value: { timeout: changeset.timeout },
              } as const,
            ]),
      ],
    }),
  ];
}

function render({ key, value: job, rootProcessInstanceKey }: ActivatedJob): Record<string, unknown> {
  return {
    jobKey: String(key),
    type: job.type,
    processInstanceKey: String(job.processInstanceKey),
    rootProcessInstanceKey: String(rootProcessInstanceKey),
    processDefinitionId: job.bpmnProcessId,
    processDefinitionVersion: job.processDefinitionVersion,
    processDefinitionKey: String(job.processDefinitionKey),
    elementId: job.elementId,
    elementInstanceKey: String(job.elementInstanceKey),
    customHeaders: job.customHeaders,
    worker: job.worker,
    retries: job.retries,
    deadline: job.deadline,
    variables: job.variables,
    tenantId: TENANT,
    kind: job.jobKind,
    listenerEventType: job.jobListenerEventType,
    userTask: renderUserTask(job),
    tags: job.tags ?? [],
  };
}

function renderUserTask(job: JobValue): Record<string, unknown> | null {
  const task = userTaskOfJob(job);
  if (task === undefined) return null;
  const text = (value: string) => (value === '' ? null : value);
  return {
    action: task.action,
    assignee: text(task.assignee),
    candidateGroups: task.candidateGroups,
    candidateUsers: task.candidateUsers,
    changedAttributes: task.changedAttributes,
    dueDate: text(task.dueDate),
    followUpDate: text(task.followUpDate),
    formKey: task.formKey < 0 ? null : String(task.formKey),
    priority: task.priority,
    userTaskKey: String(task.userTaskKey),
  };
}
