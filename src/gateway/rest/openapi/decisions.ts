import { SHOWN, shown, shownList } from '../schema.ts';

/** Schemas of what evaluations of decisions tell. */

export const INPUTS = shownList(
  shown({ inputId: SHOWN.text, inputName: SHOWN.text, inputValue: SHOWN.text }),
);

export const RULES = shownList(
  shown({
    ruleId: SHOWN.text,
    ruleIndex: SHOWN.int,
    evaluatedOutputs: shownList(
      shown({
        outputId: SHOWN.text,
        outputName: SHOWN.text,
        outputValue: SHOWN.text,
        ruleId: SHOWN.nullableText,
        ruleIndex: SHOWN.nullableInt,
      }),
    ),
  }),
);

const DEFINITION = {
  decisionDefinitionId: SHOWN.text,
  decisionDefinitionKey: SHOWN.key,
  decisionDefinitionName: SHOWN.text,
  decisionDefinitionVersion: SHOWN.int,
  tenantId: SHOWN.text,
  output: SHOWN.text,
};

/** Values are JSON texts. */
export const EVALUATION = shown({
  ...DEFINITION,
  decisionRequirementsId: SHOWN.text,
  decisionRequirementsKey: SHOWN.key,
  decisionEvaluationKey: SHOWN.key,
  decisionInstanceKey: SHOWN.key,
  failedDecisionDefinitionId: SHOWN.nullableText,
  failureMessage: SHOWN.nullableText,
  evaluatedDecisions: shownList(
    shown({
      ...DEFINITION,
      decisionDefinitionType: SHOWN.text,
      decisionEvaluationInstanceKey: SHOWN.text,
      evaluatedInputs: INPUTS,
      matchedRules: RULES,
    }),
  ),
});
