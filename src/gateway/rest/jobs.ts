import type { Answer } from '../../engine/records/command.ts';
import { userTaskOfJob } from '../../engine/records/job-user-task.ts';
import type { JobValue } from '../../engine/records/record.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import { json, NO_CONTENT, type Route } from '../http.ts';
import {
  type ActivatedJob,
  type ActivatedJobs,
  type GatewayContext,
  LONG_POLL_MS,
  TENANT,
} from './context.ts';
import { jobResultOf } from './job-result.ts';

/** Activating jobs and telling what became of them. */
export function jobRoutes({ runtime }: GatewayContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/jobs/activation',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const activation = {
          type: body.requiredString('type'),
          worker: body.string('worker') ?? '',
          timeout: body.requiredInteger('timeout', 1),
          maxJobsToActivate: body.requiredInteger('maxJobsToActivate', 1),
          fetchVariables: body.strings('fetchVariable') ?? [],
        };
        const requestTimeout = body.integer('requestTimeout') ?? 0;
        body.strings('tenantIds');
        body.ignore('tenantFilter');
        body.end();
        const waitMs = requestTimeout === 0 ? LONG_POLL_MS : Math.max(0, requestTimeout);
        const answer = await runtime.activateJobs(activation, waitMs, request.signal);
        const { jobs } = acceptedOf(answer as Answer<ActivatedJobs>).value;
        return json(200, { jobs: jobs.map(render) });
      },
    },
    {
      method: 'POST',
      path: '/v2/jobs/:jobKey/completion',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const variables = body.document('variables');
        const result = jobResultOf(body.object('result'));
        body.end();
        const key = pathKey(request, 'jobKey');
        const value = result === undefined ? { variables } : { variables, result };
        acceptedOf(await runtime.execute({ valueType: 'JOB', intent: 'COMPLETE', key, value }));
        return NO_CONTENT;
      },
    },
    {
      method: 'POST',
      path: '/v2/jobs/:jobKey/failure',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const value = {
          retries: body.integer('retries') ?? 0,
          errorMessage: body.string('errorMessage') ?? '',
          retryBackOff: body.integer('retryBackOff', 0) ?? 0,
          variables: body.document('variables'),
        };
        body.end();
        const key = pathKey(request, 'jobKey');
        acceptedOf(await runtime.execute({ valueType: 'JOB', intent: 'FAIL', key, value }));
        return NO_CONTENT;
      },
    },
    {
      method: 'POST',
      path: '/v2/jobs/:jobKey/error',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const value = {
          errorCode: body.requiredString('errorCode'),
          errorMessage: body.string('errorMessage') ?? '',
          variables: body.document('variables'),
        };
        body.end();
        const key = pathKey(request, 'jobKey');
        acceptedOf(await runtime.execute({ valueType: 'JOB', intent: 'THROW_ERROR', key, value }));
        return NO_CONTENT;
      },
    },
    {
      method: 'PATCH',
      path: '/v2/jobs/:jobKey',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const changeset = body.object('changeset');
        const retries = changeset?.integer('retries');
        const timeout = changeset?.integer('timeout');
        changeset?.end();
        body.ignore('operationReference');
        body.end();
        if (retries === undefined && timeout === undefined) {
          throw new GatewayError(
            'INVALID_ARGUMENT',
            'At least one of [changeset.retries, changeset.timeout] is required',
          );
        }
        const key = pathKey(request, 'jobKey');
        if (retries !== undefined) {
          acceptedOf(
            await runtime.execute({ valueType: 'JOB', intent: 'UPDATE_RETRIES', key, value: { retries } }),
          );
        }
        if (timeout !== undefined) {
          acceptedOf(
            await runtime.execute({ valueType: 'JOB', intent: 'UPDATE_TIMEOUT', key, value: { timeout } }),
          );
        }
        return NO_CONTENT;
      },
    },
  ];
}

function render({ key, value: job }: ActivatedJob): Record<string, unknown> {
  return {
    jobKey: String(key),
    type: job.type,
    processInstanceKey: String(job.processInstanceKey),
    // A job does not know it, and activation must not wait for the read model; the API allows null.
    rootProcessInstanceKey: null,
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
