import type { Binding } from '../../bpmn/graph.ts';
import { CompiledDecisions, type EvaluatedDecision } from '../../dmn/index.ts';
import type { FeelValue, Scope } from '../../feel/index.ts';
import type { Work } from '../processing/work.ts';
import type { DecisionEvaluationValue } from '../records/decision.ts';
import type { Document } from '../records/record.ts';
import {
  DECISION_TAGS,
  DECISIONS,
  type DecisionRow,
  decisionTagId,
  LATEST_DECISIONS,
  LATEST_REQUIREMENTS,
  REQUIREMENTS,
  type RequirementsRow,
} from '../state/decision-tables.ts';
import { PROCESSES } from '../state/tables.ts';

export function latestDecision(w: Work, decisionId: string): DecisionRow | undefined {
  const latest = w.state.get(LATEST_DECISIONS, decisionId);
  return latest === undefined ? undefined : w.state.get(DECISIONS, latest.latestKey);
}

export function latestRequirements(w: Work, id: string): RequirementsRow | undefined {
  const latest = w.state.get(LATEST_REQUIREMENTS, id);
  return latest === undefined ? undefined : w.state.get(REQUIREMENTS, latest.latestKey);
}

/** The version of a decision that a business rule task means; `from` is the definition of the task. */
export function boundDecision(
  w: Work,
  decisionId: string,
  binding: Binding,
  from: number,
): DecisionRow | undefined {
  switch (binding.kind) {
    case 'latest':
      return latestDecision(w, decisionId);
    case 'deployment': {
      const deploymentKey = w.state.get(PROCESSES, from)?.deploymentKey ?? -1;
      return [...w.state.scan(DECISIONS, 'byDeployment', [decisionId, deploymentKey])].at(-1);
    }
    case 'versionTag': {
      const tagged = w.state.get(DECISION_TAGS, decisionTagId(decisionId, binding.tag));
      return tagged === undefined ? undefined : w.state.get(DECISIONS, tagged.decisionKey);
    }
  }
}

/** Who asks for an evaluation. */
export type EvaluationOwner = Pick<
  DecisionEvaluationValue,
  'bpmnProcessId' | 'processDefinitionKey' | 'processInstanceKey' | 'elementId' | 'elementInstanceKey'
>;

/** Evaluates a decision and writes down how. A failure is an outcome, not an error. */
export function evaluateAndRecord(
  w: Work,
  decision: DecisionRow,
  variables: Document,
  owner: EvaluationOwner,
): { readonly key: number; readonly value: DecisionEvaluationValue } {
  const requirements = w.state.get(REQUIREMENTS, decision.decisionRequirementsKey);
  if (requirements === undefined) throw new Error(`The model of decision ${decision.decisionKey} is missing`);
  const compiled = compiledDecisions(w, requirements);
  const scope: Scope = { get: (name): FeelValue | undefined => w.cache.variable(variables, name) };
  const result = compiled.evaluate(decision.decisionId, scope, w.environment);
  const value: DecisionEvaluationValue = {
    decisionKey: decision.decisionKey,
    decisionId: decision.decisionId,
    decisionName: decision.decisionName,
    decisionVersion: decision.version,
    decisionRequirementsId: decision.decisionRequirementsId,
    decisionRequirementsKey: decision.decisionRequirementsKey,
    decisionOutput: result.ok ? result.output : 'null',
    variables,
    ...owner,
    evaluatedDecisions: withKeys(w, requirements, result.evaluated),
    evaluationFailureMessage: result.ok ? '' : result.message,
    failedDecisionId: result.ok ? '' : result.failedDecisionId,
  };
  const key = w.nextKey();
  const intent = result.ok ? 'EVALUATED' : 'FAILED';
  w.emit(key, { valueType: 'DECISION_EVALUATION', intent, value });
  return { key, value };
}

function compiledDecisions(w: Work, { graph }: RequirementsRow): CompiledDecisions {
  const known = w.cache.decisions.get(graph);
  if (known !== undefined) return known;
  const compiled = new CompiledDecisions(graph);
  w.cache.decisions.set(graph, compiled);
  return compiled;
}

function withKeys(
  w: Work,
  { decisionRequirementsKey }: RequirementsRow,
  evaluated: readonly EvaluatedDecision[],
): DecisionEvaluationValue['evaluatedDecisions'] {
  const rows = new Map(
    [...w.state.scan(DECISIONS, 'byRequirements', [decisionRequirementsKey])].map((row) => [
      row.decisionId,
      row,
    ]),
  );
  return evaluated.map((decision) => {
    const row = rows.get(decision.decisionId);
    return { ...decision, decisionKey: row?.decisionKey ?? -1, decisionVersion: row?.version ?? -1 };
  });
}

/** Deletes a graph and its decisions, in the order in which they were deployed. */
export function deleteRequirements(w: Work, requirements: RequirementsRow): void {
  const key = requirements.decisionRequirementsKey;
  const rows = [...w.state.scan(DECISIONS, 'byRequirements', [key])];
  for (const row of rows) {
    const value = { ...row, isDuplicate: false };
    w.emit(row.decisionKey, { valueType: 'DECISION', intent: 'DELETED', value });
  }
  const value = { ...requirements, isDuplicate: false };
  w.emit(key, { valueType: 'DECISION_REQUIREMENTS', intent: 'DELETED', value });
}
