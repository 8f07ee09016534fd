import { holds } from '../behaviors/conditionals.ts';
import { startByEvent } from '../behaviors/creation.ts';
import { Rejection } from '../processing/rejection.ts';
import { modelOf, type Work } from '../processing/work.ts';
import { CONDITIONAL_SUBSCRIPTIONS, type ConditionalSubscriptionRow, PROCESSES } from '../state/tables.ts';
import type { Accepted, CommandOf } from './command.ts';

/**
 * Evaluates the conditional start events of one process definition, or of all, with the given variables; each whose
 * condition holds starts an instance with these variables. Answers a `ConditionalEvaluationValue`.
 */
export function evaluateConditional(w: Work, { value }: CommandOf<'CONDITIONAL_EVALUATION'>): Accepted {
  const { processDefinitionKey, variables } = value;
  if (processDefinitionKey > 0 && w.state.get(PROCESSES, processDefinitionKey) === undefined) {
    const reason = `Expected to evaluate conditional for process definition key '${processDefinitionKey}', but no such process was found.`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const prefix = processDefinitionKey > 0 ? [processDefinitionKey] : [];
  const scope = { get: (name: string) => w.cache.variable(variables, name) };
  const matches = [...w.state.scan(CONDITIONAL_SUBSCRIPTIONS, 'byDefinition', prefix)].filter(
    (row) => isAsked(row, variables) && holds(w, row.condition, -1, scope),
  );
  const startedProcessInstances = matches.flatMap((row) => {
    const process = w.state.get(PROCESSES, row.processDefinitionKey);
    if (process === undefined) return [];
    const processInstanceKey = w.nextKey();
    const event = modelOf(w.graph(row.processDefinitionKey), row.catchEventId);
    startByEvent(w, process, event, variables, processInstanceKey);
    return [{ processDefinitionKey: row.processDefinitionKey, processInstanceKey }];
  });
  const key = w.nextKey();
  const evaluated = { processDefinitionKey: prefix[0] ?? -1, variables, startedProcessInstances };
  w.emit(key, { valueType: 'CONDITIONAL_EVALUATION', intent: 'EVALUATED', value: evaluated });
  return { key, value: evaluated };
}

/** A start event is asked if at least one of the variables that matter to it is given. */
function isAsked(
  { variableNames }: ConditionalSubscriptionRow,
  variables: ReadonlyMap<string, string>,
): boolean {
  return variableNames.length === 0 || variableNames.some((name) => variables.has(name));
}
