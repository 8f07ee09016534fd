import type { ActivatedJobs } from '../../engine/commands/activate-jobs.ts';
import type { Answer, CreationRequest } from '../../engine/records/command.ts';
import type { ConditionalEvaluationValue } from '../../engine/records/conditional.ts';
import type { CreationValue } from '../../engine/records/creation.ts';
import type { DecisionMetadata, DecisionRequirementsMetadata } from '../../engine/records/decision.ts';
import { RESERVED_HEADER, userTaskOfJob } from '../../engine/records/job-user-task.ts';
import type { Document, FormMetadata, JobValue, ProcessMetadata } from '../../engine/records/record.ts';
import { commandOf } from './commands.ts';
import { documentOf, RefusedError } from './document.ts';
import { evaluateDecision } from './evaluate-decision.ts';
import type { HeldBackAnswer, Json, JsonObject, StepOutcome } from './format.ts';
import { stableText } from './project.ts';
import type { Session } from './session.ts';

export type Reply = Pick<StepOutcome, 'response' | 'rejection'>;

const DEFAULT_JOB_TIMEOUT_MS = 300_000;

/** Does one step; answers what the caller of the gateway is told. */
export async function runStep(session: Session, step: JsonObject): Promise<Reply> {
  const [verb = ''] = Object.keys(step);
  try {
    return await doStep(session, verb, step[verb] as never, step);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { response: null, rejection: { code: 'INVALID_ARGUMENT', message: error.message } };
  }
}

async function doStep(session: Session, verb: string, value: never, step: JsonObject): Promise<Reply> {
  switch (verb) {
    case 'deploy':
      return deploy(session, value);
    case 'advance':
      session.advance(value);
      return { response: null, rejection: null };
    case 'create':
    case 'createWithResult':
      return create(session, value, step, verb === 'createWithResult');
    case 'activate':
      return activate(session, value, step);
    case 'completeUserTask':
    case 'assignUserTask':
    case 'unassignUserTask':
    case 'updateUserTask':
    case 'correlate':
    case 'activateAdHoc':
    case 'createClusterVariable':
      return written(session.execute(commandOf(session, verb, value, step)), 'rest', () => ({}));
    case 'evaluateConditional':
      return written(session.execute(commandOf(session, verb, value, step)), 'rest', (evaluated) =>
        startedBy(session, evaluated as ConditionalEvaluationValue),
      );
    case 'evaluateDecision':
      return evaluateDecision(session, value);
    default:
      return written(session.execute(commandOf(session, verb, value, step)), 'grpc', () => ({}));
  }
}

/** The answers that came in this step to what task listeners had held back. */
export function heldBackAnswers(session: Session): readonly HeldBackAnswer[] {
  return session.answers.splice(0).map(({ step, command, answer }) => {
    const surface = command.valueType === 'USER_TASK' ? 'rest' : 'grpc';
    return { step, ...written(answer, surface, () => ({})) };
  });
}

export function written(answer: Answer, surface: 'grpc' | 'rest', write: (value: unknown) => Json): Reply {
  if (answer.kind === 'accepted' && answer.awaits !== undefined) return { response: null, rejection: null };
  if (answer.kind === 'accepted') return { response: write(answer.value), rejection: null };
  const text = `Command '${answer.intent}' rejected with code '${answer.type}': ${answer.reason}`;
  const failed = answer.type === 'INVALID_STATE' && surface === 'grpc';
  const code = failed ? 'FAILED_PRECONDITION' : answer.type;
  return { response: null, rejection: { code, message: stableText(text) } };
}

async function deploy(session: Session, names: readonly string[]): Promise<Reply> {
  const resources = [];
  for (const name of names) resources.push(await session.resource(name));
  const answer = session.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources } });
  return written(answer, 'grpc', (value) => {
    const { processesMetadata, formMetadata, decisionsMetadata, decisionRequirementsMetadata } = value as {
      processesMetadata: readonly ProcessMetadata[];
      formMetadata: readonly FormMetadata[];
      decisionsMetadata: readonly DecisionMetadata[];
      decisionRequirementsMetadata: readonly DecisionRequirementsMetadata[];
    };
    const processes = processesMetadata.map(({ bpmnProcessId, version, resourceName }) => ({
      process: { bpmnProcessId, version, resourceName },
    }));
    const forms = formMetadata.map(({ formId, version, resourceName }) => ({
      form: { formId, version, resourceName },
    }));
    const decisions = decisionsMetadata.map((decision) => ({
      decision: {
        dmnDecisionId: decision.decisionId,
        dmnDecisionName: decision.decisionName,
        version: decision.version,
        dmnDecisionRequirementsId: decision.decisionRequirementsId,
      },
    }));
    const requirements = decisionRequirementsMetadata.map((graph) => ({
      decisionRequirements: {
        dmnDecisionRequirementsId: graph.decisionRequirementsId,
        dmnDecisionRequirementsName: graph.decisionRequirementsName,
        version: graph.decisionRequirementsVersion,
        resourceName: graph.resourceName,
      },
    }));
    return [...processes, ...decisions, ...requirements, ...forms];
  });
}

/** How many instances an evaluation started, by process id. */
function startedBy(session: Session, { startedProcessInstances }: ConditionalEvaluationValue): Json {
  const counts: Record<string, number> = {};
  for (const { processInstanceKey } of startedProcessInstances) {
    const id = session.tracker.elementId(processInstanceKey) ?? '';
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}

interface Creation {
  readonly bpmnProcessId: string;
  readonly version?: number;
  readonly variables?: Json;
  readonly startInstructions?: CreationRequest['startInstructions'];
  readonly fetchVariables?: readonly string[];
  readonly runtimeInstructions?: CreationRequest['runtimeInstructions'];
  readonly tags?: readonly string[];
  readonly businessId?: string;
}

function create(session: Session, request: Creation, step: JsonObject, awaited: boolean): Reply {
  const value: CreationRequest = {
    bpmnProcessId: request.bpmnProcessId,
    processDefinitionKey: request.bpmnProcessId === '' ? 0 : -1,
    version: request.version ?? -1,
    variables: documentOf(request.variables),
    startInstructions: request.startInstructions ?? [],
    fetchVariables: request.fetchVariables ?? [],
    runtimeInstructions: request.runtimeInstructions ?? [],
    tags: request.tags ?? [],
    businessId: request.businessId ?? '',
  };
  const intent = awaited ? 'CREATE_WITH_AWAITING_RESULT' : 'CREATE';
  const answer = session.execute({ valueType: 'PROCESS_INSTANCE_CREATION', intent, value });
  if (answer.kind === 'accepted' && typeof step.as === 'string') session.nameInstance(step.as, answer.key);
  return written(answer, 'grpc', (created) => {
    const { bpmnProcessId, version, tags, businessId } = created as CreationValue;
    const labels = { ...(tags && { tags }), ...(businessId && { businessId }) };
    return awaited
      ? { bpmnProcessId, version, variables: resultOf(session, answer), ...labels }
      : { bpmnProcessId, version, ...labels };
  });
}

function resultOf(session: Session, answer: Answer): Json {
  for (const record of session.log) {
    if (record.valueType !== 'PROCESS_INSTANCE_RESULT' || answer.kind !== 'accepted') continue;
    if (record.value.processInstanceKey === answer.key) return objectOf(record.value.variables);
  }
  return null;
}

function objectOf(document: Document): JsonObject {
  return Object.fromEntries([...document].map(([name, text]) => [name, JSON.parse(text) as Json]));
}

interface Activation {
  readonly type: string;
  readonly max?: number;
  readonly timeout?: number;
  readonly fetchVariable?: readonly string[];
}

function activate(session: Session, request: Activation, step: JsonObject): Reply {
  const answer = session.execute({
    valueType: 'JOB_BATCH',
    intent: 'ACTIVATE',
    value: {
      type: request.type,
      worker: 'worker',
      timeout: request.timeout ?? DEFAULT_JOB_TIMEOUT_MS,
      maxJobsToActivate: request.max ?? 10,
      fetchVariables: request.fetchVariable ?? [],
    },
  });
  return written(answer, 'grpc', (value) => {
    const { jobs } = value as ActivatedJobs;
    if (typeof step.as === 'string')
      session.nameJobs(
        step.as,
        jobs.map(({ key }) => key),
      );
    return jobs.map(({ value: job }) => ({
      ...taskOf(job),
      type: job.type,
      elementId: job.elementId,
      bpmnProcessId: job.bpmnProcessId,
      processDefinitionVersion: job.processDefinitionVersion,
      retries: job.retries,
      customHeaders: ownHeaders(job),
      variables: objectOf(job.variables),
      ...(job.tags && { tags: job.tags }),
    }));
  });
}

/** Of a task listener's job: its user task, without keys. */
function taskOf(job: JobValue): JsonObject {
  const task = userTaskOfJob(job);
  if (task === undefined) return {};
  const { userTaskKey: _task, formKey: _form, ...userTask } = task;
  return { userTask };
}

/** The headers that the model gives; those that tell of the user task stand in `userTask`. */
function ownHeaders({ jobKind, customHeaders }: JobValue): Readonly<Record<string, string>> {
  if (jobKind !== 'TASK_LISTENER') return customHeaders;
  return Object.fromEntries(
    Object.entries(customHeaders).filter(([name]) => !name.startsWith(RESERVED_HEADER)),
  );
}
