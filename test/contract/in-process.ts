import type { Answer, ClientCommand } from '../../src/engine/records/command.ts';
import type { ConditionalEvaluationValue } from '../../src/engine/records/conditional.ts';
import type { CreationValue } from '../../src/engine/records/creation.ts';
import type { DecisionEvaluationValue } from '../../src/engine/records/decision.ts';
import { userTaskOfJob } from '../../src/engine/records/job-user-task.ts';
import type { Document } from '../../src/engine/records/record.ts';
import { type Deployed, deployResources } from '../../src/gateway/deploy.ts';
import { GatewayError, rejectionText } from '../../src/gateway/errors.ts';
import { documentText } from '../../src/gateway/json.ts';
import type { ActivatedJobs } from '../../src/gateway/rest/context.ts';
import type { DurableRuntime } from '../../src/runtime/client.ts';
import type { Json, JsonObject } from '../../src/testing/scenarios/format.ts';
import {
  creationResponse,
  DONE,
  decisionResponse,
  jobResponse,
  parsed,
  type Question,
  type Surface,
  type Told,
} from './surface.ts';

/** The engine as a program has it that holds it itself: `Runtime.execute`. */
export class InProcessSurface implements Surface {
  readonly name = 'in process';
  readonly #runtime: DurableRuntime;

  constructor(runtime: DurableRuntime) {
    this.#runtime = runtime;
  }

  async ask(question: Question): Promise<Told> {
    if (question.valueType === 'RESOURCES') {
      try {
        return {
          response: deploymentResponse(await deployResources(this.#runtime, question.files)),
          keys: [],
        };
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        return { code: error.code, message: error.message };
      }
    }
    const answer = await this.#answer(question);
    return answer.kind === 'accepted'
      ? toldOf(question, answer)
      : { code: answer.type, message: rejectionText(answer) };
  }

  async #answer(command: ClientCommand): Promise<Answer> {
    if (command.valueType === 'JOB_BATCH' && command.intent === 'ACTIVATE')
      return this.#runtime.activateJobs(command.value, 0);
    if (command.valueType === 'PROCESS_INSTANCE_CREATION') {
      const { intent } = command;
      if (intent === 'CREATE_WITH_AWAITING_RESULT') {
        const answer = await this.#runtime.createWithResult({ ...command, intent }, 10_000);
        if (answer === undefined) throw new Error('The instance did not end.');
        return answer;
      }
    }
    return this.#runtime.execute(command);
  }
}

function toldOf(command: ClientCommand, { key, value }: { key: number; value: unknown }): Told {
  switch (command.valueType) {
    case 'PROCESS_INSTANCE_CREATION': {
      const created = value as CreationValue & { readonly variables?: Document };
      const { bpmnProcessId, version, processInstanceKey, tags, businessId } = created;
      const awaited = command.intent === 'CREATE_WITH_AWAITING_RESULT';
      const variables = awaited ? json(created.variables ?? new Map()) : undefined;
      const labels = { ...(tags && { tags }), businessId, variables };
      return { response: creationResponse(bpmnProcessId, version, labels), keys: [processInstanceKey] };
    }
    case 'JOB_BATCH': {
      const { jobs } = value as ActivatedJobs;
      const response = jobs.map(({ value: job }) =>
        jobResponse(
          {
            ...job,
            variables: json(job.variables),
            tags: job.tags ?? [],
            userTask: (userTaskOfJob(job) as unknown as JsonObject | undefined) ?? null,
          },
          job.bpmnProcessId,
        ),
      );
      return { response, keys: jobs.map((job) => job.key) };
    }
    case 'DECISION_EVALUATION': {
      const evaluated = value as DecisionEvaluationValue;
      const failureMessage = evaluated.evaluationFailureMessage;
      const told = { ...evaluated, failureMessage } as unknown as Parameters<typeof decisionResponse>[0];
      return { response: decisionResponse(told), keys: [key] };
    }
    case 'CONDITIONAL_EVALUATION': {
      const { startedProcessInstances } = value as ConditionalEvaluationValue;
      return { response: {}, keys: startedProcessInstances.map((one) => one.processInstanceKey) };
    }
    default:
      return DONE;
  }
}

function json(document: Document): Json {
  return parsed(documentText(document));
}

/** As `scenarios/FORMAT.md` has it; shared by none, so that no driver can hide what another one gets wrong. */
function deploymentResponse({ processes, decisions, decisionRequirements, forms }: Deployed): Json {
  return [
    ...processes.map(({ bpmnProcessId, version, resourceName }) => ({
      process: { bpmnProcessId, version, resourceName },
    })),
    ...decisions.map((decision) => ({
      decision: {
        dmnDecisionId: decision.decisionId,
        dmnDecisionName: decision.decisionName,
        version: decision.version,
        dmnDecisionRequirementsId: decision.decisionRequirementsId,
      },
    })),
    ...decisionRequirements.map((graph) => ({
      decisionRequirements: {
        dmnDecisionRequirementsId: graph.decisionRequirementsId,
        dmnDecisionRequirementsName: graph.decisionRequirementsName,
        version: graph.decisionRequirementsVersion,
        resourceName: graph.resourceName,
      },
    })),
    ...forms.map(({ formId, version, resourceName }) => ({ form: { formId, version, resourceName } })),
  ];
}
