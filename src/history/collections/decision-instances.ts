import type { LogRecord } from '../../engine/records/log.ts';
import {
  type CollectionSpec,
  field,
  NULLABLE,
  OWNER_COLUMNS,
  orNull,
  type RowSink,
  rootProcessInstanceKey,
  type TableSpec,
  tenantId,
} from './spec.ts';

/** One row for each decision that an evaluation went through. */
export const DECISION_INSTANCE_TABLE = {
  name: 'decision_instance',
  columns: {
    id: 'TEXT',
    evaluation_key: 'INTEGER',
    state: 'TEXT',
    evaluation_date: 'INTEGER',
    evaluation_failure: 'TEXT',
    decision_key: 'INTEGER',
    decision_id: 'TEXT',
    decision_name: 'TEXT',
    decision_version: 'INTEGER',
    decision_type: 'TEXT',
    requirements_key: 'INTEGER',
    root_decision_key: 'INTEGER',
    result: 'TEXT',
    inputs: 'TEXT',
    rules: 'TEXT',
    ...OWNER_COLUMNS,
  },
  indexes: [
    'decision_instance_id ON decision_instance (id)',
    'decision_instance_instance ON decision_instance (instance_key)',
    'decision_instance_evaluation ON decision_instance (evaluation_key)',
    'decision_instance_decision ON decision_instance (decision_key)',
    'decision_instance_alone ON decision_instance (evaluation_date) WHERE instance_key IS NULL',
  ],
} as const satisfies TableSpec;

/** Camunda 8.9 shows so what no instance asked for, and its client for Java needs it. */
const OF_INSTANCE = { ...NULLABLE, absent: '-1' } as const;

export const decisionInstances = {
  table: DECISION_INSTANCE_TABLE.name,
  key: 'decisionEvaluationInstanceKey',
  rest: { path: 'decision-instances', entity: 'Decision Instance', search: true, get: true },
  fields: {
    decisionDefinitionId: field('string', 't.decision_id'),
    decisionDefinitionKey: field('key', 't.decision_key'),
    decisionDefinitionName: field('string', 't.decision_name'),
    decisionDefinitionType: field('string', 't.decision_type', {
      values: ['DECISION_TABLE', 'LITERAL_EXPRESSION', 'UNSPECIFIED', 'UNKNOWN'],
    }),
    decisionDefinitionVersion: field('int', 't.decision_version'),
    decisionEvaluationInstanceKey: field('string', 't.id'),
    decisionEvaluationKey: field('key', 't.evaluation_key'),
    elementInstanceKey: field('key', 't.element_key', OF_INSTANCE),
    evaluationDate: field('date', 't.evaluation_date'),
    evaluationFailure: field('string', 't.evaluation_failure', NULLABLE),
    processDefinitionKey: field('key', 't.definition_key', OF_INSTANCE),
    processInstanceKey: field('key', 't.instance_key', OF_INSTANCE),
    rootDecisionDefinitionKey: field('key', 't.root_decision_key'),
    state: field('string', 't.state', { values: ['EVALUATED', 'FAILED', 'UNSPECIFIED', 'UNKNOWN'] }),
    tenantId,
    result: field('string', 't.result', { filter: false, sort: false }),
    rootProcessInstanceKey,
    evaluatedInputs: field('json', 't.inputs', { shown: 'single', filter: false, sort: false }),
    matchedRules: field('json', 't.rules', { shown: 'single', filter: false, sort: false }),
    decisionRequirementsKey: field('key', 't.requirements_key', { shown: 'never', sort: false }),
  },
} as const satisfies CollectionSpec;

/** Rows of one evaluation have keys that follow one another, so there is room for so many. */
const MOST_DECISIONS = 1000;
/** What Camunda 8 shows for a decision that has no type of its own here, such as an invocation. */
const KNOWN_TYPES: ReadonlySet<string> = new Set(['DECISION_TABLE', 'LITERAL_EXPRESSION']);

type EvaluationRecord = Extract<LogRecord, { valueType: 'DECISION_EVALUATION' }>;

export function projectEvaluation(position: number, record: EvaluationRecord, rows: RowSink): void {
  const { value } = record;
  value.evaluatedDecisions.slice(0, MOST_DECISIONS).forEach((decision, index) => {
    const failed = record.intent === 'FAILED' && decision.decisionId === value.failedDecisionId;
    rows.put(DECISION_INSTANCE_TABLE.name, position * MOST_DECISIONS + index, {
      id: `${record.key}-${index + 1}`,
      evaluation_key: record.key,
      state: failed ? 'FAILED' : 'EVALUATED',
      evaluation_date: record.timestamp,
      evaluation_failure: failed ? value.evaluationFailureMessage : null,
      decision_key: decision.decisionKey,
      decision_id: decision.decisionId,
      decision_name: decision.decisionName,
      decision_version: decision.decisionVersion,
      decision_type: KNOWN_TYPES.has(decision.decisionType) ? decision.decisionType : 'UNKNOWN',
      requirements_key: value.decisionRequirementsKey,
      root_decision_key: value.decisionKey,
      result: decision.decisionOutput,
      inputs: JSON.stringify(decision.evaluatedInputs),
      rules: JSON.stringify(rulesOf(decision.matchedRules)),
      instance_key: orNull(value.processInstanceKey),
      element_key: orNull(value.elementInstanceKey),
      element_id: value.elementId,
      process_id: value.bpmnProcessId,
      definition_key: orNull(value.processDefinitionKey),
    });
  });
}

type MatchedRules = EvaluationRecord['value']['evaluatedDecisions'][number]['matchedRules'];

/** Matched rules as Camunda 8.9 shows them: each output says which rule it is of. */
export function rulesOf(rules: MatchedRules) {
  return rules.map(({ evaluatedOutputs, ruleId, ruleIndex }) => ({
    ruleId,
    ruleIndex,
    evaluatedOutputs: evaluatedOutputs.map((output) => ({ ...output, ruleId, ruleIndex })),
  }));
}
