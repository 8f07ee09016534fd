import { childValue } from '../behaviors/triggers.ts';
import type { ElementProcessor } from './processor.ts';
import { endsInstance } from './runtime-instructions.ts';
import { throwingEvent } from './throwing-event.ts';
import { completeAndLeave, markCompleted } from './transitions.ts';

/** Intermediate throw events. */
export const throwEvent: ElementProcessor = {
  ...throwingEvent,
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
    if (endsInstance(w, at.row)) return;
    if (target === undefined || scope === undefined) return;
    w.follow({ kind: 'element', intent: 'ACTIVATE', key: w.nextKey(), value: childValue(scope, target) });
  },
};
