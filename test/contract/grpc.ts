import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { ClientCommand, CreationRequest, JobResult } from '../../src/engine/records/command.ts';
import { documentText } from '../../src/gateway/json.ts';
import type { Json, JsonObject } from '../../src/testing/scenarios/format.ts';
import {
  creationResponse,
  type DecisionTold,
  DONE,
  decisionResponse,
  jobResponse,
  parsed,
  type Question,
  type Surface,
  type Told,
} from './surface.ts';

// The protocol of 8.9, which no package for Node brings yet; `test/grpc/results.test.ts` holds it against its numbers.
const PROTO = fileURLToPath(new URL('../../src/gateway/grpc/gateway.proto', import.meta.url));
const definition = loadSync(PROTO, { keepCase: true, longs: String, enums: String, defaults: true });
const { Gateway } = loadPackageDefinition(definition)['gateway_protocol'] as {
  readonly Gateway: ServiceClientConstructor;
};
const DEADLINE_MS = 20_000;

/** Statuses of gRPC by what the engine says. */
const CODES: ReadonlyMap<number, readonly string[]> = new Map([
  [status.INVALID_ARGUMENT, ['INVALID_ARGUMENT']],
  [status.NOT_FOUND, ['NOT_FOUND']],
  [status.FAILED_PRECONDITION, ['INVALID_STATE']],
  [status.ALREADY_EXISTS, ['ALREADY_EXISTS']],
]);

type Message = Readonly<Record<string, unknown>>;
type Call = readonly [rpc: string, request: Message];

/** Zeebe's gRPC protocol; what it cannot say is asked elsewhere, as clients do it. */
export class GrpcSurface implements Surface {
  readonly name = 'gRPC';
  readonly #client: Client;
  readonly #elsewhere: Surface;

  constructor(address: string, elsewhere: Surface) {
    this.#client = new Gateway(address, credentials.createInsecure());
    this.#elsewhere = elsewhere;
  }

  close(): void {
    this.#client.close();
  }

  async ask(question: Question): Promise<Told> {
    const call = callOf(question);
    if (call === undefined) return this.#elsewhere.ask(question);
    try {
      const messages = await this.#call(...call);
      return toldOf(question, messages);
    } catch (error) {
      const { code, details } = error as ServiceError;
      if (code === undefined) throw error;
      // What the engine refuses says so; what the gateway refuses before has the kind of its status only.
      const told = /^Command '\w+' rejected with code '(\w+)'/.exec(details)?.[1];
      const possible = CODES.get(code) ?? [];
      const kind = told ?? possible[0] ?? status[code];
      assert.ok(possible.length === 0 || possible.includes(kind), `${status[code]} for ${details}`);
      return { code: kind, message: details };
    }
  }

  #call(rpc: string, request: Message): Promise<readonly Message[]> {
    const options = { deadline: Date.now() + DEADLINE_MS };
    const method = (this.#client as unknown as Record<string, (...args: unknown[]) => unknown>)[rpc];
    assert.ok(method, rpc);
    return new Promise((resolve, reject) => {
      if (rpc !== 'ActivateJobs') {
        method.call(this.#client, request, options, (error: ServiceError | null, answer: Message) =>
          error ? reject(error) : resolve([answer]),
        );
        return;
      }
      const found: Message[] = [];
      (method.call(this.#client, request, options) as ClientReadableStream<Message>)
        .on('data', (message) => found.push(message))
        .on('error', reject)
        .on('end', () => resolve(found));
    });
  }
}

/** Undefined for what has no rpc. */
function callOf(question: Question): Call | undefined {
  switch (question.valueType) {
    case 'RESOURCES': {
      const resources = question.files.map(({ name, content }) => ({ name, content: Buffer.from(content) }));
      return ['DeployResource', { resources }];
    }
    case 'PROCESS_INSTANCE_CREATION': {
      if (question.value.businessId) return undefined;
      const request = creationOf(question.value);
      if (question.intent === 'CREATE') return ['CreateProcessInstance', request];
      const { fetchVariables } = question.value;
      return ['CreateProcessInstanceWithResult', { request, fetchVariables }];
    }
    case 'PROCESS_INSTANCE':
      return ['CancelProcessInstance', { processInstanceKey: question.key }];
    case 'MESSAGE':
      assert.ok(question.intent === 'PUBLISH');
      return ['PublishMessage', { ...question.value, variables: documentText(question.value.variables) }];
    case 'SIGNAL':
      return ['BroadcastSignal', { ...question.value, variables: documentText(question.value.variables) }];
    case 'CONDITIONAL_EVALUATION': {
      const { processDefinitionKey: key, variables } = question.value;
      const definition = key < 0 ? {} : { processDefinitionKey: key };
      return ['EvaluateConditional', { ...definition, variables: documentText(variables) }];
    }
    case 'DECISION_EVALUATION': {
      const { decisionId, decisionKey, variables } = question.value;
      return ['EvaluateDecision', { decisionId, decisionKey, variables: documentText(variables) }];
    }
    case 'JOB_BATCH': {
      assert.ok(question.intent === 'ACTIVATE');
      const { fetchVariables, ...request } = question.value;
      return ['ActivateJobs', { ...request, fetchVariable: fetchVariables, requestTimeout: -1 }];
    }
    case 'JOB':
      return jobCall(question);
    case 'VARIABLE_DOCUMENT': {
      const { scopeKey: elementInstanceKey, updateSemantics, variables } = question.value;
      const local = updateSemantics === 'LOCAL';
      return ['SetVariables', { elementInstanceKey, local, variables: documentText(variables) }];
    }
    case 'INCIDENT':
      assert.ok(question.intent === 'RESOLVE');
      return ['ResolveIncident', { incidentKey: question.key }];
    case 'RESOURCE_DELETION':
      return ['DeleteResource', question.value];
    case 'PROCESS_INSTANCE_MIGRATION': {
      const { targetProcessDefinitionKey, mappings: mappingInstructions } = question.value;
      const migrationPlan = { targetProcessDefinitionKey, mappingInstructions };
      return ['MigrateProcessInstance', { processInstanceKey: question.key, migrationPlan }];
    }
    case 'PROCESS_INSTANCE_MODIFICATION': {
      const { activate, terminate, terminateIds = [], move = [] } = question.value;
      if (terminateIds.length + move.length > 0) return undefined;
      const activateInstructions = activate.map(({ elementId, ancestorElementInstanceKey, variables }) => ({
        elementId,
        // proto3 says 0 for nothing.
        ancestorElementInstanceKey: Math.max(0, ancestorElementInstanceKey),
        variableInstructions: variables.map(({ elementId: scopeId, variables: document }) => ({
          scopeId,
          variables: documentText(document),
        })),
      }));
      const terminateInstructions = terminate.map((elementInstanceKey) => ({ elementInstanceKey }));
      const { key: processInstanceKey } = question;
      return ['ModifyProcessInstance', { processInstanceKey, activateInstructions, terminateInstructions }];
    }
    default:
      return undefined;
  }
}

function creationOf(request: CreationRequest): Message {
  return {
    bpmnProcessId: request.bpmnProcessId,
    processDefinitionKey: Math.max(0, request.processDefinitionKey),
    version: request.version,
    variables: documentText(request.variables),
    startInstructions: request.startInstructions,
    runtimeInstructions: (request.runtimeInstructions ?? []).map((terminate) => ({ terminate })),
    tags: request.tags ?? [],
  };
}

function jobCall(command: Extract<ClientCommand, { valueType: 'JOB' }>): Call {
  const jobKey = command.key;
  switch (command.intent) {
    case 'COMPLETE': {
      const { variables, result } = command.value;
      const decided = result === undefined ? {} : { result: resultOf(result) };
      return ['CompleteJob', { jobKey, variables: documentText(variables), ...decided }];
    }
    case 'FAIL':
      return ['FailJob', { jobKey, ...command.value, variables: documentText(command.value.variables) }];
    case 'THROW_ERROR':
      return ['ThrowError', { jobKey, ...command.value, variables: documentText(command.value.variables) }];
    case 'UPDATE_RETRIES':
      return ['UpdateJobRetries', { jobKey, ...command.value }];
    case 'UPDATE_TIMEOUT':
      return ['UpdateJobTimeout', { jobKey, ...command.value }];
    default:
      throw new Error(`There is no rpc for JOB ${command.intent}`);
  }
}

function resultOf(result: JobResult): Message {
  if (result.type === 'adHocSubProcess') {
    const activateElements = result.activateElements.map(({ elementId, variables }) => ({
      elementId,
      variables: documentText(variables),
    }));
    return { ...result, activateElements };
  }
  const { candidateGroupsList, candidateUsersList, ...others } = result.corrections;
  const corrections = {
    ...others,
    ...(candidateGroupsList && { candidateGroups: { values: candidateGroupsList } }),
    ...(candidateUsersList && { candidateUsers: { values: candidateUsersList } }),
  };
  return { type: 'userTask', denied: result.denied, deniedReason: result.deniedReason, corrections };
}

interface JobMessage {
  readonly key: string;
  readonly type: string;
  readonly bpmnProcessId: string;
  readonly elementId: string;
  readonly processDefinitionVersion: number;
  readonly retries: number;
  readonly customHeaders: string;
  readonly variables: string;
  readonly tags: readonly string[];
  readonly userTask?: JsonObject | null;
}

function toldOf(question: Question, messages: readonly Message[]): Told {
  const [message = {}] = messages;
  switch (question.valueType) {
    case 'RESOURCES': {
      const deployments = message['deployments'] as readonly Record<string, JsonObject | undefined>[];
      return { response: deployments.map(deploymentOf), keys: [] };
    }
    case 'PROCESS_INSTANCE_CREATION': {
      const awaited = question.intent !== 'CREATE';
      const response = creationResponse(String(message['bpmnProcessId']), Number(message['version']), {
        tags: message['tags'] as readonly string[],
        variables: awaited ? parsed(String(message['variables'])) : undefined,
      });
      return { response, keys: [Number(message['processInstanceKey'])] };
    }
    case 'JOB_BATCH': {
      const jobs = messages.flatMap((one) => one['jobs'] as readonly JobMessage[]);
      const response = jobs.map((job) =>
        jobResponse(
          {
            ...job,
            customHeaders: parsed(job.customHeaders) as Readonly<Record<string, string>>,
            variables: parsed(job.variables),
            userTask: job.userTask ?? null,
          },
          job.bpmnProcessId,
        ),
      );
      return { response, keys: jobs.map(({ key }) => Number(key)) };
    }
    case 'DECISION_EVALUATION':
      return {
        response: decisionResponse(message as unknown as DecisionTold),
        keys: [Number(message['decisionEvaluationKey'])],
      };
    case 'CONDITIONAL_EVALUATION': {
      const started = message['processInstances'] as readonly { readonly processInstanceKey: string }[];
      return { response: {}, keys: started.map((one) => Number(one.processInstanceKey)) };
    }
    default:
      return DONE;
  }
}

/** Names of what scenarios keep of a deployed thing. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  process: ['bpmnProcessId', 'version', 'resourceName'],
  decision: ['dmnDecisionId', 'dmnDecisionName', 'version', 'dmnDecisionRequirementsId'],
  decisionRequirements: [
    'dmnDecisionRequirementsId',
    'dmnDecisionRequirementsName',
    'version',
    'resourceName',
  ],
  form: ['formId', 'version', 'resourceName'],
};

function deploymentOf(deployment: Readonly<Record<string, JsonObject | undefined>>): Json {
  for (const [kind, names] of Object.entries(KEPT)) {
    const thing = deployment[kind];
    if (thing) return { [kind]: Object.fromEntries(names.map((name) => [name, thing[name] ?? null])) };
  }
  throw new Error(`An unknown deployment: ${JSON.stringify(deployment)}`);
}
