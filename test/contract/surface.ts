import type { ClientCommand } from '../../src/engine/records/command.ts';
import type { NamedResource } from '../../src/gateway/deploy.ts';
import type { Json, JsonObject } from '../../src/testing/scenarios/format.ts';

/**
 * What can be asked of the engine, whatever the way it is asked on. A driver for each way says what was answered in the
 * words of `scenarios/FORMAT.md`, so that all the lawful differences of presentation are in the drivers and nowhere else.
 */
export interface Surface {
  readonly name: string;
  ask(question: Question): Promise<Told>;
}

export type Question =
  | ClientCommand
  | { readonly valueType: 'RESOURCES'; readonly files: readonly NamedResource[] };

export type Told = Done | Refused;

export interface Done {
  readonly response: Json;
  /** Of what was made: the process instance, or the jobs in the order of `response`. */
  readonly keys: readonly number[];
}

export interface Refused {
  /** As the engine has it: INVALID_ARGUMENT, NOT_FOUND, INVALID_STATE, ALREADY_EXISTS. */
  readonly code: string;
  readonly message: string;
}

/** Accepted, and nothing more is told. */
export const DONE: Done = { response: {}, keys: [] };

/** An activated job as each of the protocols has it, its keys and times aside. */
export interface JobTold {
  readonly type: string;
  readonly elementId: string;
  readonly processDefinitionVersion: number;
  readonly retries: number;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly variables: Json;
  readonly tags: readonly string[];
  readonly userTask: JsonObject | null;
}

/** Headers in which a job tells of its user task; scenarios have them as `userTask`. */
const RESERVED = 'io.camunda.zeebe:';
const TEXTS = ['action', 'assignee', 'dueDate', 'followUpDate'] as const;
const LISTS = ['candidateGroups', 'candidateUsers', 'changedAttributes'] as const;

export function jobResponse(job: JobTold, bpmnProcessId: string): JsonObject {
  const { userTask } = job;
  // Jobs that are user tasks themselves tell of it in headers only.
  const own = Object.entries(job.customHeaders).filter(([name]) => !(userTask && name.startsWith(RESERVED)));
  const task = userTask && {
    ...Object.fromEntries(TEXTS.map((name) => [name, userTask[name] ?? ''])),
    ...Object.fromEntries(LISTS.map((name) => [name, userTask[name] ?? []])),
    priority: userTask['priority'] ?? null,
  };
  return {
    ...(task && { userTask: task }),
    type: job.type,
    elementId: job.elementId,
    bpmnProcessId,
    processDefinitionVersion: job.processDefinitionVersion,
    retries: job.retries,
    customHeaders: Object.fromEntries(own),
    variables: job.variables,
    ...(job.tags.length > 0 && { tags: job.tags }),
  };
}

/** What a creation tells beside its keys; empty labels are left out. */
export function creationResponse(
  bpmnProcessId: string,
  version: number,
  { tags = [], businessId, variables }: Labels,
): JsonObject {
  return {
    bpmnProcessId,
    version,
    ...(variables !== undefined && { variables }),
    ...(tags.length > 0 && { tags }),
    ...(businessId && { businessId }),
  };
}

interface Labels {
  readonly tags?: readonly string[];
  readonly businessId?: string | null | undefined;
  readonly variables?: Json | undefined;
}

/** Texts of JSON as they stand in the answers of decisions. */
export function parsed(text: string): Json {
  return JSON.parse(text) as Json;
}

interface EvaluatedTold {
  readonly decisionId: string;
  readonly decisionName: string;
  readonly decisionVersion: number;
  readonly decisionType: string;
  readonly decisionOutput: string;
  readonly evaluatedInputs: readonly JsonObject[];
  readonly matchedRules: readonly JsonObject[];
}

export interface DecisionTold {
  readonly decisionId: string;
  readonly decisionName: string;
  readonly decisionVersion: number;
  readonly decisionRequirementsId: string;
  readonly decisionOutput: string;
  readonly failedDecisionId: string;
  readonly failureMessage: string;
  readonly evaluatedDecisions: readonly EvaluatedTold[];
}

export function decisionResponse(told: DecisionTold): JsonObject {
  const { failedDecisionId, failureMessage } = told;
  return {
    decisionId: told.decisionId,
    decisionName: told.decisionName,
    decisionVersion: told.decisionVersion,
    decisionRequirementsId: told.decisionRequirementsId,
    decisionOutput: parsed(told.decisionOutput),
    ...(failureMessage === '' ? {} : { failedDecisionId, failureMessage }),
    evaluatedDecisions: told.evaluatedDecisions.map((decision) => ({
      decisionId: decision.decisionId,
      decisionName: decision.decisionName,
      decisionVersion: decision.decisionVersion,
      decisionType: decision.decisionType,
      decisionOutput: parsed(decision.decisionOutput),
      evaluatedInputs: decision.evaluatedInputs.map(({ inputId, inputName, inputValue }) => ({
        inputId: inputId ?? null,
        inputName: inputName ?? null,
        inputValue: parsed(String(inputValue)),
      })),
      matchedRules: decision.matchedRules.map(({ ruleId, ruleIndex, evaluatedOutputs }) => ({
        ruleId: ruleId ?? null,
        ruleIndex: ruleIndex ?? null,
        evaluatedOutputs: ((evaluatedOutputs ?? []) as readonly JsonObject[]).map(
          ({ outputId, outputName, outputValue }) => ({
            outputId: outputId ?? null,
            outputName: outputName ?? null,
            outputValue: parsed(String(outputValue)),
          }),
        ),
      })),
    })),
  };
}
