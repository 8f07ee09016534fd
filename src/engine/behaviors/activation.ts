import type { GraphElement } from '../../bpmn/graph.ts';
import { IncidentError } from '../processing/incident-error.ts';
import { LateRejection } from '../processing/rejection.ts';
import { modelOf, type Work } from '../processing/work.ts';
import type { Document, ProcessInstanceValue } from '../records/record.ts';
import { ELEMENTS, type ElementRow } from '../state/tables.ts';
import { enterInnerInstance, openAdHocVariables } from './ad-hoc.ts';
import { eventSubProcessStarts, ownEvents } from './model.ts';
import { subscribe } from './subscriptions.ts';
import { childValue } from './triggers.ts';
import { setLocalVariables } from './variables.ts';

/** What is to be set in a new or known scope, by the id of the scope's element. */
export type ScopeVariables = ReadonlyMap<string, Document>;

/**
 * Puts tokens before elements of a running instance. Scopes that are not active are entered without their start
 * events and mappings.
 */
export function activateElements(w: Work, instanceKey: number, elements: readonly GraphElement[]): void {
  const instance = w.element(instanceKey);
  if (instance === undefined) return;
  const graph = w.graph(instance.processDefinitionKey);
  subscribeOrRefuse(w, instance, eventSubProcessStarts(graph, modelOf(graph, instance.elementId)));
  for (const element of elements) activateElement(w, instance, element, -1, new Map());
}

/** Activates one element; gives the keys of all scopes it is in. */
export function activateElement(
  w: Work,
  instance: ElementRow,
  element: GraphElement,
  ancestorKey: number,
  variables: ScopeVariables,
): readonly number[] {
  const graph = w.graph(instance.processDefinitionKey);
  const path: GraphElement[] = [];
  for (let id = element.flowScope; id !== null && id !== instance.elementId; ) {
    const scope: GraphElement = modelOf(graph, id);
    path.unshift(scope);
    id = scope.flowScope;
  }
  const ancestor = ancestorKey < 0 ? undefined : w.element(ancestorKey);
  const used = [instance.key];
  let scope = instance;
  setScopeVariables(w, scope, variables);
  for (const model of path) {
    scope = enterScope(w, scope, model, ancestor);
    used.push(scope.key);
    setScopeVariables(w, scope, variables);
  }
  const key = w.nextKey();
  const local = variables.get(element.id);
  if (local !== undefined) setLocalVariables(w, instance, key, local);
  w.follow({ kind: 'element', intent: 'ACTIVATE', key, value: tokenValue(w, scope, element) });
  return used;
}

/**
 * As in Zeebe a token that is put into a scope counts as one that was on its way there, if there is any, such as one that
 * waits at a join; an event subprocess that interrupts counts as all of them, another one as none. They are not taken away
 * from the join.
 */
function tokenValue(w: Work, scope: ElementRow, element: GraphElement): ProcessInstanceValue {
  const value = childValue(scope, element);
  const consumedFlows = Math.min(w.element(scope.key)?.activeFlows ?? 0, countsAs(w, scope, element));
  return consumedFlows > 0 ? { ...value, consumedFlows } : value;
}

function countsAs(w: Work, scope: ElementRow, { type, startEvents = [] }: GraphElement): number {
  if (type === 'PARALLEL_GATEWAY' || type === 'INCLUSIVE_GATEWAY') return 0;
  if (type !== 'EVENT_SUB_PROCESS') return 1;
  const { elements } = w.graph(scope.processDefinitionKey);
  return startEvents.some((id) => elements[id]?.interrupting) ? Number.POSITIVE_INFINITY : 0;
}

function setScopeVariables(w: Work, scope: ElementRow, variables: ScopeVariables): void {
  const document = variables.get(scope.elementId);
  if (document !== undefined) setLocalVariables(w, scope, scope.key, document);
}

/** The active instance of a scope, or a new one. With an ancestor, new scopes are made below it. */
function enterScope(
  w: Work,
  around: ElementRow,
  model: GraphElement,
  ancestor: ElementRow | undefined,
): ElementRow {
  const isInner = model.type === 'AD_HOC_SUB_PROCESS_INNER_INSTANCE';
  for (const child of w.state.scan(ELEMENTS, 'byScope', [around.key])) {
    // One that waits for its activation, for instance with an incident, counts.
    const isThere = child.state === 'ACTIVATED' || child.state === 'ACTIVATING';
    if (child.elementId !== model.id || !isThere) continue;
    // Each activation in an ad-hoc subprocess gets an inner instance of its own, unless one is named.
    if (ancestor === undefined ? isInner : !isWithin(w, ancestor, child)) continue;
    // The instances of a multi-instance stand below its body, under the same id.
    return child.type === 'MULTI_INSTANCE_BODY' ? enterScope(w, child, model, ancestor) : child;
  }
  if (isInner) return enterInnerInstance(w, around);
  const key = w.nextKey();
  const value = tokenValue(w, around, model);
  w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATING', value });
  w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATED', value });
  const row = w.element(key);
  if (row === undefined) throw new Error(`Scope ${key} was not entered`);
  if (model.adHoc !== undefined) openAdHocVariables(w, row, model.adHoc);
  const graph = w.graph(row.processDefinitionKey);
  subscribeOrRefuse(w, row, [...eventSubProcessStarts(graph, model), ...ownEvents(w, row, model)]);
  return row;
}

/** Here nobody could resolve an incident: the one who asked for the tokens is told. */
function subscribeOrRefuse(w: Work, row: ElementRow, events: readonly GraphElement[]): void {
  try {
    subscribe(w, row, events);
  } catch (error) {
    if (!(error instanceof IncidentError)) throw error;
    const reason = `Expected to subscribe to catch event(s) of '${row.elementId}' but ${error.message}`;
    throw new LateRejection('INVALID_ARGUMENT', reason);
  }
}

/** Whether `scope` is the ancestor or stands around it. */
function isWithin(w: Work, ancestor: ElementRow, scope: ElementRow): boolean {
  for (let row: ElementRow | undefined = ancestor; row !== undefined; row = w.element(row.flowScopeKey))
    if (row.key === scope.key) return true;
  return false;
}
