import type { FeelValue } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { operands } from '../compiler.ts';
import type { Code } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';

export function compileList(compiler: Compiler, node: Syntax): Code {
  const items = operands(node).map((item) => compiler.code(item));
  return (frame) => items.map((item) => item(frame));
}

/** `{a: 1, b: a + 1}`: each entry sees those before it. */
export function compileContext(compiler: Compiler, node: Syntax): Code {
  const entries: { key: string; value: Code }[] = [];
  const compileFrom = (rest: readonly Syntax[]): void => {
    for (const entry of rest) {
      const [key, value] = operands(entry);
      if (key === undefined || value === undefined) throw compiler.error(entry);
      const known = entries.map((earlier) => earlier.key);
      const name = keyOf(compiler, key);
      entries.push({ key: name, value: compiler.binding(known, () => compiler.code(value)) });
    }
  };
  compileFrom(operands(node));
  return (frame) => {
    const context = new Map<string, FeelValue>();
    let inner = frame;
    for (const { key, value } of entries) {
      const result = value(inner);
      context.set(key, result);
      // A frame for each entry, so that a function sees the entries before it and never itself.
      inner = inner.with(key, result);
    }
    return context;
  };
}

function keyOf(compiler: Compiler, node: Syntax): string {
  const text = compiler.textOf(node);
  return text.startsWith('"') ? text.slice(1, -1) : compiler.nameOf(node);
}
