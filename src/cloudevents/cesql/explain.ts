import type { CloudEvent } from '../event.ts';
import { compileNode } from './compile.ts';
import { type CesqlError, type Position, positionAt } from './errors.ts';
import type { CesqlExpression, Evaluation } from './expression.ts';
import { combine, isDecided } from './operators.ts';
import { Run } from './run.ts';
import type { LogicOperator, Node } from './syntax.ts';
import { toBoolean } from './values.ts';

/** What one operand of AND, OR, XOR or NOT contributed. */
export interface ExplainedPart {
  /** As it stands in the expression. */
  readonly text: string;
  readonly position: Position;
  /** The operator before it, if it is not the first operand. */
  readonly operator?: LogicOperator | 'NOT';
  /** Absent if the operand was not evaluated, because the operands before it had decided. */
  readonly evaluation?: Evaluation;
  readonly parts: readonly ExplainedPart[];
}

/** The operands of AND, OR, XOR and NOT, down to those that have none: which of them was true. */
export function explainCesql({ source, node }: CesqlExpression, event: CloudEvent): readonly ExplainedPart[] {
  return partsOf(node, source, event);
}

function partsOf(node: Node, source: string, event: CloudEvent): readonly ExplainedPart[] {
  if (node.kind === 'not') {
    return [explained(node.operand, 'NOT', source, event)];
  }
  if (node.kind !== 'logic') return [];
  const parts = [explained(node.first, undefined, source, event)];
  let value = booleanOf(parts[0]?.evaluation);
  for (const { operator, operand } of node.rest) {
    if (value === undefined || isDecided(operator, value)) {
      parts.push({ ...place(operand, source), operator, parts: [] });
      continue;
    }
    const part = explained(operand, operator, source, event);
    const right = booleanOf(part.evaluation);
    value = right === undefined ? undefined : combine(operator, value, right);
    parts.push(part);
  }
  return parts;
}

function explained(
  node: Node,
  operator: LogicOperator | 'NOT' | undefined,
  source: string,
  event: CloudEvent,
): ExplainedPart {
  const errors: CesqlError[] = [];
  const value = compileNode(node)(new Run(source, event.attributes, errors));
  return {
    ...place(node, source),
    ...(operator !== undefined && { operator }),
    evaluation: { value, errors },
    parts: partsOf(node, source, event),
  };
}

function place({ start, end }: Node, source: string): { text: string; position: Position } {
  return { text: source.slice(start, end), position: positionAt(source, start) };
}

/** Undefined if the operand failed: then the operands behind it are not looked at. */
function booleanOf(evaluation: Evaluation | undefined): boolean | undefined {
  return evaluation === undefined || evaluation.errors.length > 0 ? undefined : toBoolean(evaluation.value);
}
