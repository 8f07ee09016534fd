import type { GraphElement, ProcessGraph } from '../../bpmn/graph.ts';
import { modelOf, type Work } from '../processing/work.ts';
import type { ElementRow } from '../state/tables.ts';

/** Whether an element instance is one of those inside a multi-instance body. */
export function isInnerInstance(w: Work, row: ElementRow): boolean {
  return w.element(row.flowScopeKey)?.type === 'MULTI_INSTANCE_BODY';
}

/** Sequence flows that are taken when this instance completes; an inner instance leaves that to its body. */
export function outgoingFlows(w: Work, row: ElementRow, model: GraphElement): readonly string[] {
  return isInnerInstance(w, row) ? [] : model.outgoing;
}

export function boundaryEvents(graph: ProcessGraph, model: GraphElement): readonly GraphElement[] {
  return model.boundaryEvents.map((id) => modelOf(graph, id));
}

/** The start events of the event subprocesses directly inside. */
export function eventSubProcessStarts(graph: ProcessGraph, model: GraphElement): readonly GraphElement[] {
  return (model.eventSubProcesses ?? []).flatMap((id) =>
    (modelOf(graph, id).startEvents ?? []).map((start) => modelOf(graph, start)),
  );
}

export function isEventSubProcessStart(graph: ProcessGraph, event: GraphElement): boolean {
  if (event.type !== 'START_EVENT' || event.flowScope === null) return false;
  return modelOf(graph, event.flowScope).type === 'EVENT_SUB_PROCESS';
}

/** Events that an instance itself waits for, besides those of its event subprocesses. */
export function ownEvents(w: Work, row: ElementRow, model: GraphElement): readonly GraphElement[] {
  const graph = w.graph(row.processDefinitionKey);
  if (row.type === 'MULTI_INSTANCE_BODY') return boundaryEvents(graph, model);
  const own = model.type === 'INTERMEDIATE_CATCH_EVENT' || model.type === 'RECEIVE_TASK' ? [model] : [];
  return isInnerInstance(w, row) ? own : [...own, ...boundaryEvents(graph, model)];
}

/** All events that can reach an instance. */
export function reachingEvents(w: Work, row: ElementRow, model: GraphElement): readonly GraphElement[] {
  if (row.type === 'MULTI_INSTANCE_BODY') return ownEvents(w, row, model);
  return [...eventSubProcessStarts(w.graph(row.processDefinitionKey), model), ...ownEvents(w, row, model)];
}

/** The none start event of a process or subprocess. */
export function noneStartEvent(graph: ProcessGraph, scopeId: string): GraphElement | undefined {
  return (modelOf(graph, scopeId).startEvents ?? [])
    .map((id) => modelOf(graph, id))
    .find((start) => start.eventType === 'NONE');
}
