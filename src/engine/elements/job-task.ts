import type { GraphElement, JobDefinition } from '../../bpmn/graph.ts';
import { cancelJobOf, createJob, evaluateJob } from '../behaviors/jobs.ts';
import { applyInputMappings, applyOutputMappings } from '../behaviors/mappings.ts';
import { ownEvents } from '../behaviors/model.ts';
import { subscribe, unsubscribe } from '../behaviors/subscriptions.ts';
import { closeAll } from './lifecycle.ts';
import type { ElementProcessor } from './processor.ts';
import { completeAndLeave, markActivated } from './transitions.ts';

/** Work done by a job worker: service and send tasks, and whatever else has a task definition. */
export const jobTask: ElementProcessor = {
  activate(w, { row, model }) {
    applyInputMappings(w, row, model.inputs);
  },
  activated(w, at) {
    const job = jobDefinition(at.model);
    const properties = evaluateJob(w, job, at.row.key);
    subscribe(w, at.row, ownEvents(w, at.row, at.model));
    createJob(w, at.row, properties, job.headers);
    markActivated(w, at);
  },
  complete(w, { row, model }) {
    applyOutputMappings(w, row, model.outputs);
    unsubscribe(w, row.key);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    cancelJobOf(w, at.row.key);
    closeAll(w, at);
    return true;
  },
};

function jobDefinition(model: GraphElement): JobDefinition {
  if (model.job === undefined) throw new Error(`Element '${model.id}' has no task definition`);
  return model.job;
}
