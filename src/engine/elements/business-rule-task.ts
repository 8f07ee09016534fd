import type { CalledDecision } from '../../bpmn/graph.ts';
import { boundDecision, evaluateAndRecord } from '../behaviors/decisions.ts';
import { evaluateString } from '../behaviors/expressions.ts';
import { noteTrigger } from '../behaviors/triggers.ts';
import { visibleVariables } from '../behaviors/variables.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { DecisionRow } from '../state/decision-tables.ts';
import { type ElementRow, PROCESSES } from '../state/tables.ts';
import { jobTask } from './job-task.ts';
import { passThroughTask } from './pass-through-task.ts';
import type { ElementProcessor } from './processor.ts';
import { askCompletion, markActivated } from './transitions.ts';

/** A decision of the engine, or one made by a job worker. */
export const businessRuleTask: ElementProcessor = {
  ...jobTask,
  activated(w, at) {
    const { row, model } = at;
    if (model.calledDecision === undefined) return jobTask.activated(w, at);
    const decision = calledDecision(w, row, model.calledDecision);
    const { value } = evaluateAndRecord(w, decision, visibleVariables(w, row.key), {
      bpmnProcessId: row.bpmnProcessId,
      processDefinitionKey: row.processDefinitionKey,
      processInstanceKey: row.processInstanceKey,
      elementId: row.elementId,
      elementInstanceKey: row.key,
    });
    if (value.evaluationFailureMessage !== '')
      throw new IncidentError('DECISION_EVALUATION_ERROR', value.evaluationFailureMessage);
    markActivated(w, at);
    const result = new Map([[model.calledDecision.resultVariable, value.decisionOutput]]);
    noteTrigger(w, row, row.elementId, result, 'all');
    askCompletion(w, row);
  },
  terminate(w, at) {
    return (at.model.calledDecision === undefined ? jobTask : passThroughTask).terminate(w, at);
  },
};

function calledDecision(w: Work, row: ElementRow, called: CalledDecision): DecisionRow {
  const id = evaluateString(w, called.decisionId, row.key);
  const decision = boundDecision(w, id, called.binding, row.processDefinitionKey);
  if (decision !== undefined) return decision;
  throw new IncidentError('CALLED_DECISION_ERROR', notFound(w, row, id, called.binding));
}

function notFound(w: Work, row: ElementRow, id: string, binding: CalledDecision['binding']): string {
  switch (binding.kind) {
    case 'latest':
      return `Expected to evaluate decision '${id}', but no decision found for id '${id}'`;
    case 'deployment': {
      const deploymentKey = w.state.get(PROCESSES, row.processDefinitionKey)?.deploymentKey ?? -1;
      return (
        `Expected to evaluate decision '${id}' with binding type 'deployment', but no such decision found in the ` +
        `deployment with key ${deploymentKey} which contained the current process. To resolve this incident, migrate ` +
        `the process instance to a process definition that is deployed together with the intended decision to evaluate.`
      );
    }
    case 'versionTag':
      return (
        `Expected to evaluate decision with id '${id}' and version tag '${binding.tag}', but no such decision found. ` +
        `To resolve this incident, deploy a decision with the given id and version tag.`
      );
  }
}
