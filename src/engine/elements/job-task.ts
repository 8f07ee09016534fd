import type { GraphElement, JobDefinition } from '../../bpmn/graph.ts';
import { createJob, evaluateJob } from '../behaviors/jobs.ts';
import { applyInputMappings, applyOutputMappings } from '../behaviors/mappings.ts';
import { ownEvents } from '../behaviors/model.ts';
import { subscribe, unsubscribe } from '../behaviors/subscriptions.ts';
import type { Work } from '../processing/work.ts';
import { closeAll } from './lifecycle.ts';
import type { At, ElementProcessor } from './processor.ts';
import { completeAndLeave, markActivated } from './transitions.ts';

/** Work done by a job worker: service and send tasks, and whatever else has a task definition. */
export const jobTask: ElementProcessor = {
  activate(w, { row, model }) {
    applyInputMappings(w, row, model.inputs);
  },
  activated(w, at) {
    startJob(w, at, () => ({}));
  },
  complete(w, { row, model }) {
    applyOutputMappings(w, row, model.outputs);
    unsubscribe(w, row.key);
  },
  completed: completeAndLeave,
  terminate(w, at) {
    closeAll(w, at);
    return true;
  },
};

/** Makes the job of an element. `moreHeaders` may fail as the job's own expressions may: then nothing is written. */
export function startJob(w: Work, at: At, moreHeaders: () => JobDefinition['headers']): void {
  const job = jobDefinition(at.model);
  const properties = evaluateJob(w, job, at.row.key);
  const headers = { ...job.headers, ...moreHeaders() };
  subscribe(w, at.row, ownEvents(w, at.row, at.model));
  createJob(w, at.row, properties, headers);
  markActivated(w, at);
}

function jobDefinition(model: GraphElement): JobDefinition {
  if (model.job === undefined) throw new Error(`Element '${model.id}' has no task definition`);
  return model.job;
}
