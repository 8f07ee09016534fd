import { ELEMENTS, type ElementRow, INCIDENTS, JOBS, USER_TASKS } from '../../src/engine/state/tables.ts';
import type { Json, JsonObject } from '../../src/testing/scenarios/format.ts';
import { Session } from '../../src/testing/scenarios/session.ts';
import { runStep } from '../../src/testing/scenarios/steps.ts';
import type { Dice } from './dice.ts';
import type { Names } from './random-events.ts';

interface Row {
  readonly key: number;
  readonly state: string;
  readonly elementId: string;
}

const MOST_STEPS = 22;
/** What writes more is taken for endless. */
const MOST_RECORDS = 2000;

/**
 * Random steps for the model `file` of a folder. What could be done next is read from our engine, so that most steps
 * have an effect.
 */
export async function randomScript(
  dice: Dice,
  names: Names,
  folder: string,
  files: readonly string[],
): Promise<JsonObject[]> {
  return new Script(dice, names, new Session(folder, undefined, { mostRecords: MOST_RECORDS })).write(files);
}

class Script {
  readonly #dice: Dice;
  readonly #names: Names;
  readonly #session: Session;
  readonly #steps: JsonObject[] = [];
  /** Names of jobs that are held and not yet finished. */
  #held: string[] = [];
  #canMigrate = false;
  #instances = 0;
  #jobs = 0;

  constructor(dice: Dice, names: Names, session: Session) {
    this.#dice = dice;
    this.#names = names;
    this.#session = session;
  }

  async write(files: readonly string[]): Promise<JsonObject[]> {
    this.#canMigrate = files.length > 1;
    for (const file of files) await this.#do({ deploy: [file] });
    await this.#do(this.#create());
    for (let left = 6 + this.#dice.below(MOST_STEPS - 6); left > 0; left--) {
      const step = this.#next();
      if (step !== undefined) await this.#do(step);
      if (this.#rows(ELEMENTS.name).length === 0 && this.#dice.once(2)) break;
    }
    return this.#steps;
  }

  async #do(step: JsonObject): Promise<void> {
    this.#steps.push(step);
    const { response } = await runStep(this.#session, step);
    if (typeof step.as !== 'string' || step.activate === undefined) return;
    const count = Array.isArray(response) ? response.length : 0;
    const { as } = step;
    this.#held.push(...Array.from({ length: count }, (_, at) => (at === 0 ? as : `${as}${at + 1}`)));
  }

  #create(): JsonObject {
    const dice = this.#dice;
    this.#instances += 1;
    const variables: Record<string, Json> = {
      n: dice.below(4),
      key: 'k',
      items: dice.pick<Json>([[1, 2], [1], []]),
      x: dice.below(2),
      d: 'PT1M',
    };
    if (dice.once(10)) delete variables[dice.pick(['n', 'key', 'items', 'd', 'x'])];
    const start = this.#instances > 1 || dice.once(12) ? this.#someElementId() : undefined;
    const startInstructions =
      start !== undefined && dice.once(2) ? { startInstructions: [{ elementId: start }] } : {};
    return {
      create: { bpmnProcessId: this.#names.process, variables, ...startInstructions },
      as: `i${this.#instances}`,
    };
  }

  #next(): JsonObject | undefined {
    const dice = this.#dice;
    const jobs = this.#rows<Row>(JOBS.name).filter(({ state }) => state === 'ACTIVATABLE').length;
    const held = this.#held.length;
    const incidents = this.#rows(INCIDENTS.name).length;
    const tasks = this.#rows(USER_TASKS.name).length;
    const some = this.#rows(ELEMENTS.name).length > 0;
    return this.#step(
      dice.weighted({
        activate: jobs > 0 && held === 0 ? 30 : jobs > 0 ? 8 : 0,
        complete: held > 0 ? 30 : 0,
        fail: held > 0 ? 5 : 0,
        throwError: held > 0 ? 7 : 0,
        updateRetries: held > 0 ? 2 : 0,
        updateTimeout: held > 0 ? 1 : 0,
        userTask: tasks > 0 ? 15 : 0,
        publish: 8,
        signal: 6,
        advance: 8,
        setVariables: some ? 4 : 0,
        resolveIncident: incidents > 0 ? 14 : 0,
        cancel: some ? 1 : 0,
        modify: some ? 4 : 0,
        migrate: some && this.#canMigrate ? 8 : 0,
        create: 2,
      }),
    );
  }

  #step(verb: string): JsonObject | undefined {
    const dice = this.#dice;
    const names = this.#names;
    switch (verb) {
      case 'activate':
        this.#jobs += 1;
        return { activate: { type: names.jobType, max: 1 + dice.below(3) }, as: `j${this.#jobs}-` };
      case 'complete':
        return { complete: this.#take(), variables: this.#document() };
      case 'fail':
        return {
          fail: this.#take(),
          retries: dice.below(2),
          errorMessage: 'no',
          ...(dice.once(3) && { retryBackOff: 30_500 }),
          ...(dice.once(3) && { variables: this.#document() }),
        };
      case 'throwError':
        return {
          throwError: this.#take(),
          errorCode: dice.pick([...names.errors, ...names.errors, 'unknown']),
          errorMessage: 'oops',
          ...(dice.once(2) && { variables: this.#document() }),
        };
      case 'updateRetries':
        return { updateRetries: dice.pick(this.#held), retries: dice.below(3) };
      case 'updateTimeout':
        return { updateTimeout: dice.pick(this.#held), timeout: 10_500 };
      case 'userTask': {
        const element = dice.pick(this.#rows<Row>(USER_TASKS.name)).elementId;
        if (dice.once(4)) return { assignUserTask: { element }, assignee: 'me' };
        return { completeUserTask: { element }, variables: this.#document() };
      }
      case 'publish': {
        const timeToLive = dice.pick([0, 0, 90_500]);
        return {
          publish: {
            name: dice.pick(names.messages),
            correlationKey: dice.once(8) ? 'other' : 'k',
            timeToLive,
            variables: this.#document(),
          },
        };
      }
      case 'signal':
        return { signal: { signalName: dice.pick(names.signals), variables: this.#document() } };
      case 'advance':
        return { advance: dice.pick([31_000, 61_000, 61_000]) };
      case 'setVariables': {
        const target = dice.once(2) ? this.#instance() : this.#someElement();
        return target === undefined
          ? undefined
          : { setVariables: target, variables: this.#document(), local: dice.once(2) };
      }
      case 'resolveIncident': {
        const incident = dice.pick(
          this.#rows<{ key: number; elementInstanceKey: number; jobKey: number }>(INCIDENTS.name),
        );
        const element = this.#session.tracker.elementId(incident.elementInstanceKey);
        return element === null ? undefined : { resolveIncident: { element } };
      }
      case 'cancel':
        return { cancel: this.#instance() };
      case 'modify':
        return this.#modify();
      case 'migrate':
        return this.#migrate();
      default:
        return this.#instances < 3 ? this.#create() : undefined;
    }
  }

  #modify(): JsonObject | undefined {
    const dice = this.#dice;
    const instance = this.#instance();
    const target = this.#someElementId();
    const found = this.#someElement(this.#session.instanceKey(instance));
    const activate =
      target !== undefined && !dice.once(4)
        ? [{ elementId: target, ...(dice.once(3) && { variables: this.#document() }) }]
        : [];
    // Zeebe forgets to cancel the user tasks then; we do it.
    const hasTask = this.#rows(USER_TASKS.name).length > 0;
    const terminate =
      found !== undefined && !hasTask && dice.once(2) ? [{ element: found.element, nth: found.nth }] : [];
    if (activate.length + terminate.length === 0) return undefined;
    return { modify: { instance, activate, terminate } };
  }

  #migrate(): JsonObject {
    const dice = this.#dice;
    const [instance, to] = [this.#instance(), { bpmnProcessId: this.#names.copy, version: 1 }];
    const mapping = Object.fromEntries(this.#elementIds().map((id) => [id, id]));
    if (dice.once(4)) delete mapping[dice.pick(Object.keys(mapping))];
    return { migrate: { instance, to, mapping } };
  }

  #take(): string {
    const name = this.#dice.pick(this.#held);
    this.#held = this.#held.filter((other) => other !== name);
    return name;
  }

  #document(): JsonObject {
    const dice = this.#dice;
    return dice.pick<JsonObject>([
      {},
      {},
      { n: dice.below(4) },
      { n: dice.below(4) },
      { x: dice.below(2) },
      { items: dice.pick<Json>([[1, 2], [3]]) },
      { n: 1, key: 'k' },
      { a: 'v' },
      { d: 'PT1M' },
    ]);
  }

  #instance(): string {
    return `i${1 + this.#dice.below(this.#instances)}`;
  }

  /** A running element instance, as steps name it. */
  #someElement(instanceKey?: number): { element: string; nth: number } | undefined {
    const rows = this.#rows<ElementRow>(ELEMENTS.name).filter(
      (row) => instanceKey === undefined || row.processInstanceKey === instanceKey,
    );
    if (rows.length === 0) return undefined;
    const row = this.#dice.pick(rows);
    const alike = rows.filter(({ elementId }) => elementId === row.elementId);
    return { element: row.elementId, nth: 1 + this.#dice.below(alike.length) };
  }

  /** Any element of the main process. */
  #someElementId(): string | undefined {
    const ids = this.#elementIds();
    return ids.length === 0 ? undefined : this.#dice.pick(ids);
  }

  #elementIds(): readonly string[] {
    const graphs = this.#rows<{ graph: { id: string; elements: Record<string, unknown> } }>('graphs');
    const ids = graphs
      .flatMap(({ graph }) => Object.keys(graph.elements))
      .filter((id) => id.startsWith(`${this.#names.process}_`));
    return [...new Set(ids)];
  }

  #rows<SomeRow>(name: string): SomeRow[] {
    return [...(this.#session.state.dump().get(name)?.values() ?? [])] as SomeRow[];
  }
}
