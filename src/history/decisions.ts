import type { RowBuffer } from './buffer.ts';
import type { PositionedRecord } from './source.ts';

/** What a record of value type DECISION_EVALUATION holds, in Zeebe's shape; outputs and inputs are JSON texts. */
export interface DecisionEvaluationValue {
  readonly decisionKey: number;
  readonly decisionRequirementsKey: number;
  readonly bpmnProcessId: string;
  /** -1 (and empty) if no process asked for the decision. */
  readonly processDefinitionKey: number;
  readonly processInstanceKey: number;
  readonly elementInstanceKey: number;
  readonly elementId: string;
  /** Those that were required first; the one that was asked for last. */
  readonly evaluatedDecisions: readonly EvaluatedDecision[];
  readonly evaluationFailureMessage: string;
  /** Empty unless a decision failed. */
  readonly failedDecisionId: string;
}

export interface EvaluatedDecision {
  readonly decisionId: string;
  readonly decisionName: string;
  readonly decisionKey: number;
  readonly decisionVersion: number;
  readonly decisionType: string;
  readonly decisionOutput: string;
  readonly evaluatedInputs: readonly {
    readonly inputId: string;
    readonly inputName: string;
    readonly inputValue: string;
  }[];
  readonly matchedRules: readonly {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly evaluatedOutputs: readonly {
      readonly outputId: string;
      readonly outputName: string;
      readonly outputValue: string;
    }[];
  }[];
}

/** Rows of one evaluation have keys that follow one another, so there is room for so many. */
const MOST_DECISIONS = 1000;

/** One row for each decision that an evaluation went through; false if the record is none. */
export function projectDecisions({ position, record }: PositionedRecord, rows: RowBuffer): boolean {
  const valueType: string = record.valueType;
  if (valueType !== 'DECISION_EVALUATION') return false;
  const value = record.value as unknown as DecisionEvaluationValue;
  const failed = (record.intent as string) === 'FAILED';
  value.evaluatedDecisions.slice(0, MOST_DECISIONS).forEach((decision, index) => {
    const isFailed = failed && decision.decisionId === value.failedDecisionId;
    rows.put('decision_instance', position * MOST_DECISIONS + index, {
      evaluation_key: record.key,
      place: index + 1,
      state: isFailed ? 'FAILED' : 'EVALUATED',
      evaluation_date: record.timestamp,
      evaluation_failure: isFailed ? value.evaluationFailureMessage : null,
      decision_key: decision.decisionKey,
      decision_id: decision.decisionId,
      decision_name: decision.decisionName,
      decision_version: decision.decisionVersion,
      decision_type: decision.decisionType,
      requirements_key: value.decisionRequirementsKey,
      root_decision_key: value.decisionKey,
      result: decision.decisionOutput,
      inputs: JSON.stringify(decision.evaluatedInputs),
      rules: JSON.stringify(decision.matchedRules),
      instance_key: orNull(value.processInstanceKey),
      element_key: orNull(value.elementInstanceKey),
      element_id: value.elementId,
      process_id: value.bpmnProcessId,
      definition_key: orNull(value.processDefinitionKey),
    });
  });
  return true;
}

function orNull(key: number): number | null {
  return key < 0 ? null : key;
}
