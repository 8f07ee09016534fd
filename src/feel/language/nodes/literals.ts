import { Decimal } from '../../values/decimal.ts';
import { fromDecimal } from '../../values/numbers.ts';
import { parseTemporal } from '../../values/temporal-text.ts';
import type { FeelValue } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { childOf, operands } from '../compiler.ts';
import type { Code } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';
import { compileCall } from './functions.ts';
import { temporalConstant } from './temporal-constants.ts';

export function compileLiteral(compiler: Compiler, node: Syntax): Code {
  const value = literalValue(compiler, node);
  return () => value;
}

/** The value of a literal node. */
export function literalValue(compiler: Compiler, node: Syntax): FeelValue {
  const text = compiler.textOf(node);
  switch (node.name) {
    case 'null':
      return null;
    case 'BooleanLiteral':
      return text === 'true';
    case 'StringLiteral':
      return unescaped(text.slice(1, -1));
    default: {
      const digits = text.replace(/\s/g, '');
      const number = /[eE]/.test(digits) ? undefined : Decimal.parse(digits);
      if (number === undefined) throw compiler.error(node, `'${digits.slice(0, 50)}' is no number`);
      return fromDecimal(number);
    }
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

/** Camunda knows the escapes of one character; others, such as \u00e9, stay as they are. */
function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\([nrtbf'"\\])/g, (_, char: string) => ESCAPES[char] ?? char)
    : text;
}

/** `date("…")` and its like: constant if the argument is, else a call of the built-in function. */
export function compileTemporal(compiler: Compiler, node: Syntax): Code {
  const at = childOf(node, 'AtLiteral');
  if (at !== undefined) {
    const value = parseTemporal(
      compiler
        .textOf(at)
        .replace(/^@\s*"/, '')
        .slice(0, -1),
    );
    return () => value;
  }
  const [callee, parameters] = operands(node);
  if (callee === undefined || parameters === undefined) throw compiler.error(node);
  const name = compiler.nameOf(callee);
  const value = temporalConstant(compiler, name, parameters);
  return value === undefined ? compileCall(compiler, name, parameters, undefined) : () => value;
}
