import type { EvaluatedDecision } from '../../dmn/index.ts';
import type { Document, JsonText } from './record.ts';

export interface DecisionMetadata {
  readonly decisionId: string;
  readonly decisionName: string;
  readonly version: number;
  readonly decisionKey: number;
  readonly decisionRequirementsId: string;
  readonly decisionRequirementsKey: number;
  readonly isDuplicate: boolean;
  readonly deploymentKey: number;
  readonly versionTag: string;
}

export interface DecisionRequirementsMetadata {
  readonly decisionRequirementsId: string;
  readonly decisionRequirementsName: string;
  readonly decisionRequirementsVersion: number;
  readonly decisionRequirementsKey: number;
  readonly resourceName: string;
  readonly checksum: string;
  readonly isDuplicate: boolean;
}

/** An evaluation and the element instance that asked for it; -1 and empty if a client did. */
export interface DecisionEvaluationValue {
  readonly decisionKey: number;
  readonly decisionId: string;
  readonly decisionName: string;
  readonly decisionVersion: number;
  readonly decisionRequirementsId: string;
  readonly decisionRequirementsKey: number;
  /** `null` if it failed. */
  readonly decisionOutput: JsonText;
  readonly variables: Document;
  readonly bpmnProcessId: string;
  readonly processDefinitionKey: number;
  readonly processInstanceKey: number;
  readonly elementId: string;
  readonly elementInstanceKey: number;
  /** In order of evaluation. Invocations of business knowledge have the key and version -1. */
  readonly evaluatedDecisions: readonly (EvaluatedDecision & {
    readonly decisionKey: number;
    readonly decisionVersion: number;
  })[];
  /** Empty unless it failed. */
  readonly evaluationFailureMessage: string;
  readonly failedDecisionId: string;
}
