import { parse, type Syntax } from './syntax.ts';

/**
 * Where an expression calls a function by name: the text of each argument by the name of its parameter, in the order
 * in which the calls are written. Throws `FeelSyntaxError` if the text is no expression.
 *
 * @param parameters names for arguments that are given by place; what exceeds them is left out
 */
export function callsOf(
  text: string,
  functionName: string,
  parameters: readonly string[],
): readonly ReadonlyMap<string, string>[] {
  const calls: ReadonlyMap<string, string>[] = [];
  const open: Syntax[] = [parse(text, 'Expression').root];
  const written = (node: Syntax): string => text.slice(node.from, node.to).trim();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    open.push(...node.children.toReversed());
    const [callee] = node.children;
    if (node.name !== 'FunctionInvocation' || callee === undefined || written(callee) !== functionName)
      continue;
    const holder = node.children.find(({ name }) => name.endsWith('Parameters'));
    calls.push(holder === undefined ? new Map() : argumentsOf(holder, parameters, written));
  }
  return calls;
}

function argumentsOf(
  holder: Syntax,
  parameters: readonly string[],
  written: (node: Syntax) => string,
): ReadonlyMap<string, string> {
  const entries = holder.children.map((child, index): [string | undefined, string] => {
    const [name, value] = [child.children[0], child.children.at(-1)];
    if (child.name === 'NamedParameter' && name !== undefined && value !== undefined)
      return [written(name), written(value)];
    return [parameters[index], written(child)];
  });
  return new Map(entries.filter((entry): entry is [string, string] => entry[0] !== undefined));
}
