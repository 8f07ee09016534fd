import { terminateChildren } from '../behaviors/scopes.ts';
import type { ElementProcessor } from './processor.ts';
import { endsInstance } from './runtime-instructions.ts';
import { throwingEvent } from './throwing-event.ts';
import { askCompletion, completeAndLeave, markCompleted } from './transitions.ts';

/** End events. */
export const endEvent: ElementProcessor = {
  ...throwingEvent,
  completed(w, at) {
    if (at.model.eventType !== 'TERMINATE') return completeAndLeave(w, at);
    markCompleted(w, at);
    if (endsInstance(w, at.row)) return;
    const scope = w.element(at.row.flowScopeKey);
    if (scope !== undefined && terminateChildren(w, scope)) askCompletion(w, scope);
  },
};
