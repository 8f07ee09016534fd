import { handlerCompleted, registerCompensation } from '../behaviors/compensation.ts';
import { canReach, waitingInclusiveJoins } from '../behaviors/inclusive-join.ts';
import { startBufferedMessage, startLockOf } from '../behaviors/message-start.ts';
import { isInnerInstance, outgoingFlows } from '../behaviors/model.ts';
import { childValue, enterEvent, waitingTrigger } from '../behaviors/triggers.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import type { ElementIntent } from '../records/log.ts';
import type { ProcessInstanceValue } from '../records/record.ts';
import { elementValue } from '../state/element-value.ts';
import { type ElementRow, TAKEN_FLOWS } from '../state/tables.ts';
import { finishAdHocChild } from './ad-hoc-sub-process.ts';
import { finishChild } from './multi-instance-body.ts';
import type { At } from './processor.ts';
import { processorOf } from './registry.ts';
import { endsInstance } from './runtime-instructions.ts';

export function emitElement(w: Work, row: ElementRow, intent: ElementIntent): void {
  w.emit(row.key, { valueType: 'PROCESS_INSTANCE', intent, value: w.values.of(row) });
}

export function emitElementWith(
  w: Work,
  row: ElementRow,
  intent: ElementIntent,
  more: Pick<ProcessInstanceValue, 'plannedChildren'>,
): void {
  w.emit(row.key, { valueType: 'PROCESS_INSTANCE', intent, value: { ...elementValue(row), ...more } });
}

export function markActivated(w: Work, at: At): void {
  emitElement(w, at.row, 'ELEMENT_ACTIVATED');
}

export function askCompletion(w: Work, row: ElementRow): void {
  w.follow({ kind: 'element', intent: 'COMPLETE', key: row.key, value: w.values.of(row) });
}

/** The usual end of an element: it is completed, and its outgoing flows are taken. */
export function completeAndLeave(w: Work, at: At): void {
  markCompleted(w, at);
  if (endsInstance(w, at.row)) return;
  const flows = outgoingFlows(w, at.row, at.model);
  for (const flow of flows) takeFlow(w, at, flow);
  if (flows.length === 0) pathEnded(w, at.row);
  else retryInclusiveJoins(w, at.row.flowScopeKey);
}

/** Marks an element completed, after what must happen before: results of its scope, compensation. */
export function markCompleted(w: Work, at: At): void {
  if (isInnerInstance(w, at.row)) finishChild(w, at);
  else if (w.element(at.row.flowScopeKey)?.type === 'AD_HOC_SUB_PROCESS') finishAdHocChild(w, at.row);
  registerCompensation(w, at);
  emitElement(w, at.row, 'ELEMENT_COMPLETED');
  handlerCompleted(w, at.row);
}

/** Takes a sequence flow and, unless its target still waits for others, activates what it leads to. */
export function takeFlow(w: Work, at: At, flowId: string): void {
  const { row, graph } = at;
  const flow = graph.flows[flowId];
  const scope = w.element(row.flowScopeKey);
  if (flow === undefined || scope === undefined) return;
  const value = {
    ...elementValue(row),
    elementId: flowId,
    bpmnElementType: 'SEQUENCE_FLOW' as const,
    bpmnEventType: 'UNSPECIFIED' as const,
  };
  w.emit(w.nextKey(), { valueType: 'PROCESS_INSTANCE', intent: 'SEQUENCE_FLOW_TAKEN', value });
  const target = modelOf(graph, flow.target);
  const joins = target.incoming.length > 1;
  if (joins && target.type === 'PARALLEL_GATEWAY') {
    const waiting = [...w.state.scan(TAKEN_FLOWS, 'byGateway', [scope.key, target.id])];
    if (waiting.length < target.incoming.length) return;
    const value = { ...childValue(scope, target), consumedFlows: waiting.length };
    w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value });
    return;
  }
  // An inclusive join is looked at when all flows of this step are taken.
  if (joins && target.type === 'INCLUSIVE_GATEWAY') return;
  const child = { ...childValue(scope, target), consumedFlows: 1 };
  w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value: child });
}

/** Activates inclusive joins of a scope that no running branch can reach any more. */
export function retryInclusiveJoins(w: Work, scopeKey: number): void {
  const scope = w.element(scopeKey);
  if (scope === undefined || scope.state !== 'ACTIVATED') return;
  for (const { gateway, waiting } of waitingInclusiveJoins(w, scope)) {
    if (waiting < gateway.incoming.length && canReach(w, scope, gateway)) continue;
    const value = { ...childValue(scope, gateway), consumedFlows: waiting };
    w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value });
  }
}

/** Nothing follows this element: its scope may be done. */
export function pathEnded(w: Work, child: ElementRow): void {
  const scope = w.element(child.flowScopeKey);
  if (scope === undefined) return;
  retryInclusiveJoins(w, scope.key);
  const at = atOf(w, scope);
  processorOf(scope).childCompleted?.(w, at, child);
}

/** The end of a terminated element: a boundary event may take over, or the scope around ends too. */
export function markTerminated(w: Work, at: At): void {
  const { row } = at;
  const boundary = at.model.boundaryEvents.find((id) => waitingTrigger(w, row.key, id) !== undefined);
  const trigger = boundary === undefined ? undefined : waitingTrigger(w, row.key, boundary);
  const scope = w.element(row.flowScopeKey);
  const lock = row.type === 'PROCESS' ? startLockOf(w, row.key) : undefined;
  emitElement(w, row, 'ELEMENT_TERMINATED');
  if (lock !== undefined) startBufferedMessage(w, lock);
  const ends = endsInstance(w, row);
  if (!ends && trigger !== undefined && scope?.state === 'ACTIVATED' && scope.interruptedBy === null)
    enterEvent(w, row, modelOf(at.graph, trigger.elementId), trigger);
  if (row.type === 'PROCESS') calledProcessTerminated(w, row);
  else childTerminated(w, row);
}

function calledProcessTerminated(w: Work, row: ElementRow): void {
  const caller = w.element(row.parentElementInstanceKey);
  if (caller?.state === 'TERMINATING') markTerminated(w, atOf(w, caller));
}

function childTerminated(w: Work, child: ElementRow): void {
  const scope = w.element(child.flowScopeKey);
  if (scope === undefined) return;
  retryInclusiveJoins(w, scope.key);
  processorOf(scope).childTerminated?.(w, atOf(w, scope));
}

export function atOf(w: Work, row: ElementRow): At {
  const graph = w.graph(row.processDefinitionKey);
  return { row, graph, model: modelOf(graph, row.elementId) };
}
