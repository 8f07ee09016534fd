import type { GraphElement, ProcessGraph } from '../../bpmn/graph.ts';
import { applyInputMappings, applyOutputMappings } from '../behaviors/mappings.ts';
import { ownEvents } from '../behaviors/model.ts';
import { subscribe, unsubscribe } from '../behaviors/subscriptions.ts';
import { closeAll } from './lifecycle.ts';
import type { ElementProcessor } from './processor.ts';
import { askCompletion, completeAndLeave, markActivated } from './transitions.ts';

/** Intermediate catch events and receive tasks: wait for a message, a timer or a signal. */
export const catchEvent: ElementProcessor = {
  activate(w, { row, model }) {
    applyInputMappings(w, row, model.inputs);
  },
  activated(w, at) {
    subscribe(w, at.row, ownEvents(w, at.row, at.model));
    markActivated(w, at);
    if (at.model.eventType === 'LINK') askCompletion(w, at.row);
  },
  complete(w, { row, model, graph }) {
    applyOutputMappings(w, row, model.outputs, followsEventBasedGateway(graph, model));
    unsubscribe(w, row.key);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    closeAll(w, at);
    return true;
  },
};

function followsEventBasedGateway(graph: ProcessGraph, model: GraphElement): boolean {
  return model.incoming.some((flow) => {
    const source = graph.flows[flow]?.source;
    return source !== undefined && graph.elements[source]?.type === 'EVENT_BASED_GATEWAY';
  });
}
