import { packEvents, readStory } from '../../broker/index.ts';
import { type NewEvent, toCloudEvent } from '../../client/event.ts';
import type { EventHandler } from '../../client/event-handler.ts';
import type { JobHandler, Variables } from '../../client/job.ts';
import { typeOf } from '../../cloudevents/index.ts';
import type { CreationRequest } from '../../engine/records/command.ts';
import type { CreationValue } from '../../engine/records/creation.ts';
import type { DecisionEvaluationValue } from '../../engine/records/decision.ts';
import { type Fate, type KeptFate, wholeFate } from '../../router/index.ts';
import { defaultEventsSettings, type EventsSettings } from '../../runtime/events/index.ts';
import type { Published } from '../../runtime/publisher.ts';
import { documentOf } from './documents.ts';
import { RejectedCommandError, TestEngineError } from './errors.ts';
import { TestInstance } from './instance.ts';
import { TestJob } from './job.ts';
import { nearest } from './nearest.ts';
import type { SentEvent } from './receiver.ts';
import { readTestResource, type TestResource } from './resources.ts';
import { Session } from './session.ts';

export interface TestEngineOptions {
  /** Where the virtual clock begins. @defaultValue 2030-01-01T09:00:00Z */
  readonly now?: string | Date;
  /** Settings of the event side, as `tutti.yaml` and the options have them. @defaultValue those of the server */
  readonly events?: Partial<EventsSettings>;
  /** Whether somebody subscribes to all events. @defaultValue true */
  readonly subscriber?: boolean;
  /** Records that one step may cause before it counts as an endless loop. @defaultValue 200,000 */
  readonly maxRecords?: number;
}

export interface StartInstanceOptions
  extends Partial<Pick<CreationRequest, 'version' | 'tags' | 'businessId'>> {
  /** Ids of elements to start before, in place of the start event. */
  readonly startBefore?: readonly string[];
}

/** What became of an event when it came in. */
export interface PublishedEvent {
  readonly sequence: number;
  readonly duplicate: boolean;
  readonly fates: readonly Fate[];
  /** Instances that it started or moved. */
  readonly instances: readonly TestInstance[];
}

export interface EvaluatedDecision {
  readonly output: unknown;
  /** Of the decision and all that it needs, in the order in which they were evaluated. */
  readonly decisions: DecisionEvaluationValue['evaluatedDecisions'];
}

/**
 * The whole engine with router and event log, on one thread in memory, under a virtual clock. Each step resolves when
 * the engine and the handlers of the test have nothing more to do.
 */
export class TestEngine {
  readonly #session: Session;
  readonly #instances = new Map<number, TestInstance>();

  constructor({
    now = '2030-01-01T09:00:00Z',
    events = {},
    subscriber = true,
    maxRecords = 200_000,
  }: TestEngineOptions = {}) {
    const startAt = new Date(now).getTime();
    if (Number.isNaN(startAt))
      throw new TypeError(`'now' must be a date such as 2030-01-01T09:00:00Z, not '${String(now)}'.`);
    const settings = { ...defaultEventsSettings, ...events };
    this.#session = new Session({ startAt, settings, subscriber, maxRecords });
  }

  /** The virtual time. */
  get now(): Date {
    return new Date(this.#session.machine.now);
  }

  /** All events that processes sent, in order. */
  get sentEvents(): readonly SentEvent[] {
    return this.#session.receiver.sent;
  }

  // --- What is there

  /**
   * Deploys files together (.bpmn, .dmn, .form).
   * @throws RejectedCommandError with all that is wrong with them
   */
  async deploy(...resources: readonly TestResource[]): Promise<void> {
    const values = await Promise.all(resources.map(readTestResource));
    await this.#session.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: values } });
  }

  /**
   * Does all jobs of a type from now on, as a worker would.
   * The same handler works with `tutti/client`.
   */
  async worker<Input = Variables, Output = Variables>(
    type: string,
    handler: JobHandler<Input, Output>,
  ): Promise<void> {
    const reserved = this.#session.jobTypes;
    if (reserved.includes(type))
      throw new TestEngineError(`Jobs of type '${type}' are the router's: they send events. Use onEvent.`);
    this.#session.workers.set(type, handler);
    await this.#session.settle();
  }

  /** Takes all events of a type from now on, and may answer them; `*` takes those that no other handler takes. */
  onEvent(type: string, handler: EventHandler): void {
    this.#session.receiver.handlers.set(type, handler);
  }

  // --- What happens

  /** @throws RejectedCommandError if there is no such process */
  async start(
    bpmnProcessId: string,
    variables: Variables = {},
    { startBefore = [], version = -1, ...more }: StartInstanceOptions = {},
  ): Promise<TestInstance> {
    const { value } = await this.#session.execute<CreationValue>({
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: {
        bpmnProcessId,
        processDefinitionKey: -1,
        version,
        variables: documentOf(variables),
        startInstructions: startBefore.map((elementId) => ({ elementId })),
        fetchVariables: [],
        ...more,
      },
    });
    return this.#instance(value.processInstanceKey);
  }

  /** An event comes in. `id`, `source` and `time` are filled in where they are missing. */
  async publish(event: NewEvent): Promise<PublishedEvent> {
    const events = packEvents([toCloudEvent(this.#session.receiver.complete(event))]);
    const { sequences, failures } = await this.#session.ask<Published>('publish', { events, counts: [1] });
    const [failure] = failures;
    if (failure) throw new TestEngineError(failure.error.message);
    const [place = 0] = sequences;
    const sequence = Math.abs(place);
    const story = readStory(this.#session.machine.db, sequence);
    // A repeat is told as its first event, which may be of another type.
    const fates = story?.fates.map(({ fate }) => wholeFate(fate as KeptFate, typeOf(story.event))) ?? [];
    const keys = new Set(
      fates.flatMap((fate) => ('processInstanceKey' in fate ? [Number(fate.processInstanceKey)] : [])),
    );
    const instances = [...keys].map((key) => this.#instance(key));
    return { sequence, duplicate: place < 0, fates, instances };
  }

  /** @param options `timeToLive` in ms (0): how long the message waits for somebody to wait for it */
  async publishMessage(
    name: string,
    correlationKey: string,
    variables: Variables = {},
    { timeToLive = 0, messageId = '' }: { readonly timeToLive?: number; readonly messageId?: string } = {},
  ): Promise<void> {
    const value = { name, correlationKey, timeToLive, messageId, variables: documentOf(variables) };
    await this.#session.execute({ valueType: 'MESSAGE', intent: 'PUBLISH', value });
  }

  async broadcastSignal(signalName: string, variables: Variables = {}): Promise<void> {
    const value = { signalName, variables: documentOf(variables) };
    await this.#session.execute({ valueType: 'SIGNAL', intent: 'BROADCAST', value });
  }

  /**
   * Lets time pass. What falls due happens at its own time.
   * @param duration ISO 8601, such as `PT5M` or `P1D`, or ms
   */
  async advance(duration: string | number): Promise<void> {
    const { now } = this.#session.machine;
    if (typeof duration === 'number') return this.advanceTo(new Date(now + duration));
    const start = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC');
    return this.advanceTo(new Date(start.add(durationOf(duration)).epochMilliseconds));
  }

  async advanceTo(time: string | Date): Promise<void> {
    const until = new Date(time).getTime();
    const { now } = this.#session.machine;
    if (Number.isNaN(until)) throw new TypeError(`'${String(time)}' is no date.`);
    if (until < now)
      throw new TestEngineError(`The clock cannot go back: it is ${new Date(now).toISOString()}.`);
    await this.#session.moveClock(until);
  }

  /**
   * Takes the next job of a type, to do it by hand.
   * @throws TestEngineError if there is none
   */
  async activateJob(type: string): Promise<TestJob> {
    await this.#session.settle();
    const job = await this.#session.workers.activate(type);
    if (job) return new TestJob(this.#session, job.key, job.value);
    throw new TestEngineError(`There is no job of type '${type}' to do.\n${this.describe()}`);
  }

  /** @throws RejectedCommandError if there is no such decision, TestEngineError if it cannot be evaluated */
  async evaluateDecision(decisionId: string, variables: Variables = {}): Promise<EvaluatedDecision> {
    const { value } = await this.#session.execute<DecisionEvaluationValue>({
      valueType: 'DECISION_EVALUATION',
      intent: 'EVALUATE',
      value: { decisionId, decisionKey: -1, variables: documentOf(variables) },
    });
    if (value.evaluationFailureMessage !== '') throw new TestEngineError(value.evaluationFailureMessage);
    return { output: JSON.parse(value.decisionOutput), decisions: value.evaluatedDecisions };
  }

  // --- Where things stand

  /** All instances of a process, or of all processes, in the order in which they began. */
  instances(bpmnProcessId?: string): readonly TestInstance[] {
    this.#session.take();
    return [...this.#session.trails.all.values()]
      .filter((trail) => bpmnProcessId === undefined || trail.bpmnProcessId === bpmnProcessId)
      .map(({ key }) => this.#instance(key));
  }

  /**
   * The only instance of a process, such as one that an event or a call activity started.
   * @throws TestEngineError if there is none or are several
   */
  instance(bpmnProcessId: string): TestInstance {
    const [only, ...others] = this.instances(bpmnProcessId);
    if (only && others.length === 0) return only;
    const known = [...new Set(this.instances().map((one) => one.bpmnProcessId))];
    const near = nearest(bpmnProcessId, known);
    throw new TestEngineError(
      only
        ? `There are ${others.length + 1} instances of "${bpmnProcessId}". Use instances().`
        : [
            `There is no instance of "${bpmnProcessId}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
            this.describe(),
          ].join('\n'),
    );
  }

  /** All instances, and events that had no effect, in lines of text. */
  describe(): string {
    const instances = this.instances().map(
      (instance) => `Instance ${instance.key} of "${instance.bpmnProcessId}":\n${instance.describe()}`,
    );
    const misses = this.#session.misses.map(({ type, told }) => `An event "${type}" had no effect: ${told}`);
    return instances.length > 0 ? instances.join('\n') : ['There are no instances.', ...misses].join('\n');
  }

  /** Lets go of everything. Works as `await using` too. */
  async close(): Promise<void> {
    this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #instance(key: number): TestInstance {
    const known = this.#instances.get(key);
    if (known) return known;
    const trail = this.#session.trails.all.get(key);
    if (!trail) throw new RejectedCommandError('NOT_FOUND', `There is no instance ${key}.`);
    const instance = new TestInstance(this.#session, trail);
    this.#instances.set(key, instance);
    return instance;
  }
}

function durationOf(text: string): Temporal.Duration {
  try {
    return Temporal.Duration.from(text);
  } catch {
    throw new TypeError(`'${text}' is no duration. Write it like PT5M or P1DT12H.`);
  }
}

/** Starts an engine for one test, with nothing deployed. */
export async function startTestEngine(options: TestEngineOptions = {}): Promise<TestEngine> {
  return new TestEngine(options);
}
