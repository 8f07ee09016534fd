import { toJson } from '../../feel/index.ts';
import { valueOfText } from '../behaviors/expressions.ts';
import { noteTrigger } from '../behaviors/triggers.ts';
import { jobTask } from './job-task.ts';
import { passThroughTask } from './pass-through-task.ts';
import type { ElementProcessor } from './processor.ts';
import { askCompletion, markActivated } from './transitions.ts';

/** A FEEL script, or a script run by a job worker. */
export const scriptTask: ElementProcessor = {
  ...jobTask,
  activated(w, at) {
    const { row, model } = at;
    if (model.script === undefined) return jobTask.activated(w, at);
    const { value } = valueOfText(w, model.script.expression, row.key);
    markActivated(w, at);
    noteTrigger(w, row, row.elementId, new Map([[model.script.resultVariable, toJson(value)]]), 'all');
    askCompletion(w, row);
  },
  terminate(w, at) {
    return (at.model.script === undefined ? jobTask : passThroughTask).terminate(w, at);
  },
};
