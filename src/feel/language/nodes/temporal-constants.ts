import { parseDate, parseDateTime, parseDuration, parseTime } from '../../values/temporal-text.ts';
import type { FeelValue } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { operands } from '../compiler.ts';
import type { Syntax } from '../syntax.ts';

/**
 * The value of `date("…")` and its like, undefined if the argument is no literal. A constant that is no date
 * is null without a warning, as in Camunda.
 */
export function temporalConstant(
  compiler: Compiler,
  name: string,
  parameters: Syntax,
): FeelValue | undefined {
  const [argument, ...others] = operands(parameters);
  if (parameters.name !== 'PositionalParameters' || argument?.name !== 'StringLiteral' || others.length > 0) {
    return undefined;
  }
  const text = compiler.textOf(argument).slice(1, -1);
  switch (name) {
    case 'date':
      return parseDate(text) ?? null;
    case 'time':
      return parseTime(text) ?? null;
    case 'date and time':
      return parseDateTime(text) ?? null;
    case 'duration':
      return parseDuration(text) ?? null;
    default:
      return undefined;
  }
}
