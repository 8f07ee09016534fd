import { applyOutputMappings } from '../behaviors/mappings.ts';
import { eventSubProcessStarts, ownEvents } from '../behaviors/model.ts';
import { subscribe } from '../behaviors/subscriptions.ts';
import { modelOf } from '../processing/work.ts';
import { passThroughTask } from './pass-through-task.ts';
import type { ElementProcessor } from './processor.ts';

/**
 * The start of a process or subprocess. When it completes, its scope begins to wait for its events, so that their
 * expressions see what the start event brought.
 */
export const startEvent: ElementProcessor = {
  ...passThroughTask,
  complete(w, { row, model, graph }) {
    const scope = w.element(row.flowScopeKey);
    if (scope === undefined) return;
    applyOutputMappings(w, row, model.outputs, scope.type === 'PROCESS' && model.eventType !== 'NONE');
    const scopeModel = modelOf(graph, scope.elementId);
    const own = scope.type === 'SUB_PROCESS' ? ownEvents(w, scope, scopeModel) : [];
    subscribe(w, scope, [...eventSubProcessStarts(graph, scopeModel), ...own]);
  },
};
