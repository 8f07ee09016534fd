import { type Evaluation, FeelSyntaxError, toJson } from '../../feel/index.ts';
import { failureText, VariableScope } from '../behaviors/expressions.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { ExpressionValue } from '../records/batch.ts';
import type { Accepted, CommandOf } from './command.ts';

/**
 * Evaluates a FEEL expression with the given variables, which hide those of the scope (Camunda 8.9). Answers an
 * `ExpressionValue`.
 */
export function evaluateExpression(w: Work, { value }: CommandOf<'EXPRESSION'>): Accepted {
  const { expression, variables, scopeKey } = value;
  if (scopeKey >= 0 && w.element(scopeKey) === undefined) {
    const reason = `Expected to evaluate expression with scope key '${scopeKey}', but no such element instance was found`;
    throw new Rejection('NOT_FOUND', reason);
  }
  const outer = new VariableScope(w, scopeKey);
  const scope = { get: (name: string) => w.cache.variable(variables, name) ?? outer.get(name) };
  const evaluation = evaluated(w, expression, scope);
  if (!evaluation.ok)
    throw new Rejection('PROCESSING_ERROR', `Failed to evaluate expression: ${failureText(evaluation)}`);
  const result: ExpressionValue = {
    expression,
    result: toJson(evaluation.value),
    warnings: evaluation.warnings.map(({ code, message }) => ({ type: code, message })),
  };
  const key = w.nextKey();
  w.emit(key, { valueType: 'EXPRESSION', intent: 'EVALUATED', value: result });
  return { key, value: result };
}

function evaluated(w: Work, expression: string, scope: Pick<VariableScope, 'get'>): Evaluation {
  if (!expression.startsWith('=')) return { ok: true, value: expression, warnings: [] };
  const text = expression.slice(1);
  try {
    return w.cache.expressions.get(text).evaluate(scope, { nowMs: () => w.now });
  } catch (error) {
    if (!(error instanceof FeelSyntaxError)) throw error;
    throw new Rejection('INVALID_ARGUMENT', `Failed to parse expression: ${error.message}`);
  }
}
