import type { GraphElement, ProcessGraph } from '../../bpmn/graph.ts';
import type { Environment } from '../../feel/index.ts';
import type { LogEntry, LogRecord } from '../records/log.ts';
import { apply } from '../state/appliers/apply.ts';
import { ElementValues } from '../state/element-value.ts';
import type { StatePort } from '../state/port.ts';
import { COUNTERS, ELEMENTS, type ElementRow, GRAPHS, PENDING } from '../state/tables.ts';
import type { ExpressionCache } from './expression-cache.ts';
import type { FollowUp } from './follow-up.ts';

/** The first key of partition 1, as Zeebe counts. */
export const FIRST_KEY = 2_251_799_813_685_249;
const KEYS = 'keys';

/**
 * One turn of the engine: the state it works on, the events it emits and the follow-ups it still has to do.
 *
 * Invariants
 * - W1 The state is changed by `emit` only (and, at the end of a turn, by the counter of keys and left-over work).
 * - W2 An event is applied before the next is emitted, so that later steps see what earlier ones did.
 */
export class Work {
  readonly state: StatePort;
  /** Epoch ms. */
  readonly now: number;
  readonly cache: ExpressionCache;
  readonly records: LogRecord[] = [];
  readonly values = new ElementValues();
  readonly #queue: FollowUp[] = [];
  #head = 0;
  #nextKey: number;
  readonly #firstKey: number;
  #graphKey = -1;
  #graph: ProcessGraph | undefined;

  constructor(state: StatePort, now: number, cache: ExpressionCache) {
    this.state = state;
    this.now = now;
    this.cache = cache;
    this.#firstKey = state.get(COUNTERS, KEYS)?.next ?? FIRST_KEY;
    this.#nextKey = this.#firstKey;
  }

  /** What expressions may ask of the world. */
  get environment(): Environment {
    return { nowMs: () => this.now, random: this.cache.random };
  }

  /** A key never given out before. */
  nextKey(): number {
    const key = this.#nextKey;
    this.#nextKey += 1;
    return key;
  }

  /** Writes an event to the log and applies it to the state. */
  emit(key: number, entry: LogEntry): void {
    // Member by member: an object that is spread into another one costs more room and time.
    const { valueType, intent, value } = entry;
    const record = {
      recordType: 'EVENT',
      key,
      timestamp: this.now,
      recordVersion: 1,
      valueType,
      intent,
      value,
    } as LogRecord;
    this.records.push(record);
    apply(this.state, record);
  }

  follow(followUp: FollowUp): void {
    this.#queue.push(followUp);
  }

  /** The next follow-up to do; undefined when all is done. */
  next(): FollowUp | undefined {
    const followUp = this.#queue[this.#head];
    if (followUp === undefined) return undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return followUp;
  }

  /** Whether one of these elements is going to be activated in a scope. */
  hasPendingActivation(scope: ElementRow, elementIds: ReadonlySet<string>): boolean {
    const activates = (followUp: FollowUp) =>
      followUp.kind === 'element' &&
      followUp.intent === 'ACTIVATE' &&
      followUp.value.flowScopeKey === scope.key &&
      elementIds.has(followUp.value.elementId);
    if (this.leftOver().some(activates)) return true;
    for (const row of this.state.scan(PENDING, 'byLane', [scope.processInstanceKey])) {
      if (activates(row.command as FollowUp)) return true;
    }
    return false;
  }

  /** Follow-ups not done yet, in order. */
  leftOver(): readonly FollowUp[] {
    return this.#queue.slice(this.#head);
  }

  /** Keeps the counter of keys in the state. */
  saveKeys(): void {
    if (this.#nextKey !== this.#firstKey) this.state.put(COUNTERS, { name: KEYS, next: this.#nextKey });
  }

  element(key: number): ElementRow | undefined {
    return this.state.get(ELEMENTS, key);
  }

  /** Throws if the definition is gone, which its running instances forbid. */
  graph(processDefinitionKey: number): ProcessGraph {
    if (this.#graph !== undefined && this.#graphKey === processDefinitionKey) return this.#graph;
    const row = this.state.get(GRAPHS, processDefinitionKey);
    if (row === undefined)
      throw new Error(`The model of process definition ${processDefinitionKey} is missing`);
    this.#graph = row.graph;
    this.#graphKey = processDefinitionKey;
    return row.graph;
  }

  /** The model of an element. */
  model(at: { readonly processDefinitionKey: number; readonly elementId: string }): GraphElement {
    return modelOf(this.graph(at.processDefinitionKey), at.elementId);
  }
}

export function modelOf(graph: ProcessGraph, elementId: string): GraphElement {
  const element = graph.elements[elementId];
  if (element === undefined) throw new Error(`Process ${graph.bpmnProcessId} has no element '${elementId}'`);
  return element;
}
