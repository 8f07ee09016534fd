import { closeAll } from './lifecycle.ts';
import type { ElementProcessor } from './processor.ts';
import { askCompletion, completeAndLeave, markActivated } from './transitions.ts';

/** Manual and undefined tasks: nothing is done, not even their mappings, and the token goes on. */
export const passThroughTask: ElementProcessor = {
  activated(w, at) {
    markActivated(w, at);
    askCompletion(w, at.row);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    closeAll(w, at);
    return true;
  },
};
