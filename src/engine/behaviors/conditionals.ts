import type { GraphElement, ProcessGraph, VariableEvent } from '../../bpmn/index.ts';
import type { Scope } from '../../feel/index.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { ConditionalSubscriptionValue } from '../records/conditional.ts';
import { CONDITIONAL_SUBSCRIPTIONS, type ConditionalSubscriptionRow, ELEMENTS } from '../state/tables.ts';
import { evaluateBoolean } from './expressions.ts';

/** A variable was created or updated in a scope. */
export interface VariableChange {
  readonly name: string;
  readonly scopeKey: number;
  readonly event: VariableEvent;
}

/** Whether a condition holds. One that fails, or gives no boolean, does not hold; it raises no incident. */
export function holds(w: Work, condition: string, scopeKey: number, scope?: Scope): boolean {
  try {
    return evaluateBoolean(w, { kind: 'feel', text: condition.slice(1) }, scopeKey, scope);
  } catch (error) {
    if (error instanceof IncidentError) return false;
    throw error;
  }
}

/**
 * Looks, after one document of variables was written, at what waits for conditions: from each scope of a change
 * downwards, outer scopes first. A subscription is triggered once for a document; where one interrupts its scope,
 * nothing more is asked in that scope or inside it.
 *
 * The walk follows the model: parts of the process that wait for no condition are not entered.
 */
export function changesHappened(w: Work, graph: ProcessGraph, changes: readonly VariableChange[]): void {
  if (graph.hasConditions !== true || changes.length === 0) return;
  const places = placesOf(graph);
  const triggered = new Set<number>();
  const interrupted = new Set<number>();
  for (const change of changes) {
    const scopes = [change.scopeKey];
    for (let scopeKey = scopes.shift(); scopeKey !== undefined; scopeKey = scopes.shift()) {
      const row = interrupted.has(scopeKey) ? undefined : w.element(scopeKey);
      if (row === undefined) continue;
      if (askScope(w, scopeKey, change, triggered)) {
        interrupted.add(scopeKey);
        continue;
      }
      if (!places.holders.has(row.elementId)) continue;
      for (const child of w.state.scan(ELEMENTS, 'byScope', [scopeKey])) {
        if (places.holders.has(child.elementId) || places.waiting.has(child.elementId))
          scopes.push(child.key);
      }
    }
  }
}

/** Asks the subscriptions of one scope; true if one interrupts it. */
function askScope(w: Work, scopeKey: number, change: VariableChange, triggered: Set<number>): boolean {
  for (const row of w.state.scan(CONDITIONAL_SUBSCRIPTIONS, 'byScope', [scopeKey])) {
    if (triggered.has(row.key) || !concerns(row, change) || !holds(w, row.condition, scopeKey)) continue;
    triggered.add(row.key);
    triggerLater(w, row.key, subscriptionValue(row));
    if (row.interrupting) return true;
  }
  return false;
}

function concerns({ variableNames, variableEvents }: ConditionalSubscriptionRow, change: VariableChange) {
  const named = variableNames.length === 0 || variableNames.includes(change.name);
  return named && (variableEvents.length === 0 || variableEvents.includes(change.event));
}

/** The condition is asked again by nobody before the trigger is carried out: what ends meanwhile is not triggered. */
export function triggerLater(w: Work, key: number, value: ConditionalSubscriptionValue): void {
  w.follow({ kind: 'conditional-subscription', intent: 'TRIGGER', key, value });
}

export function subscriptionValue(row: ConditionalSubscriptionRow): ConditionalSubscriptionValue {
  const { key: _key, startOf: _startOf, ...value } = row;
  return value;
}

interface Places {
  /** Ids of elements whose instances wait for conditions: by boundary events, themselves, or as scopes. */
  readonly waiting: ReadonlySet<string>;
  /** Ids of the scopes that hold such elements, or whose single instances in a multi-instance wait themselves. */
  readonly holders: ReadonlySet<string>;
}

const PLACES = new WeakMap<ProcessGraph, Places>();

function placesOf(graph: ProcessGraph): Places {
  const known = PLACES.get(graph);
  if (known !== undefined) return known;
  const waiting = new Set<string>();
  const holders = new Set<string>();
  for (const event of Object.values(graph.elements)) {
    if (event.conditional === undefined) continue;
    for (const id of waitersOf(graph, event)) {
      waiting.add(id);
      const element = graph.elements[id];
      // Event subprocesses are waited for by each instance of a multi-instance; boundary events by its body.
      if (element?.multiInstance !== undefined && event.type === 'START_EVENT') holders.add(id);
      for (
        let scope = element?.flowScope ?? null;
        scope !== null;
        scope = graph.elements[scope]?.flowScope ?? null
      )
        holders.add(scope);
    }
  }
  const places = { waiting, holders };
  PLACES.set(graph, places);
  return places;
}

/** Ids of the elements whose instances hold the subscription to an event. */
function waitersOf(graph: ProcessGraph, event: GraphElement): readonly string[] {
  if (event.type === 'BOUNDARY_EVENT') return event.attachedTo === undefined ? [] : [event.attachedTo];
  if (event.type === 'START_EVENT') {
    const scope = graph.elements[event.flowScope ?? '']?.flowScope;
    return scope === null || scope === undefined ? [] : [scope];
  }
  const gateways = event.incoming.flatMap((flow) => graph.flows[flow]?.source ?? []);
  return [event.id, ...gateways.filter((id) => graph.elements[id]?.type === 'EVENT_BASED_GATEWAY')];
}
