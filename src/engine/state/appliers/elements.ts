import type { ElementIntent } from '../../records/log.ts';
import type { ProcessInstanceValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { variablesOf } from '../scope-variables.ts';
import {
  AWAITED,
  COMPENSATIONS,
  ELEMENTS,
  type ElementRow,
  GRAPHS,
  INSTANCE_COUNTS,
  MESSAGE_SUBSCRIPTIONS,
  SIGNAL_SUBSCRIPTIONS,
  START_LOCKS,
  TAKEN_FLOWS,
  TIMERS,
  TRIGGERS,
  VARIABLES,
} from '../tables.ts';

export function applyElement(
  state: StatePort,
  key: number,
  intent: ElementIntent,
  value: ProcessInstanceValue,
): void {
  switch (intent) {
    case 'ELEMENT_ACTIVATING':
      activating(state, key, value);
      return;
    case 'ELEMENT_ACTIVATED':
      change(state, key, {
        state: 'ACTIVATED',
        listener: 0,
        plannedChildren: value.plannedChildren ?? 0,
      });
      return;
    case 'ELEMENT_COMPLETING':
      change(state, key, { state: 'COMPLETING', listener: 0 });
      return;
    case 'ELEMENT_TERMINATING':
      change(state, key, { state: 'TERMINATING' });
      return;
    case 'ELEMENT_COMPLETED':
    case 'ELEMENT_TERMINATED':
      ended(state, key, value, intent === 'ELEMENT_COMPLETED');
      return;
    case 'SEQUENCE_FLOW_TAKEN':
      flowTaken(state, value);
      return;
    case 'ELEMENT_MIGRATED':
      if (value.bpmnElementType === 'PROCESS') {
        const before = state.get(ELEMENTS, key)?.processDefinitionKey;
        if (before !== undefined) countInstance(state, before, -1);
        countInstance(state, value.processDefinitionKey, 1);
      }
      change(state, key, {
        elementId: value.elementId,
        bpmnProcessId: value.bpmnProcessId,
        version: value.version,
        processDefinitionKey: value.processDefinitionKey,
      });
      return;
  }
}

function change(state: StatePort, key: number, changes: Partial<ElementRow>): void {
  const row = state.get(ELEMENTS, key);
  if (row !== undefined) state.put(ELEMENTS, { ...row, ...changes });
}

function countInstance(state: StatePort, processDefinitionKey: number, change: 1 | -1): void {
  const count = (state.get(INSTANCE_COUNTS, processDefinitionKey)?.count ?? 0) + change;
  if (count > 0) state.put(INSTANCE_COUNTS, { processDefinitionKey, count });
  else state.delete(INSTANCE_COUNTS, processDefinitionKey);
}

function activating(state: StatePort, key: number, value: ProcessInstanceValue): void {
  if (value.bpmnElementType === 'PROCESS') countInstance(state, value.processDefinitionKey, 1);
  let loopCounter = 0;
  const scope = state.get(ELEMENTS, value.flowScopeKey);
  if (scope !== undefined) {
    const consumed = value.consumedFlows ?? 0;
    if (scope.type === 'MULTI_INSTANCE_BODY') loopCounter = scope.loopCounter + 1;
    state.put(ELEMENTS, {
      ...scope,
      childCount: scope.childCount + 1,
      activeFlows: Math.max(0, scope.activeFlows - consumed),
      loopCounter: scope.type === 'MULTI_INSTANCE_BODY' ? loopCounter : scope.loopCounter,
    });
    if (consumed > 0) takeWaitingTokens(state, value);
  }
  if (value.parentElementInstanceKey >= 0 && value.bpmnElementType === 'PROCESS')
    change(state, value.parentElementInstanceKey, { calledInstanceKey: key });
  state.put(ELEMENTS, {
    key,
    state: 'ACTIVATING',
    elementId: value.elementId,
    type: value.bpmnElementType,
    eventType: value.bpmnEventType,
    bpmnProcessId: value.bpmnProcessId,
    version: value.version,
    processDefinitionKey: value.processDefinitionKey,
    processInstanceKey: value.processInstanceKey,
    flowScopeKey: value.flowScopeKey,
    parentProcessInstanceKey: value.parentProcessInstanceKey,
    parentElementInstanceKey: value.parentElementInstanceKey,
    childCount: 0,
    activeFlows: 0,
    interruptedBy: null,
    // Zeebe 8.6: an event subprocess that was started by an interruption is reached by no event of its own.
    accepts: value.bpmnElementType === 'EVENT_SUB_PROCESS' && scope?.interruptedBy != null ? 'none' : 'all',
    jobKey: -1,
    calledInstanceKey: -1,
    loopCounter,
    completedChildren: 0,
    terminatedChildren: 0,
    plannedChildren: 0,
    listener: 0,
    // Those of a process instance come before it.
    ...(state.get(VARIABLES, key) === undefined && { noVariables: true }),
    ...(value.tags !== undefined && { tags: value.tags }),
    ...(value.businessId !== undefined && { businessId: value.businessId }),
    ...(value.terminateAfter !== undefined && { terminateAfter: value.terminateAfter }),
    ...callDepth(state, value),
  });
}

function callDepth(state: StatePort, value: ProcessInstanceValue): { readonly callDepth?: number } {
  if (value.bpmnElementType !== 'PROCESS' || value.parentProcessInstanceKey < 0) return {};
  return { callDepth: (state.get(ELEMENTS, value.parentProcessInstanceKey)?.callDepth ?? 0) + 1 };
}

/** A join uses one token of each incoming flow that has any. */
function takeWaitingTokens(state: StatePort, value: ProcessInstanceValue): void {
  if (value.bpmnElementType !== 'PARALLEL_GATEWAY' && value.bpmnElementType !== 'INCLUSIVE_GATEWAY') return;
  for (const row of [...state.scan(TAKEN_FLOWS, 'byGateway', [value.flowScopeKey, value.elementId])]) {
    if (row.count > 1) state.put(TAKEN_FLOWS, { ...row, count: row.count - 1 });
    else state.delete(TAKEN_FLOWS, row.id);
  }
}

function ended(state: StatePort, key: number, value: ProcessInstanceValue, completed: boolean): void {
  if (variablesOf(state, key) !== undefined) state.delete(VARIABLES, key);
  state.delete(ELEMENTS, key);
  for (const trigger of [...state.scan(TRIGGERS, 'byScope', [key])]) state.delete(TRIGGERS, trigger.key);
  if (value.bpmnElementType === 'PROCESS' || value.bpmnElementType.includes('SUB_PROCESS')) {
    for (const row of [...state.scan(TAKEN_FLOWS, 'byGateway', [key])]) state.delete(TAKEN_FLOWS, row.id);
  }
  if (value.bpmnElementType === 'EVENT_SUB_PROCESS') forgetWaits(state, key);
  const scope = state.get(ELEMENTS, value.flowScopeKey);
  if (scope !== undefined) {
    const terminates =
      completed && value.bpmnElementType === 'END_EVENT' && value.bpmnEventType === 'TERMINATE';
    const body = scope.type === 'MULTI_INSTANCE_BODY';
    state.put(ELEMENTS, {
      ...scope,
      childCount: scope.childCount - 1,
      completedChildren: scope.completedChildren + (body && completed ? 1 : 0),
      terminatedChildren: scope.terminatedChildren + (body && !completed ? 1 : 0),
      activeFlows: terminates ? 0 : scope.activeFlows,
      interruptedBy: terminates ? value.elementId : scope.interruptedBy,
    });
  }
  if (value.bpmnElementType === 'PROCESS') {
    countInstance(state, value.processDefinitionKey, -1);
    for (const row of [...state.scan(COMPENSATIONS, 'byInstance', [key])])
      state.delete(COMPENSATIONS, row.key);
    if (state.get(AWAITED, key) !== undefined) state.delete(AWAITED, key);
    for (const lock of [...state.scan(START_LOCKS, 'byInstance', [key])]) state.delete(START_LOCKS, lock.id);
  }
}

/** What an event subprocess still waits for when it ends; no record tells that it goes. */
function forgetWaits(state: StatePort, key: number): void {
  for (const row of [...state.scan(TIMERS, 'byElement', [key])]) state.delete(TIMERS, row.key);
  for (const row of [...state.scan(MESSAGE_SUBSCRIPTIONS, 'byElement', [key])])
    if (!row.closing) state.delete(MESSAGE_SUBSCRIPTIONS, row.key);
  for (const row of [...state.scan(SIGNAL_SUBSCRIPTIONS, 'byElement', [key])])
    state.delete(SIGNAL_SUBSCRIPTIONS, row.key);
}

function flowTaken(state: StatePort, value: ProcessInstanceValue): void {
  const scope = state.get(ELEMENTS, value.flowScopeKey);
  if (scope === undefined) return;
  state.put(ELEMENTS, { ...scope, activeFlows: scope.activeFlows + 1 });
  const graph = state.get(GRAPHS, value.processDefinitionKey)?.graph;
  const target = graph?.elements[graph.flows[value.elementId]?.target ?? ''];
  const joins =
    target !== undefined &&
    (target.type === 'PARALLEL_GATEWAY' || target.type === 'INCLUSIVE_GATEWAY') &&
    target.incoming.length > 1;
  if (!joins) return;
  const id = `${value.flowScopeKey}:${value.elementId}`;
  const row = state.get(TAKEN_FLOWS, id);
  state.put(TAKEN_FLOWS, {
    id,
    scopeKey: value.flowScopeKey,
    gatewayId: target.id,
    flowId: value.elementId,
    count: (row?.count ?? 0) + 1,
  });
}
