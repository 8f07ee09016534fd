import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecisionEvaluationValue } from '../engine/records/decision.ts';
import type { LogRecord } from '../engine/records/log.ts';
import { History } from './history.ts';
import type { SearchQuery } from './search.ts';
import type { PositionedRecord, RecordSource } from './source.ts';

// Records by hand, in the shape in which Zeebe 8.6 exports DECISION_EVALUATION.

const evaluated = {
  decisionId: 'size',
  decisionName: 'Size',
  decisionKey: 11,
  decisionVersion: 2,
  decisionType: 'DECISION_TABLE' as const,
  decisionOutput: '"big"',
  evaluatedInputs: [{ inputId: 'in', inputName: 'Count', inputValue: '7' }],
  matchedRules: [
    {
      ruleId: 'rule_1',
      ruleIndex: 1,
      evaluatedOutputs: [{ outputId: 'out', outputName: 'size', outputValue: '"big"' }],
    },
  ],
};
const price = {
  ...evaluated,
  decisionId: 'price',
  decisionName: 'Price',
  decisionKey: 12,
  decisionOutput: '30',
};
const value: DecisionEvaluationValue = {
  decisionKey: 12,
  decisionId: 'price',
  decisionName: 'Price',
  decisionVersion: 2,
  decisionRequirementsId: 'requirements',
  decisionRequirementsKey: 10,
  decisionOutput: '30',
  variables: new Map(),
  bpmnProcessId: 'order',
  processDefinitionKey: 20,
  processInstanceKey: 30,
  elementInstanceKey: 31,
  elementId: 'decide',
  evaluatedDecisions: [evaluated, price],
  evaluationFailureMessage: '',
  failedDecisionId: '',
};

function historyOf(
  ...records: { readonly intent: string; readonly value: DecisionEvaluationValue }[]
): History {
  const all = records.map(({ intent, value: told }, index) => ({
    position: index + 1,
    record: {
      recordType: 'EVENT',
      recordVersion: 1,
      valueType: 'DECISION_EVALUATION',
      intent,
      key: 100 + index,
      timestamp: 5000 + index,
      value: told,
    } as unknown as LogRecord,
  })) satisfies PositionedRecord[];
  const source: RecordSource = {
    last: () => all.length,
    oldest: () => 1,
    read: (position, limit) => all.slice(position, position + limit),
    cut: () => 0,
    close: () => undefined,
  };
  const history = new History(':memory:', source);
  history.catchUp();
  return history;
}

const find = (history: History, ...where: SearchQuery['where']) =>
  history.search({
    collection: 'decisionInstances',
    where,
    sort: [],
    page: { kind: 'from', from: 0, limit: 10 },
  }).items;

test('an evaluation shows each decision that it went through, with inputs, rules and result', () => {
  const history = historyOf({ intent: 'EVALUATED', value });
  const [first, second] = find(history);
  assert.equal(first?.['decisionEvaluationInstanceKey'], '100-1');
  assert.equal(second?.['decisionEvaluationInstanceKey'], '100-2');
  assert.equal(first?.['decisionDefinitionId'], 'size');
  assert.equal(first?.['result'], '"big"');
  // As Camunda 8.9 has them, outputs name their rule.
  const [rule] = evaluated.matchedRules;
  const outputs = rule?.evaluatedOutputs.map((output) => ({ ...output, ruleId: 'rule_1', ruleIndex: 1 }));
  assert.deepEqual(JSON.parse(String(first?.['matchedRules'])), [{ ...rule, evaluatedOutputs: outputs }]);
  assert.deepEqual(JSON.parse(String(first?.['evaluatedInputs'])), evaluated.evaluatedInputs);
  assert.equal(second?.['rootDecisionDefinitionKey'], 12);
  assert.equal(second?.['processInstanceKey'], 30);
  assert.equal(second?.['evaluationDate'], 5000);
  history.close();
});

test('an evaluation that failed shows which decision failed and why; one without a process has none', () => {
  const failed = {
    ...value,
    processInstanceKey: -1,
    processDefinitionKey: -1,
    elementInstanceKey: -1,
    failedDecisionId: 'price',
    evaluationFailureMessage: 'no rule',
  };
  const history = historyOf({ intent: 'EVALUATED', value }, { intent: 'FAILED', value: failed });
  const [broken, ...others] = find(history, {
    kind: 'compare',
    field: 'state',
    operator: 'eq',
    value: 'FAILED',
  });
  assert.deepEqual(others, []);
  assert.equal(broken?.['decisionDefinitionId'], 'price');
  assert.equal(broken?.['evaluationFailure'], 'no rule');
  assert.equal(broken?.['processInstanceKey'], null);
  assert.equal(find(history).length, 4);
  history.close();
});
