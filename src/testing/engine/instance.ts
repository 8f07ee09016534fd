import { isDeepStrictEqual } from 'node:util';
import type { Variables } from '../../client/job.ts';
import { JOBS, USER_TASKS } from '../../engine/state/tables.ts';
import { describeInstance, placeOf } from './describe.ts';
import { documentOf, variablesOf } from './documents.ts';
import { TestEngineError } from './errors.ts';
import {
  type ExpectedEvent,
  type ExpectedIncident,
  fail,
  firstNotPassed,
  isEvent,
  isIncident,
  sentHints,
  unknownElements,
  variableHints,
} from './expectation.ts';
import { TestJob } from './job.ts';
import type { SentEvent } from './receiver.ts';
import type { Session } from './session.ts';
import type { OpenIncident, Trail } from './trail.ts';
import { TestUserTask } from './user-task.ts';

/**
 * One process instance under test. The sentences `is…` and `has…` wait until all is quiet, and reject with an
 * `AssertionError` that tells where the instance really is.
 */
export class TestInstance {
  readonly key: string;
  readonly bpmnProcessId: string;
  readonly #session: Session;
  readonly #trail: Trail;

  constructor(session: Session, trail: Trail) {
    this.#session = session;
    this.#trail = trail;
    this.key = String(trail.key);
    this.bpmnProcessId = trail.bpmnProcessId;
  }

  /** Variables of the instance itself, without those that are local to an element. */
  get variables(): Readonly<Record<string, unknown>> {
    return variablesOf(this.#trail.scopeOf(this.#trail.key));
  }

  /** Incidents that are open. */
  get incidents(): readonly OpenIncident[] {
    return [...this.#trail.incidents.values()];
  }

  /** Events that it sent, in order. */
  get sentEvents(): readonly SentEvent[] {
    return this.#session.receiver.sent.filter(({ processInstanceKey }) => processInstanceKey === this.key);
  }

  /** Where it is, its path, variables and incidents, as failed assertions tell it. */
  describe(): string {
    return describeInstance(this.#session, this.#trail);
  }

  // --- Sentences

  /** There is a token at each of these elements: a task, a catch event, a subprocess with something active in it. */
  async isWaitingAt(...elementIds: readonly string[]): Promise<void> {
    await this.#session.settle();
    const active = this.#trail.active().map(({ elementId }) => elementId);
    if (elementIds.every((id) => active.includes(id))) return;
    this.#fail(`to be waiting at ${quoted(elementIds)}`, this.#unknown(elementIds));
  }

  async isNotWaitingAt(...elementIds: readonly string[]): Promise<void> {
    await this.#session.settle();
    const active = this.#trail.active().map(({ elementId }) => elementId);
    if (elementIds.some((id) => active.includes(id)))
      this.#fail(`not to be waiting at ${quoted(elementIds)}`);
    this.#mustKnow(elementIds);
  }

  /** These elements (or sequence flows) were completed (taken), in this order; others may lie between them. */
  async hasPassed(...elementIds: readonly string[]): Promise<void> {
    await this.#session.settle();
    const missing = firstNotPassed(this.#trail.passed, elementIds);
    if (missing < 0) return;
    const id = elementIds[missing];
    const hint = this.#trail.passed.includes(id ?? '')
      ? `It passed "${id}", but not after ${quoted(elementIds.slice(0, missing))}`
      : `It did not pass "${id}"`;
    const order = elementIds.length > 1 ? ' in this order' : '';
    this.#fail(`to have passed ${quoted(elementIds)}${order}`, [hint, ...this.#unknown(elementIds)]);
  }

  async hasNotPassed(...elementIds: readonly string[]): Promise<void> {
    await this.#session.settle();
    const passed = elementIds.filter((id) => this.#trail.passed.includes(id));
    if (passed.length > 0) this.#fail(`not to have passed ${quoted(passed)}`);
    this.#mustKnow(elementIds);
  }

  isActive(): Promise<void> {
    return this.#stands('active');
  }

  /** It came to its end. */
  isCompleted(): Promise<void> {
    return this.#stands('completed');
  }

  /** It was cancelled, or ended by a parent. */
  isTerminated(): Promise<void> {
    return this.#stands('terminated');
  }

  /** @param value any, if it is left out */
  async hasVariable(name: string, ...[value]: readonly [unknown?]): Promise<void> {
    // biome-ignore lint/complexity/noArguments: undefined is a value that somebody may have meant to pass
    const any = arguments.length < 2;
    await this.#session.settle();
    const text = this.#trail.scopeOf(this.#trail.key).get(name);
    const actual: unknown = text === undefined ? undefined : JSON.parse(text);
    if (text !== undefined && (any || isDeepStrictEqual(actual, value))) return;
    const wanted = any ? `the variable "${name}"` : `the variable "${name}" with ${JSON.stringify(value)}`;
    const values = any ? {} : { actual, expected: value };
    this.#fail(`to have ${wanted}`, variableHints(this.#trail, name, value), values);
  }

  async hasVariables(variables: Variables): Promise<void> {
    for (const [name, value] of Object.entries(variables)) await this.hasVariable(name, value);
  }

  /** @param expected any, if it is left out; a text is a part of the message */
  async hasIncident(expected: ExpectedIncident = {}): Promise<void> {
    await this.#session.settle();
    if (this.incidents.some((incident) => isIncident(incident, expected))) return;
    const like = typeof expected === 'string' || expected instanceof RegExp ? expected : told(expected);
    this.#fail(`to have an incident${like === '{}' ? '' : ` like ${like}`}`, [
      ...(this.incidents.length === 0 ? ['It has no incident'] : []),
    ]);
  }

  async hasNoIncident(): Promise<void> {
    await this.#session.settle();
    if (this.incidents.length > 0) this.#fail('to have no incident');
  }

  /** @param expected data and attributes that the event must have; it may have more */
  async hasSentEvent(type: string, expected: ExpectedEvent = {}): Promise<void> {
    await this.#session.settle();
    if (this.sentEvents.some((sent) => isEvent(sent, type, expected))) return;
    const like = Object.keys(expected).length === 0 ? '' : ` with ${told(expected)}`;
    this.#fail(`to have sent an event "${type}"${like}`, sentHints(this.sentEvents, type));
  }

  async hasNotSentEvent(type: string, expected: ExpectedEvent = {}): Promise<void> {
    await this.#session.settle();
    if (this.sentEvents.some((sent) => isEvent(sent, type, expected)))
      this.#fail(`not to have sent an event "${type}"`, sentHints(this.sentEvents, type));
  }

  // --- Steps

  /** The open job at an element; without an id the only one of the instance. */
  job(elementId?: string): TestJob {
    const { trails, machine } = this.#session;
    const rows = trails.jobsOf(this.#trail.key).flatMap((key) => machine.state.get(JOBS, key) ?? []);
    const row = this.#only(rows, elementId, 'open job', ({ value }) => value.elementId);
    return new TestJob(this.#session, row.key, row.value);
  }

  /** The open user task at an element; without an id the only one of the instance. */
  userTask(elementId?: string): TestUserTask {
    const { state } = this.#session.machine;
    const rows = this.#trail.active().flatMap(({ key }) => [...state.scan(USER_TASKS, 'byElement', [key])]);
    return new TestUserTask(
      this.#session,
      this.#only(rows, elementId, 'user task', (row) => row.elementId),
    );
  }

  /**
   * Resolves an incident after it was mended.
   * @param mend variables that are set at the instance before, and the retries of the job whose incident it is (1)
   */
  async resolveIncident(
    elementId?: string,
    { variables, retries = 1 }: { readonly variables?: Variables; readonly retries?: number } = {},
  ): Promise<void> {
    const incident = this.#only(this.incidents, elementId, 'incident', (one) => one.elementId);
    if (variables) await this.setVariables(variables);
    if (incident.jobKey !== -1)
      await this.#session.execute({
        valueType: 'JOB',
        intent: 'UPDATE_RETRIES',
        key: incident.jobKey,
        value: { retries },
      });
    await this.#session.execute({ valueType: 'INCIDENT', intent: 'RESOLVE', key: incident.key });
  }

  /** Sets variables of the instance itself. */
  async setVariables(variables: Variables): Promise<void> {
    await this.#session.execute({
      valueType: 'VARIABLE_DOCUMENT',
      intent: 'UPDATE',
      value: { scopeKey: this.#trail.key, updateSemantics: 'LOCAL', variables: documentOf(variables) },
    });
  }

  async cancel(): Promise<void> {
    await this.#session.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: this.#trail.key });
  }

  #only<One>(
    all: readonly One[],
    elementId: string | undefined,
    what: string,
    idOf: (one: One) => string,
  ): One {
    const found = elementId === undefined ? all : all.filter((one) => idOf(one) === elementId);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    const place = elementId === undefined ? '' : ` at "${elementId}"`;
    if (only !== undefined)
      throw new TestEngineError(
        `Instance ${this.key} of "${this.bpmnProcessId}" has ${found.length} of what was asked for as its only ${what}${place}: at ${quoted(found.map(idOf))}.`,
      );
    throw new TestEngineError(
      [
        `Instance ${this.key} of "${this.bpmnProcessId}" has no ${what}${place}.`,
        ...this.#unknown(elementId === undefined ? [] : [elementId]),
        this.describe(),
      ].join('\n'),
    );
  }

  async #stands(state: Trail['state']): Promise<void> {
    await this.#session.settle();
    if (this.#trail.state === state) return;
    this.#fail(`to be ${state}`, [`But ${placeOf(this.#session, this.#trail)}`]);
  }

  #unknown(elementIds: readonly string[]): string[] {
    return unknownElements(this.#session, this.#trail, elementIds);
  }

  /** A sentence that says "not" must not hold because of a misspelt id. */
  #mustKnow(elementIds: readonly string[]): void {
    const unknown = this.#unknown(elementIds);
    if (unknown.length > 0) this.#fail(`to have the elements ${quoted(elementIds)} in its model`, unknown);
  }

  #fail(
    expected: string,
    hints: readonly string[] = [],
    values: { readonly actual?: unknown; readonly expected?: unknown } = {},
  ): never {
    return fail(this.#session, this.#trail, expected, hints, values);
  }
}

function quoted(ids: readonly string[]): string {
  return ids.map((id) => `"${id}"`).join(', ');
}

/** As JSON; regular expressions as they are written. */
function told(value: object): string {
  return JSON.stringify(value, (_, one: unknown) => (one instanceof RegExp ? String(one) : one));
}
