import { applyInputMappings } from '../behaviors/mappings.ts';
import { childValue } from '../behaviors/triggers.ts';
import { jobTask } from './job-task.ts';
import { passThroughTask } from './pass-through-task.ts';
import type { ElementProcessor } from './processor.ts';
import { throwCompensation, throwEscalation, throwSignal } from './throwing.ts';
import { completeAndLeave, markCompleted } from './transitions.ts';

/** Intermediate throw events. */
export const throwEvent: ElementProcessor = {
  ...jobTask,
  activate(w, { row, model }) {
    // As in Zeebe, the input mappings of other throwing events are not applied.
    if (model.eventType === 'MESSAGE' || model.eventType === 'SIGNAL')
      applyInputMappings(w, row, model.inputs);
  },
  activated(w, at) {
    switch (at.model.eventType) {
      case 'MESSAGE':
        return jobTask.activated(w, at);
      case 'SIGNAL':
        return throwSignal(w, at);
      case 'ESCALATION':
        return throwEscalation(w, at);
      case 'COMPENSATION':
        return throwCompensation(w, at);
      default:
        return passThroughTask.activated(w, at);
    }
  },
  completed(w, at) {
    if (at.model.eventType !== 'LINK') return completeAndLeave(w, at);
    const target = Object.values(at.graph.elements).find(
      (element) =>
        element.type === 'INTERMEDIATE_CATCH_EVENT' &&
        element.linkName === at.model.linkName &&
        element.flowScope === at.model.flowScope,
    );
    const scope = w.element(at.row.flowScopeKey);
    markCompleted(w, at);
    if (target === undefined || scope === undefined) return;
    w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value: childValue(scope, target) });
  },
};
