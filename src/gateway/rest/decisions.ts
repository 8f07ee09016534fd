import type {
  DecisionEvaluationValue,
  DecisionMetadata,
  DecisionRequirementsMetadata,
} from '../../engine/records/decision.ts';
import { rulesOf } from '../../history/index.ts';
import type { Route } from '../http.ts';
import { command } from './command.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { EVALUATION } from './openapi/decisions.ts';
import { key, oneOf, tenant, text, variables } from './shape.ts';

/** Evaluating decisions. */
export function decisionRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    command(runtime, {
      id: 'evaluateDecision',
      tag: 'Decision definition',
      summary: 'Evaluates a decision; a failed evaluation is answered too.',
      path: '/v2/decision-definitions/evaluation',
      bodyRequired: true,
      body: {
        decisionDefinitionId: text(),
        decisionDefinitionKey: key(),
        variables: variables(),
        tenantId: tenant('Evaluate Decision'),
      },
      check: ({ decisionDefinitionId, decisionDefinitionKey }) =>
        oneOf({ decisionDefinitionId, decisionDefinitionKey }),
      command: ({ body }) => ({
        valueType: 'DECISION_EVALUATION',
        intent: 'EVALUATE',
        value: {
          decisionId: body.decisionDefinitionId ?? '',
          decisionKey: body.decisionDefinitionKey ?? -1,
          variables: body.variables,
        },
      }),
      refusal: ({ type, reason }) => ({
        type: / but no decision found for (id|key) '/.test(reason) ? 'NOT_FOUND' : type,
      }),
      shows: EVALUATION,
      show: (accepted) => evaluationOf(accepted.key, accepted.value as DecisionEvaluationValue),
    }),
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
