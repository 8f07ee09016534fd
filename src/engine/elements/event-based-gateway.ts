import { subscribe, unsubscribe } from '../behaviors/subscriptions.ts';
import { enterEvent, waitingTrigger } from '../behaviors/triggers.ts';
import { modelOf } from '../processing/work.ts';
import { closeAll } from './lifecycle.ts';
import type { ElementProcessor } from './processor.ts';
import { endsInstance } from './runtime-instructions.ts';
import { markActivated, markCompleted } from './transitions.ts';

/** Waits for the events after it; the first one wins. */
export const eventBasedGateway: ElementProcessor = {
  activated(w, at) {
    const targets = at.model.outgoing.map((flow) => modelOf(at.graph, at.graph.flows[flow]?.target ?? ''));
    subscribe(w, at.row, targets);
    markActivated(w, at);
  },
  completed(w, at) {
    unsubscribe(w, at.row.key);
    const trigger = waitingTrigger(w, at.row.key);
    markCompleted(w, at);
    if (endsInstance(w, at.row)) return;
    if (trigger !== undefined) enterEvent(w, at.row, modelOf(at.graph, trigger.elementId), trigger);
  },
  terminate(w, at) {
    closeAll(w, at);
    return true;
  },
};
