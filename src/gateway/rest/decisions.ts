import type { Answer } from '../../engine/records/command.ts';
import type {
  DecisionEvaluationValue,
  DecisionMetadata,
  DecisionRequirementsMetadata,
} from '../../engine/records/decision.ts';
import { rulesOf } from '../../history/index.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields } from '../fields.ts';
import { json, type Route } from '../http.ts';
import { type GatewayContext, TENANT } from './context.ts';

/** Evaluating decisions. */
export function decisionRoutes({ runtime }: GatewayContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/decision-definitions/evaluation',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const decisionId = body.string('decisionDefinitionId');
        const decisionKey = body.key('decisionDefinitionKey');
        const variables = body.document('variables');
        body.tenant();
        body.end();
        if (decisionId !== undefined && decisionKey !== undefined)
          throw new GatewayError(
            'INVALID_ARGUMENT',
            'Only one of [decisionDefinitionId, decisionDefinitionKey] is allowed.',
          );
        if (decisionId === undefined && decisionKey === undefined)
          throw new GatewayError(
            'INVALID_ARGUMENT',
            'At least one of [decisionDefinitionId, decisionDefinitionKey] is required.',
          );
        const answer = await runtime.execute({
          valueType: 'DECISION_EVALUATION',
          intent: 'EVALUATE',
          value: { decisionId: decisionId ?? '', decisionKey: decisionKey ?? -1, variables },
        });
        const { key, value } = acceptedOf(answer as Answer<DecisionEvaluationValue>);
        return json(200, evaluationOf(key, value));
      },
    },
  ];
}

/** The answer of Camunda 8.9; values are JSON texts. A failed evaluation is answered like this too. */
function evaluationOf(key: number, value: DecisionEvaluationValue): object {
  const failed = value.evaluationFailureMessage !== '';
  return {
    decisionDefinitionId: value.decisionId,
    decisionDefinitionKey: String(value.decisionKey),
    decisionDefinitionName: value.decisionName,
    decisionDefinitionVersion: value.decisionVersion,
    decisionRequirementsId: value.decisionRequirementsId,
    decisionRequirementsKey: String(value.decisionRequirementsKey),
    decisionEvaluationKey: String(key),
    // The name before 8.9.
    decisionInstanceKey: String(key),
    tenantId: TENANT,
    output: value.decisionOutput,
    failedDecisionDefinitionId: failed ? value.failedDecisionId : null,
    failureMessage: failed ? value.evaluationFailureMessage : null,
    evaluatedDecisions: value.evaluatedDecisions.map((decision, index) => ({
      decisionDefinitionId: decision.decisionId,
      decisionDefinitionKey: String(decision.decisionKey),
      decisionDefinitionName: decision.decisionName,
      decisionDefinitionVersion: decision.decisionVersion,
      decisionDefinitionType: decision.decisionType,
      decisionEvaluationInstanceKey: `${key}-${index + 1}`,
      tenantId: TENANT,
      output: decision.decisionOutput,
      evaluatedInputs: decision.evaluatedInputs,
      matchedRules: rulesOf(decision.matchedRules),
    })),
  };
}

/** Deployed decisions and their graphs as members of the answer to a deployment. */
export function deployedDecisions({
  decisions,
  decisionRequirements,
}: {
  readonly decisions: readonly DecisionMetadata[];
  readonly decisionRequirements: readonly DecisionRequirementsMetadata[];
}): readonly object[] {
  return [
    ...decisions.map((decision) => ({
      decisionDefinition: {
        decisionDefinitionId: decision.decisionId,
        version: decision.version,
        name: decision.decisionName,
        tenantId: TENANT,
        decisionRequirementsId: decision.decisionRequirementsId,
        decisionDefinitionKey: String(decision.decisionKey),
        decisionRequirementsKey: String(decision.decisionRequirementsKey),
      },
    })),
    ...decisionRequirements.map((graph) => ({
      decisionRequirements: {
        decisionRequirementsId: graph.decisionRequirementsId,
        decisionRequirementsName: graph.decisionRequirementsName,
        version: graph.decisionRequirementsVersion,
        resourceName: graph.resourceName,
        tenantId: TENANT,
        decisionRequirementsKey: String(graph.decisionRequirementsKey),
      },
    })),
  ];
}
