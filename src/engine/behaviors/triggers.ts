import type { GraphElement } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import type { Document, ProcessInstanceValue } from '../records/record.ts';
import { elementValue } from '../state/element-value.ts';
import { type ElementRow, TRIGGERS, type TriggerRow } from '../state/tables.ts';
import { cancelJobOf } from './jobs.ts';
import { eventSubProcessStarts, isEventSubProcessStart } from './model.ts';
import { terminateChildrenAtOnce } from './scopes.ts';
import { unsubscribe } from './subscriptions.ts';
import { setLocalVariables } from './variables.ts';

/** Whether an instance still acts on this event. */
export function acceptsTrigger(row: ElementRow, event: GraphElement): boolean {
  if (row.state !== 'ACTIVATED') return false;
  return event.type === 'BOUNDARY_EVENT' ? row.accepts !== 'none' : row.accepts === 'all';
}

/** Notes that an event reached an instance; what it brings waits until the event's element takes it. */
export function noteTrigger(
  w: Work,
  scope: { readonly key: number; readonly processInstanceKey: number; readonly processDefinitionKey: number },
  targetElementId: string,
  variables: Document,
  closes?: 'scope' | 'all',
): TriggerRow {
  const key = w.nextKey();
  const { processInstanceKey, processDefinitionKey } = scope;
  const base = { scopeKey: scope.key, targetElementId, variables, processInstanceKey, processDefinitionKey };
  const value = closes === undefined ? base : { ...base, closes };
  w.emit(key, { valueType: 'PROCESS_EVENT', intent: 'TRIGGERING', value });
  return { key, scopeKey: scope.key, elementId: targetElementId, variables };
}

/** Takes a trigger away from where it waited. */
export function takeTrigger(w: Work, row: ElementRow, trigger: TriggerRow): void {
  const { processInstanceKey, processDefinitionKey } = row;
  const { scopeKey, elementId: targetElementId, variables } = trigger;
  const value = { scopeKey, targetElementId, variables, processInstanceKey, processDefinitionKey };
  w.emit(trigger.key, { valueType: 'PROCESS_EVENT', intent: 'TRIGGERED', value });
}

/** The oldest trigger that waits at a scope, for one element if that is given. */
export function waitingTrigger(w: Work, scopeKey: number, elementId?: string): TriggerRow | undefined {
  for (const trigger of w.state.scan(TRIGGERS, 'byScope', [scopeKey])) {
    if (elementId === undefined || trigger.elementId === elementId) return trigger;
  }
  return undefined;
}

/**
 * An event reached an instance that waited for it. The caller has checked {@link acceptsTrigger}.
 */
export function triggerEvent(w: Work, row: ElementRow, event: GraphElement, variables: Document): void {
  const graph = w.graph(row.processDefinitionKey);
  if (isEventSubProcessStart(graph, event)) {
    triggerEventSubProcess(w, row, event, variables);
  } else if (event.type === 'BOUNDARY_EVENT' && !event.interrupting) {
    const trigger = noteTrigger(w, row, event.id, variables);
    enterEvent(w, row, event, trigger);
  } else if (event.type === 'BOUNDARY_EVENT') {
    noteTrigger(w, row, event.id, variables, 'all');
    w.follow({ kind: 'element', intent: 'TERMINATE', key: row.key, value: elementValue(row) });
  } else {
    noteTrigger(w, row, event.id, variables, 'all');
    w.follow({ kind: 'element', intent: 'COMPLETE', key: row.key, value: elementValue(row) });
  }
}

function triggerEventSubProcess(w: Work, scope: ElementRow, start: GraphElement, variables: Document): void {
  if (!start.interrupting) {
    noteTrigger(w, scope, start.id, variables);
    activateEventSubProcess(w, scope, start);
    return;
  }
  noteTrigger(w, scope, start.id, variables, 'scope');
  // From now on no job worker decides on an ad-hoc subprocess.
  if (scope.type === 'AD_HOC_SUB_PROCESS') cancelJobOf(w, scope.key);
  const empty = terminateChildrenAtOnce(w, scope);
  closeEventSubProcesses(w, scope);
  if (empty) activateEventSubProcess(w, scope, start);
}

/** An interrupted scope waits for none of its event subprocesses any more; its boundary events stay. */
function closeEventSubProcesses(w: Work, scope: ElementRow): void {
  const starts = new Set(
    eventSubProcessStarts(w.graph(scope.processDefinitionKey), w.model(scope)).map(({ id }) => id),
  );
  unsubscribe(w, scope.key, (elementId) => starts.has(elementId));
}

export function activateEventSubProcess(w: Work, scope: ElementRow, start: GraphElement): void {
  const graph = w.graph(scope.processDefinitionKey);
  const model = modelOf(graph, start.flowScope ?? '');
  w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value: childValue(scope, model) });
}

/** What the records of a new element instance tell, as a child of `scope`. */
export function childValue(scope: ElementRow, model: GraphElement, inner = false): ProcessInstanceValue {
  const body = model.multiInstance !== undefined && !inner;
  return {
    bpmnElementType: body ? 'MULTI_INSTANCE_BODY' : model.type,
    bpmnEventType: body ? 'UNSPECIFIED' : model.eventType,
    elementId: model.id,
    bpmnProcessId: scope.bpmnProcessId,
    version: scope.version,
    processDefinitionKey: scope.processDefinitionKey,
    processInstanceKey: scope.processInstanceKey,
    flowScopeKey: scope.key,
    parentProcessInstanceKey: scope.parentProcessInstanceKey,
    parentElementInstanceKey: scope.parentElementInstanceKey,
  };
}

/** Enters an event that has already happened: its variables become local to it, and it completes. */
export function enterEvent(w: Work, at: ElementRow, event: GraphElement, trigger: TriggerRow): void {
  const scope = event.type === 'START_EVENT' ? at : w.element(at.flowScopeKey);
  if (scope === undefined) return;
  const key = w.nextKey();
  const value = childValue(scope, event);
  w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATING', value });
  w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: 'ELEMENT_ACTIVATED', value });
  setLocalVariables(w, scope, key, trigger.variables);
  takeTrigger(w, scope, trigger);
  w.follow({ kind: 'element', intent: 'COMPLETE', key, value });
}
