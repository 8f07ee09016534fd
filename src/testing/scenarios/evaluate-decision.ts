import type { DecisionEvaluationValue } from '../../engine/records/decision.ts';
import { documentOf } from './document.ts';
import type { Json } from './format.ts';
import { NO_SUCH_KEY, type Session } from './session.ts';
import { type Reply, written } from './steps.ts';

interface Request {
  readonly decisionId?: string;
  /** By key: that of this version. */
  readonly decision?: { readonly decisionId: string; readonly version: number };
  readonly variables?: Json;
}

/** Evaluates a decision; answers as the gateway does, without keys. */
export function evaluateDecision(session: Session, { decisionId = '', decision, variables }: Request): Reply {
  // The gateway's protocol says 0 for no key.
  const decisionKey =
    decision === undefined
      ? 0
      : (session.tracker.resource('decision', decision.decisionId, decision.version) ?? NO_SUCH_KEY);
  const value = { decisionId, decisionKey, variables: documentOf(variables) };
  const answer = session.execute({ valueType: 'DECISION_EVALUATION', intent: 'EVALUATE', value });
  return written(answer, 'grpc', (evaluated) => replyOf(evaluated as DecisionEvaluationValue));
}

const parsed = (text: string): Json => JSON.parse(text) as Json;

function replyOf(value: DecisionEvaluationValue): Json {
  const { failedDecisionId, evaluationFailureMessage: failureMessage } = value;
  return {
    decisionId: value.decisionId,
    decisionName: value.decisionName,
    decisionVersion: value.decisionVersion,
    decisionRequirementsId: value.decisionRequirementsId,
    decisionOutput: parsed(value.decisionOutput),
    ...(failureMessage === '' ? {} : { failedDecisionId, failureMessage }),
    evaluatedDecisions: value.evaluatedDecisions.map((decision) => ({
      decisionId: decision.decisionId,
      decisionName: decision.decisionName,
      decisionVersion: decision.decisionVersion,
      decisionType: decision.decisionType,
      decisionOutput: parsed(decision.decisionOutput),
      evaluatedInputs: decision.evaluatedInputs.map(({ inputId, inputName, inputValue }) => ({
        inputId,
        inputName,
        inputValue: parsed(inputValue),
      })),
      matchedRules: decision.matchedRules.map(({ ruleId, ruleIndex, evaluatedOutputs }) => ({
        ruleId,
        ruleIndex,
        evaluatedOutputs: evaluatedOutputs.map(({ outputId, outputName, outputValue }) => ({
          outputId,
          outputName,
          outputValue: parsed(outputValue),
        })),
      })),
    })),
  };
}
