import assert from 'node:assert/strict';
import type { ClientCommand, CreationRequest, JobResult } from '../../src/engine/records/command.ts';
import type { Document } from '../../src/engine/records/record.ts';
import { RawJson, toJson } from '../../src/gateway/json.ts';
import type { Json, JsonObject } from '../../src/testing/scenarios/format.ts';
import {
  creationResponse,
  type DecisionTold,
  DONE,
  decisionResponse,
  type JobTold,
  jobResponse,
  type Question,
  type Surface,
  type Told,
} from './surface.ts';

/** Statuses of HTTP by what the engine says. */
const STATUS: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  'Bad Request': 400,
  NOT_FOUND: 404,
  INVALID_STATE: 409,
  ALREADY_EXISTS: 409,
};

interface Request {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
}

/** Camunda's REST API, over HTTP. */
export class RestSurface implements Surface {
  readonly name = 'REST';
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async ask(question: Question): Promise<Told> {
    const response =
      question.valueType === 'RESOURCES'
        ? await this.#deploy(question.files)
        : await this.#send(requestOf(question));
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as JsonObject;
    if (response.ok) return question.valueType === 'RESOURCES' ? deployed(body) : toldOf(question, body);
    const { title, detail, status } = body;
    assert.equal(response.headers.get('content-type'), 'application/problem+json', text);
    assert.equal(status, response.status, text);
    assert.equal(STATUS[String(title)], response.status, text);
    return { code: String(title), message: String(detail) };
  }

  #deploy(files: readonly { name: string; content: Uint8Array }[]): Promise<Response> {
    const form = new FormData();
    for (const { name, content } of files)
      form.append('resources', new File([content as Uint8Array<ArrayBuffer>], name));
    return fetch(`${this.#url}/v2/deployments`, { method: 'POST', body: form });
  }

  #send({ method = 'POST', path, body }: Request): Promise<Response> {
    return fetch(`${this.#url}/v2${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: toJson(body) }),
    });
  }
}

/** A key of which nothing is known is not sent. */
const known = (key: number): string | undefined => (key < 0 ? undefined : String(key));
const filled = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function requestOf(command: ClientCommand): Request {
  switch (command.valueType) {
    case 'PROCESS_INSTANCE_CREATION':
      return { path: '/process-instances', body: creationOf(command.value, command.intent !== 'CREATE') };
    case 'PROCESS_INSTANCE':
      return { path: `/process-instances/${command.key}/cancellation` };
    case 'MESSAGE': {
      assert.ok(command.intent === 'PUBLISH');
      const { notFor: _, ...body } = command.value;
      return { path: '/messages/publication', body };
    }
    case 'MESSAGE_CORRELATION':
      return { path: '/messages/correlation', body: command.value };
    case 'SIGNAL':
      return { path: '/signals/broadcast', body: command.value };
    case 'CONDITIONAL_EVALUATION': {
      const { processDefinitionKey, variables } = command.value;
      const body = { processDefinitionKey: known(processDefinitionKey), variables };
      return { path: '/conditionals/evaluation', body };
    }
    case 'DECISION_EVALUATION': {
      const { decisionId, decisionKey, variables } = command.value;
      const decisionDefinitionKey = decisionId === '' ? String(decisionKey) : undefined;
      const body = { decisionDefinitionId: filled(decisionId), decisionDefinitionKey, variables };
      return { path: '/decision-definitions/evaluation', body };
    }
    case 'JOB_BATCH': {
      assert.ok(command.intent === 'ACTIVATE');
      const { fetchVariables, ...request } = command.value;
      // Without waiting, as the engine's own command.
      return {
        path: '/jobs/activation',
        body: { ...request, fetchVariable: fetchVariables, requestTimeout: -1 },
      };
    }
    case 'JOB':
      return jobRequest(command);
    case 'AD_HOC_SUB_PROCESS_INSTRUCTION': {
      const { activateElements: elements, cancelRemainingInstances } = command.value;
      const path = `/element-instances/ad-hoc-activities/${command.key}/activation`;
      return { path, body: { elements, cancelRemainingInstances } };
    }
    case 'CLUSTER_VARIABLE': {
      assert.ok(command.intent === 'CREATE');
      const { name, value } = command.value;
      return { path: '/cluster-variables/global', body: { name, value: new RawJson(value) } };
    }
    case 'USER_TASK':
      return userTaskRequest(command);
    case 'VARIABLE_DOCUMENT': {
      const { scopeKey, updateSemantics, variables } = command.value;
      const body = { variables, local: updateSemantics === 'LOCAL' };
      return { method: 'PUT', path: `/element-instances/${scopeKey}/variables`, body };
    }
    case 'INCIDENT':
      assert.ok(command.intent === 'RESOLVE');
      return { path: `/incidents/${command.key}/resolution` };
    case 'RESOURCE_DELETION':
      return { path: `/resources/${command.value.resourceKey}/deletion` };
    case 'PROCESS_INSTANCE_MIGRATION': {
      const { targetProcessDefinitionKey, mappings } = command.value;
      const body = {
        targetProcessDefinitionKey: String(targetProcessDefinitionKey),
        mappingInstructions: mappings,
      };
      return { path: `/process-instances/${command.key}/migration`, body };
    }
    case 'PROCESS_INSTANCE_MODIFICATION':
      return modificationRequest(command.key, command.value);
    default:
      throw new Error(`REST has no request for ${command.valueType} ${command.intent}`);
  }
}

function creationOf(request: CreationRequest, awaitCompletion: boolean): object {
  const { bpmnProcessId, processDefinitionKey, version, variables } = request;
  return {
    processDefinitionId: filled(bpmnProcessId),
    // 0 stands for no key where an empty id was sent.
    processDefinitionKey: bpmnProcessId === '' ? known(processDefinitionKey) : undefined,
    processDefinitionVersion: version,
    variables,
    startInstructions: request.startInstructions,
    runtimeInstructions: request.runtimeInstructions,
    tags: request.tags,
    businessId: filled(request.businessId),
    ...(awaitCompletion && { awaitCompletion, fetchVariables: request.fetchVariables }),
  };
}

function jobRequest(command: Extract<ClientCommand, { valueType: 'JOB' }>): Request {
  const path = `/jobs/${command.key}`;
  switch (command.intent) {
    case 'COMPLETE': {
      const { variables, result } = command.value;
      return { path: `${path}/completion`, body: { variables, result: result && resultOf(result) } };
    }
    case 'FAIL':
      return { path: `${path}/failure`, body: command.value };
    case 'THROW_ERROR':
      return { path: `${path}/error`, body: command.value };
    case 'UPDATE_RETRIES':
    case 'UPDATE_TIMEOUT':
      return { method: 'PATCH', path, body: { changeset: command.value } };
    default:
      throw new Error(`REST has no request for JOB ${command.intent}`);
  }
}

function resultOf(result: JobResult): object {
  if (result.type === 'adHocSubProcess') return result;
  const { corrections, denied, deniedReason } = result;
  const { candidateGroupsList: candidateGroups, candidateUsersList: candidateUsers, ...others } = corrections;
  return {
    type: 'userTask',
    denied,
    deniedReason,
    corrections: { candidateGroups, candidateUsers, ...others },
  };
}

function userTaskRequest(command: Extract<ClientCommand, { valueType: 'USER_TASK' }>): Request {
  const path = `/user-tasks/${command.key}`;
  const { action, ...value } = command.value;
  switch (command.intent) {
    case 'COMPLETE':
      return {
        path: `${path}/completion`,
        body: { action: filled(action), variables: value.variables as Document },
      };
    case 'CLAIM':
    case 'ASSIGN': {
      const { assignee = '' } = value as { assignee?: string };
      if (assignee === '') return { method: 'DELETE', path: `${path}/assignee` };
      const allowOverride = command.intent === 'ASSIGN';
      return { path: `${path}/assignment`, body: { assignee, allowOverride, action: filled(action) } };
    }
    default:
      return { method: 'PATCH', path, body: { changeset: value.changes, action: filled(action) } };
  }
}

type Modification = Extract<ClientCommand, { valueType: 'PROCESS_INSTANCE_MODIFICATION' }>['value'];

function modificationRequest(
  key: number,
  { activate, terminate, terminateIds = [], move = [] }: Modification,
): Request {
  type Scoped = readonly { readonly elementId: string; readonly variables: Document }[];
  const scoped = (instructions: Scoped) =>
    instructions.map(({ elementId, variables }) => ({ scopeId: filled(elementId), variables }));
  const body = {
    activateInstructions: activate.map(({ elementId, ancestorElementInstanceKey, variables }) => ({
      elementId,
      ancestorElementInstanceKey: String(ancestorElementInstanceKey),
      variableInstructions: scoped(variables),
    })),
    terminateInstructions: [
      ...terminate.map((one) => ({ elementInstanceKey: String(one) })),
      ...terminateIds.map((elementId) => ({ elementId })),
    ],
    moveInstructions: move.map(({ source, targetElementId, ancestor, variables }) => ({
      sourceElementInstruction:
        'elementId' in source
          ? { sourceType: 'byId', sourceElementId: source.elementId }
          : { sourceType: 'byKey', sourceElementInstanceKey: String(source.elementInstanceKey) },
      targetElementId,
      ancestorScopeInstruction:
        ancestor.kind === 'direct'
          ? {
              ancestorScopeType: 'direct',
              ancestorElementInstanceKey: String(ancestor.elementInstanceKey),
            }
          : { ancestorScopeType: ancestor.kind },
      variableInstructions: scoped(variables),
    })),
  };
  return { path: `/process-instances/${key}/modification`, body };
}

function toldOf(command: ClientCommand, body: JsonObject): Told {
  switch (command.valueType) {
    case 'PROCESS_INSTANCE_CREATION': {
      const awaited = command.intent !== 'CREATE';
      const response = creationResponse(
        String(body['processDefinitionId']),
        Number(body['processDefinitionVersion']),
        {
          tags: body['tags'] as readonly string[],
          businessId: body['businessId'] as string | null,
          variables: awaited ? (body['variables'] as Json) : undefined,
        },
      );
      return { response, keys: [Number(body['processInstanceKey'])] };
    }
    case 'JOB_BATCH': {
      const jobs = body['jobs'] as unknown as (JobTold & { jobKey: string; processDefinitionId: string })[];
      return {
        response: jobs.map((job) => jobResponse(job, job.processDefinitionId)),
        keys: jobs.map(({ jobKey }) => Number(jobKey)),
      };
    }
    case 'DECISION_EVALUATION':
      return { response: decisionResponse(decisionOf(body)), keys: [Number(body['decisionEvaluationKey'])] };
    case 'CONDITIONAL_EVALUATION': {
      const started = body['processInstances'] as readonly { readonly processInstanceKey: string }[];
      return { response: {}, keys: started.map((one) => Number(one.processInstanceKey)) };
    }
    default:
      return DONE;
  }
}

/** REST has names of its own for the members of decisions. */
function decisionOf(body: JsonObject): DecisionTold {
  const evaluated = body['evaluatedDecisions'] as readonly JsonObject[];
  const named = (decision: JsonObject) => ({
    ...decision,
    decisionId: decision['decisionDefinitionId'],
    decisionName: decision['decisionDefinitionName'],
    decisionVersion: decision['decisionDefinitionVersion'],
    decisionType: decision['decisionDefinitionType'],
    decisionOutput: decision['output'],
  });
  return {
    ...named(body),
    failedDecisionId: body['failedDecisionDefinitionId'] ?? '',
    failureMessage: body['failureMessage'] ?? '',
    evaluatedDecisions: evaluated.map(named),
  } as unknown as DecisionTold;
}

function deployed(body: JsonObject): Told {
  const deployments = body['deployments'] as readonly Record<string, JsonObject | null>[];
  const response = deployments.map(
    ({ processDefinition, decisionDefinition, decisionRequirements, form }): Json => {
      if (processDefinition) {
        const { processDefinitionId, processDefinitionVersion, resourceName } = processDefinition;
        return {
          process: {
            bpmnProcessId: processDefinitionId as Json,
            version: processDefinitionVersion as Json,
            resourceName: resourceName as Json,
          },
        };
      }
      if (decisionDefinition)
        return {
          decision: {
            dmnDecisionId: decisionDefinition['decisionDefinitionId'] as Json,
            dmnDecisionName: decisionDefinition['name'] as Json,
            version: decisionDefinition['version'] as Json,
            dmnDecisionRequirementsId: decisionDefinition['decisionRequirementsId'] as Json,
          },
        };
      if (decisionRequirements)
        return {
          decisionRequirements: {
            dmnDecisionRequirementsId: decisionRequirements['decisionRequirementsId'] as Json,
            dmnDecisionRequirementsName: decisionRequirements['decisionRequirementsName'] as Json,
            version: decisionRequirements['version'] as Json,
            resourceName: decisionRequirements['resourceName'] as Json,
          },
        };
      return {
        form: {
          formId: form?.['formId'] as Json,
          version: form?.['version'] as Json,
          resourceName: form?.['resourceName'] as Json,
        },
      };
    },
  );
  return { response, keys: [] };
}
