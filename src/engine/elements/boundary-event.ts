import { applyOutputMappings } from '../behaviors/mappings.ts';
import { passThroughTask } from './pass-through-task.ts';
import type { ElementProcessor } from './processor.ts';

/** Entered when it was triggered already: what it brought is local to it. */
export const boundaryEvent: ElementProcessor = {
  ...passThroughTask,
  complete(w, { row, model }) {
    // What an error brings stays at its boundary event unless it is mapped.
    applyOutputMappings(w, row, model.outputs, model.eventType !== 'ERROR');
  },
};
