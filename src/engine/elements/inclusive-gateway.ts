import { evaluateBoolean } from '../behaviors/expressions.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import { exclusiveGateway, NO_FLOW, passGateway } from './exclusive-gateway.ts';
import type { At, ElementProcessor } from './processor.ts';

/** Takes every flow whose condition holds, else the default flow. */
export const inclusiveGateway: ElementProcessor = {
  ...exclusiveGateway,
  activated(w, at) {
    passGateway(w, at, chooseFlows(w, at));
  },
};

function chooseFlows(w: Work, { row, model, graph }: At): readonly string[] {
  const [only] = model.outgoing;
  if (only === undefined) return [];
  if (model.outgoing.length === 1 && graph.flows[only]?.condition === undefined) return [only];
  const chosen = model.outgoing.filter((id) => {
    const condition = graph.flows[id]?.condition;
    return id !== model.defaultFlow && condition !== undefined && evaluateBoolean(w, condition, row.key);
  });
  if (chosen.length > 0) return chosen;
  if (model.defaultFlow !== undefined) return [model.defaultFlow];
  throw new IncidentError('CONDITION_ERROR', NO_FLOW);
}
