import { applyInputMappings } from '../behaviors/mappings.ts';
import { jobTask } from './job-task.ts';
import { passThroughTask } from './pass-through-task.ts';
import type { ElementProcessor } from './processor.ts';
import { throwCompensation, throwError, throwEscalation, throwSignal } from './throwing.ts';

/** What intermediate throw events and end events have in common: everything but how they leave. */
export const throwingEvent: ElementProcessor = {
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
      case 'ERROR':
        return throwError(w, at);
      case 'ESCALATION':
        return throwEscalation(w, at);
      case 'COMPENSATION':
        return throwCompensation(w, at);
      default:
        return passThroughTask.activated(w, at);
    }
  },
};
