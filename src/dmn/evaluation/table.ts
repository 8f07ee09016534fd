import type { FeelValue, Scope } from '../../feel/index.ts';
import type { DecisionTable, TableRule } from '../model/graph.ts';
import type { EvaluatedInput, MatchedRule } from './evaluate.ts';
import { applyHitPolicy, type Row, rowValue } from './hit-policy.ts';
import type { Run } from './run.ts';

/** What is kept of the way to a table's value. */
export interface Trail {
  inputs: readonly EvaluatedInput[];
  rules: readonly MatchedRule[];
}

/** The value of a table. `trail` is filled also where it fails with `EvaluationFailure`. */
export function evaluateTable(run: Run, table: DecisionTable, scope: Scope, trail: Trail): FeelValue {
  const inputs = table.inputs.map(({ text }) => run.evaluate(text, scope));
  trail.inputs = table.inputs.map(({ id, name }, index) => ({
    inputId: id,
    inputName: name,
    inputValue: run.json(inputs[index] ?? null),
  }));
  const matched = matchingRules(run, table, inputs, scope);
  if (matched.length === 0) return defaults(run, table, scope);
  const found = matched.map(({ rule }) => rule.values.map((text) => run.evaluate(text, scope)));
  trail.rules = matched.map(({ rule, index }, place) => ({
    ruleId: rule.id,
    ruleIndex: index + 1,
    evaluatedOutputs: table.outputs.slice(0, found[place]?.length).map(({ id, label }, output) => ({
      outputId: id,
      outputName: label,
      outputValue: run.json(found[place]?.[output] ?? null),
    })),
  }));
  const rows = found.map(
    (values): Row =>
      new Map(table.outputs.slice(0, values.length).map(({ name }, index) => [name, values[index] ?? null])),
  );
  return applyHitPolicy(run, table, rows);
}

interface Matched {
  readonly rule: TableRule;
  readonly index: number;
}

/** All rules are tested, as Zeebe does, also if the first one counts: one that fails makes the whole fail. */
function matchingRules(
  run: Run,
  table: DecisionTable,
  inputs: readonly FeelValue[],
  scope: Scope,
): readonly Matched[] {
  const matched: Matched[] = [];
  for (const [index, rule] of table.rules.entries()) {
    const met = rule.tests
      .slice(0, inputs.length)
      .every((tests, input) => run.meets(tests, inputs[input] ?? null, scope));
    if (met) matched.push({ rule, index });
  }
  return table.hitPolicy === 'FIRST' ? matched.slice(0, 1) : matched;
}

function defaults(run: Run, table: DecisionTable, scope: Scope): FeelValue {
  const row: Row = new Map();
  for (const output of table.outputs) {
    if (output.default !== undefined) row.set(output.name, run.evaluate(output.default, scope));
  }
  return rowValue(run, row);
}
