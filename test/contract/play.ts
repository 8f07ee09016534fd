import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf } from '../../src/testing/scenarios/commands.ts';
import { firstDifference } from '../../src/testing/scenarios/compare.ts';
import { documentOf, RefusedError } from '../../src/testing/scenarios/document.ts';
import type { ScenarioFolder } from '../../src/testing/scenarios/folders.ts';
import type { HeldBackAnswer, Json, JsonObject, StepOutcome } from '../../src/testing/scenarios/format.ts';
import { type Line, lineOf, stableText } from '../../src/testing/scenarios/project.ts';
import { tag } from '../../src/testing/scenarios/run.ts';
import { NO_SUCH_KEY, Session } from '../../src/testing/scenarios/session.ts';
import { until } from '../support/until.ts';
import type { Question, Told } from './surface.ts';
import { openWorld, type SurfaceName, type World } from './world.ts';

type Reply = Pick<StepOutcome, 'response' | 'rejection'>;

const NOTHING_TOLD: Reply = { response: null, rejection: null };
/** How long records may stay away that were recorded. */
const PATIENCE_MS = 3000;

/** Plays a scenario over one way of asking; what differs from its recording, or undefined. */
export async function playOver(surface: SurfaceName, folder: ScenarioFolder): Promise<string | undefined> {
  const { scenario, expected } = folder;
  // Its engine is never asked: it names instances and jobs, and finds keys, as in the runner of scenarios.
  const session = new Session(folder.folder, scenario.startAt);
  const world = await openWorld(surface, session.now);
  try {
    const player = new Player(world, session, folder);
    const steps: { readonly reply: Omit<StepOutcome, 'records'>; readonly lines: readonly Line[] }[] = [];
    for (const index of scenario.steps.keys()) steps.push(await player.step(index));
    const tagged = session.instanceCount > 1;
    const outcomes = steps.map(({ reply, lines }) => ({
      ...reply,
      records: lines.map((line) => tag(line, session, tagged)),
    }));
    return firstDifference(scenario, { ...expected, steps: expected.steps.map(asTheEngineSays) }, outcomes);
  } finally {
    await world.close();
  }
}

/** gRPC has one status for it, REST a title: the kind is the engine's. */
function asTheEngineSays(step: StepOutcome): StepOutcome {
  const kind = <Told extends Reply>(told: Told): Told =>
    told.rejection?.code === 'FAILED_PRECONDITION'
      ? { ...told, rejection: { ...told.rejection, code: 'INVALID_STATE' } }
      : told;
  return { ...kind(step), ...(step.answers && { answers: step.answers.map(kind) }) };
}

class Player {
  readonly #world: World;
  readonly #session: Session;
  readonly #folder: ScenarioFolder;
  /** Requests that task listeners hold back, by the number of their step. */
  readonly #heldBack = new Map<number, Promise<Told>>();

  constructor(world: World, session: Session, folder: ScenarioFolder) {
    this.#world = world;
    this.#session = session;
    this.#folder = folder;
  }

  async step(index: number): Promise<{ reply: Omit<StepOutcome, 'records'>; lines: readonly Line[] }> {
    const { scenario, expected } = this.#folder;
    const [step, wanted] = [scenario.steps[index], expected.steps[index]];
    if (step === undefined || wanted === undefined) throw new Error(`There is no step ${index + 1}.`);
    const [verb = ''] = Object.keys(step);
    const question = await this.#questionOf(verb, step);
    let told: Told | undefined;
    if (question instanceof RefusedError) told = { code: 'INVALID_ARGUMENT', message: question.message };
    else if (question !== undefined) {
      const asked = this.#world.surface.ask(question);
      const waits = wanted.response === null && wanted.rejection === null;
      if (waits) this.#heldBack.set(index + 1, asked);
      else told = await asked;
    }
    // Before the records are taken, or they would name the instance.
    if (told !== undefined) this.#name(told, verb, step);
    // After another answer than the recorded one nothing is worth waiting for.
    const agrees = told === undefined || 'code' in told === (wanted.rejection !== null);
    const lines = await this.#lines(agrees ? wanted.records.length : 0);
    const reply = told === undefined ? NOTHING_TOLD : this.#replyOf(told, verb);
    const answers = await this.#answers(wanted.answers ?? []);
    return { reply: answers.length === 0 ? reply : { ...reply, answers }, lines };
  }

  /** What a step asks for; undefined for one that moves the clock. */
  async #questionOf(verb: string, step: JsonObject): Promise<Question | RefusedError | undefined> {
    const value = step[verb] as never;
    try {
      switch (verb) {
        case 'advance':
          this.#session.now += value as number;
          await this.#world.runtime.setClock(this.#session.now);
          return undefined;
        case 'deploy':
          return {
            valueType: 'RESOURCES',
            files: (value as readonly string[]).map((name) => ({
              name,
              content: readFileSync(join(this.#folder.folder, name)),
            })),
          };
        case 'create':
        case 'createWithResult':
          return creationOf(value, verb === 'createWithResult');
        case 'activate':
          return activationOf(value);
        case 'evaluateDecision':
          return this.#evaluationOf(value);
        default:
          return commandOf(this.#session, verb, value, step);
      }
    } catch (error) {
      if (error instanceof RefusedError) return error;
      throw error;
    }
  }

  #evaluationOf({ decisionId = '', decision, variables }: Evaluation): Question {
    const { tracker } = this.#session;
    const decisionKey =
      decision === undefined
        ? 0
        : (tracker.resource('decision', decision.decisionId, decision.version) ?? NO_SUCH_KEY);
    const value = { decisionId, decisionKey, variables: documentOf(variables) };
    return { valueType: 'DECISION_EVALUATION', intent: 'EVALUATE', value };
  }

  #name(told: Told, verb: string, { as: name }: JsonObject): void {
    if ('code' in told || typeof name !== 'string') return;
    if (verb === 'activate') this.#session.nameJobs(name, told.keys);
    else for (const key of told.keys) this.#session.nameInstance(name, key);
  }

  #replyOf(told: Told, verb: string): Reply {
    const session = this.#session;
    if ('code' in told)
      return { response: null, rejection: { code: told.code, message: stableText(told.message) } };
    if (verb !== 'evaluateConditional') return { response: told.response, rejection: null };
    const counts: Record<string, number> = {};
    for (const key of told.keys) {
      const id = session.tracker.elementId(key) ?? '';
      counts[id] = (counts[id] ?? 0) + 1;
    }
    return { response: counts, rejection: null };
  }

  /** The records of a step: as many as were recorded are waited for, what comes beyond them is taken too. */
  async #lines(wanted: number): Promise<readonly Line[]> {
    const session = this.#session;
    const names = { now: session.now, elementId: (key: number) => session.tracker.elementId(key) };
    const first = session.log.length;
    let lines: readonly Line[] = [];
    const take = async () => {
      const records = this.#world.records();
      for (const record of records) session.tracker.note(record);
      session.log.push(...records);
      // Anew each time: a record may name an element that a later one tells of.
      lines = session.log.slice(first).flatMap((record) => lineOf(record, names) ?? []);
      return lines.length >= wanted ? true : undefined;
    };
    await until('the records of a step', take, PATIENCE_MS).catch(() => undefined);
    for (const { instanceKey } of lines) if (instanceKey !== undefined) session.instanceName(instanceKey);
    return lines;
  }

  async #answers(wanted: readonly HeldBackAnswer[]): Promise<readonly HeldBackAnswer[]> {
    const answers: HeldBackAnswer[] = [];
    for (const { step } of wanted) {
      const held = this.#heldBack.get(step);
      if (held === undefined) continue;
      this.#heldBack.delete(step);
      answers.push({ step, ...this.#replyOf(await held, '') });
    }
    return answers;
  }
}

interface Creation {
  readonly bpmnProcessId: string;
  readonly version?: number;
  readonly variables?: Json;
  readonly startInstructions?: readonly { readonly elementId: string }[];
  readonly fetchVariables?: readonly string[];
  readonly runtimeInstructions?: readonly { readonly afterElementId: string }[];
  readonly tags?: readonly string[];
  readonly businessId?: string;
}

interface Activation {
  readonly type: string;
  readonly max?: number;
  readonly timeout?: number;
  readonly fetchVariable?: readonly string[];
}

interface Evaluation {
  readonly decisionId?: string;
  readonly decision?: { readonly decisionId: string; readonly version: number };
  readonly variables?: Json;
}

function creationOf(request: Creation, awaited: boolean): Question {
  const { bpmnProcessId, version = -1, startInstructions = [], runtimeInstructions = [] } = request;
  const { fetchVariables = [], tags = [], businessId = '' } = request;
  const processDefinitionKey = bpmnProcessId === '' ? 0 : -1;
  const value = {
    bpmnProcessId,
    processDefinitionKey,
    version,
    variables: documentOf(request.variables),
    startInstructions,
    fetchVariables,
    runtimeInstructions,
    tags,
    businessId,
  };
  const intent = awaited ? 'CREATE_WITH_AWAITING_RESULT' : 'CREATE';
  return { valueType: 'PROCESS_INSTANCE_CREATION', intent, value };
}

function activationOf({ type, max = 10, timeout = 300_000, fetchVariable = [] }: Activation): Question {
  const request = { type, worker: 'worker', timeout, maxJobsToActivate: max, fetchVariables: fetchVariable };
  return { valueType: 'JOB_BATCH', intent: 'ACTIVATE', value: request };
}
