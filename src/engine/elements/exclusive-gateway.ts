import { evaluateBoolean } from '../behaviors/expressions.ts';
import { resolveIncidentsOf } from '../behaviors/incidents.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { At, ElementProcessor } from './processor.ts';
import { endsInstance } from './runtime-instructions.ts';
import {
  emitElement,
  markActivated,
  markCompleted,
  pathEnded,
  retryInclusiveJoins,
  takeFlow,
} from './transitions.ts';

/** Takes the first flow whose condition holds, else the default flow. */
export const exclusiveGateway: ElementProcessor = {
  activated(w, at) {
    const flow = at.model.outgoing.length === 0 ? undefined : chooseFlow(w, at);
    passGateway(w, at, flow === undefined ? [] : [flow]);
  },
  completed(w, at) {
    passGateway(w, at, []);
  },
  terminate(w, at) {
    resolveIncidentsOf(w, at.row.key);
    return true;
  },
};

function chooseFlow(w: Work, { row, model, graph }: At): string {
  const [only] = model.outgoing;
  if (model.outgoing.length === 1 && only !== undefined && graph.flows[only]?.condition === undefined)
    return only;
  for (const id of model.outgoing) {
    const condition = graph.flows[id]?.condition;
    if (id === model.defaultFlow || condition === undefined) continue;
    if (evaluateBoolean(w, condition, row.key)) return id;
  }
  if (model.defaultFlow !== undefined) return model.defaultFlow;
  throw new IncidentError('CONDITION_ERROR', NO_FLOW);
}

export const NO_FLOW = 'Expected at least one condition to evaluate to true, or to have a default flow';

/** A gateway completes in the step in which it is activated. */
export function passGateway(w: Work, at: At, flows: readonly string[]): void {
  markActivated(w, at);
  emitElement(w, at.row, 'ELEMENT_COMPLETING');
  markCompleted(w, at);
  if (endsInstance(w, at.row)) return;
  for (const flow of flows) takeFlow(w, at, flow);
  if (flows.length === 0) pathEnded(w, at.row);
  else retryInclusiveJoins(w, at.row.flowScopeKey);
}
