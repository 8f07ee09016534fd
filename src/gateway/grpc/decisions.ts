import type { Answer } from '../../engine/records/command.ts';
import type {
  DecisionEvaluationValue,
  DecisionMetadata,
  DecisionRequirementsMetadata,
} from '../../engine/records/decision.ts';
import type { DurableRuntime } from '../../runtime/client.ts';
import { acceptedOf } from '../errors.ts';
import { TENANT } from '../rest/context.ts';
import type { Unary } from './call.ts';
import { document, number, tenant, text } from './fields.ts';
import type { Message } from './protocol.ts';

/** Evaluating decisions. One that fails is answered like one that does not, with the reason. */
export function decisionCalls(runtime: DurableRuntime): Record<string, Unary> {
  return {
    EvaluateDecision: async (request) => {
      tenant('EvaluateDecision', request);
      const value = {
        decisionId: text(request, 'decisionId'),
        decisionKey: number(request, 'decisionKey'),
        variables: document(request),
      };
      const answer = await runtime.execute({ valueType: 'DECISION_EVALUATION', intent: 'EVALUATE', value });
      const { key, value: evaluated } = acceptedOf(answer as Answer<DecisionEvaluationValue>);
      return evaluationMessage(key, evaluated);
    },
  };
}

function evaluationMessage(key: number, value: DecisionEvaluationValue): Message {
  return {
    decisionKey: value.decisionKey,
    decisionId: value.decisionId,
    decisionName: value.decisionName,
    decisionVersion: value.decisionVersion,
    decisionRequirementsId: value.decisionRequirementsId,
    decisionRequirementsKey: value.decisionRequirementsKey,
    decisionOutput: value.decisionOutput,
    evaluatedDecisions: value.evaluatedDecisions.map((decision, index) => ({
      decisionKey: decision.decisionKey,
      decisionId: decision.decisionId,
      decisionName: decision.decisionName,
      decisionVersion: decision.decisionVersion,
      decisionType: decision.decisionType,
      decisionOutput: decision.decisionOutput,
      matchedRules: decision.matchedRules,
      evaluatedInputs: decision.evaluatedInputs,
      tenantId: TENANT,
      decisionEvaluationInstanceKey: `${key}-${index + 1}`,
    })),
    failedDecisionId: value.failedDecisionId,
    failureMessage: value.evaluationFailureMessage,
    tenantId: TENANT,
    decisionInstanceKey: key,
    decisionEvaluationKey: key,
  };
}

export function decisionMessage(decision: DecisionMetadata): Message {
  return {
    dmnDecisionId: decision.decisionId,
    dmnDecisionName: decision.decisionName,
    version: decision.version,
    decisionKey: decision.decisionKey,
    dmnDecisionRequirementsId: decision.decisionRequirementsId,
    decisionRequirementsKey: decision.decisionRequirementsKey,
    tenantId: TENANT,
  };
}

export function requirementsMessage(graph: DecisionRequirementsMetadata): Message {
  return {
    dmnDecisionRequirementsId: graph.decisionRequirementsId,
    dmnDecisionRequirementsName: graph.decisionRequirementsName,
    version: graph.decisionRequirementsVersion,
    decisionRequirementsKey: graph.decisionRequirementsKey,
    resourceName: graph.resourceName,
    tenantId: TENANT,
  };
}
