import { evaluateString } from '../behaviors/expressions.ts';
import { IncidentError } from '../processing/incident-error.ts';
import { jobTask } from './job-task.ts';
import type { ElementProcessor } from './processor.ts';

/** A decision of the engine, or one made by a job worker. */
export const businessRuleTask: ElementProcessor = {
  ...jobTask,
  activated(w, at) {
    const { row, model } = at;
    if (model.calledDecision === undefined) return jobTask.activated(w, at);
    const id = evaluateString(w, model.calledDecision.decisionId, row.key);
    // Decisions cannot be deployed yet, so none is ever found.
    const reason = `Expected to evaluate decision '${id}', but no decision found for id '${id}'`;
    throw new IncidentError('CALLED_DECISION_ERROR', reason);
  },
};
