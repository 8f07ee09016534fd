import { evaluateAndRecord, latestDecision } from '../behaviors/decisions.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import { DECISIONS } from '../state/decision-tables.ts';
import type { Accepted, CommandOf } from './command.ts';

const NO_OWNER = {
  bpmnProcessId: '',
  processDefinitionKey: -1,
  processInstanceKey: -1,
  elementId: '',
  elementInstanceKey: -1,
} as const;

/** Evaluates a decision for a client. A failed evaluation is accepted: the answer tells why it failed. */
export function evaluateDecision(w: Work, { value }: CommandOf<'DECISION_EVALUATION'>): Accepted {
  const { decisionId, decisionKey, variables } = value;
  const byId = decisionId !== '';
  const decision = byId ? latestDecision(w, decisionId) : w.state.get(DECISIONS, decisionKey);
  if (decision === undefined) {
    const [kind, name] = byId ? ['id', decisionId] : ['key', decisionKey];
    const reason = `Expected to evaluate decision '${name}', but no decision found for ${kind} '${name}'`;
    throw new Rejection('INVALID_ARGUMENT', reason);
  }
  return evaluateAndRecord(w, decision, variables, NO_OWNER);
}
