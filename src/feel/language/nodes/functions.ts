import type { Builtin } from '../../builtins/builtin.ts';
import { Failure } from '../../builtins/builtin.ts';
import { builtinsNamed } from '../../builtins/builtins.ts';
import { describe } from '../../values/text.ts';
import type { FeelValue } from '../../values/values.ts';
import { FeelFunction } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { childOf, operands } from '../compiler.ts';
import type { Code, Frame } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';
import { singleName } from './access.ts';
import { expected } from './arithmetic.ts';
import { temporalConstant } from './temporal-constants.ts';
import { compileRange } from './tests.ts';

export function compileDefinition(compiler: Compiler, node: Syntax): Code {
  if (childOf(node, 'external') !== undefined) {
    throw compiler.error(node, 'external functions are not supported');
  }
  const body = childOf(node, 'FunctionBody');
  const inner = body === undefined ? undefined : operands(body)[0];
  if (inner === undefined) throw compiler.error(node);
  const parameters = operands(childOf(node, 'FormalParameters') ?? node)
    .filter((child) => child.name === 'FormalParameter')
    .map((child) => compiler.nameOf(child.children[0] ?? child));
  const code = compiler.binding(parameters, () => compiler.code(inner));
  return (frame) =>
    new FeelFunction(parameters, (args) => {
      frame.runtime.step();
      return code(frame.withAll(new Map(parameters.map((name, index) => [name, args[index] ?? null]))));
    });
}

/** `f(…)`, or `c.f(…)` for a function in a context. */
export function compileInvocation(compiler: Compiler, node: Syntax): Code {
  const [callee, parameters] = operands(node);
  if (callee === undefined || parameters === undefined) throw compiler.error(node);
  if (callee.name === 'VariableName') {
    const name = compiler.nameOf(callee);
    const constant = name === 'date and time' ? temporalConstant(compiler, name, parameters) : undefined;
    return constant === undefined ? compileCall(compiler, name, parameters, undefined) : () => constant;
  }
  if (callee.name !== 'PathExpression') throw compiler.error(callee, 'only a name can be called');
  const [owner, , key] = operands(callee);
  if (owner === undefined || key === undefined) throw compiler.error(callee);
  return compileCall(compiler, singleName(compiler, key), parameters, compiler.code(owner));
}

interface Argument {
  readonly name: string | undefined;
  readonly value: Code;
}

/** A call of a function of the variables in sight (or of `owner`), or of a built-in one. */
export function compileCall(
  compiler: Compiler,
  name: string,
  parameters: Syntax,
  owner: Code | undefined,
): Code {
  const args = compileArguments(compiler, parameters);
  const names = args.flatMap((argument) => argument.name ?? []);
  const named = parameters.name === 'NamedParameters';
  const builtins = owner === undefined ? builtinsNamed(name) : [];
  const builtin = builtins.find(({ params, varArgs }) =>
    named
      ? names.every((each) => params.includes(each))
      : params.length === args.length || (varArgs === true && params.length < args.length),
  );
  const complaint = named
    ? `No function found with name '${name}' and parameters: ${names.join(',')}`
    : `No function found with name '${name}' and ${args.length} parameters`;
  return (frame) => {
    const local = localFunction(name, owner, frame);
    if (local === null) return null;
    if (local !== undefined && fits(local, named, names, args.length)) {
      return local.invoke(bind(local.parameters, named, args, frame));
    }
    if (builtin === undefined || !isAvailable(builtin, frame)) {
      return frame.runtime.warn('NO_FUNCTION_FOUND', complaint);
    }
    return invokeBuiltin(name, builtin, bind(builtin.params, named, args, frame), frame);
  };
}

function compileArguments(compiler: Compiler, parameters: Syntax): Argument[] {
  if (parameters.name !== 'NamedParameters') {
    return operands(parameters).map((value) => ({
      name: undefined,
      value: compileArgument(compiler, value),
    }));
  }
  return operands(parameters).map((parameter) => {
    const [name, value] = operands(parameter);
    if (name === undefined || value === undefined) throw compiler.error(parameter);
    return { name: compiler.nameOf(name), value: compileArgument(compiler, value) };
  });
}

/** An interval is a range here, and a test of the input everywhere else. */
function compileArgument(compiler: Compiler, node: Syntax): Code {
  const interval = node.name === 'SimplePositiveUnaryTest' ? childOf(node, 'Interval') : undefined;
  return interval === undefined ? compiler.code(node) : compileRange(compiler, interval);
}

/** The function of that name; undefined if there is none; null, with a warning, if its owner is no context. */
function localFunction(name: string, owner: Code | undefined, frame: Frame): FeelFunction | null | undefined {
  let value: FeelValue | undefined;
  if (owner === undefined) value = frame.get(name);
  else {
    const context = owner(frame);
    if (!(context instanceof Map)) return expected('context', context, frame.runtime);
    value = context.get(name);
  }
  return value instanceof FeelFunction ? value : undefined;
}

function fits(local: FeelFunction, named: boolean, names: readonly string[], count: number): boolean {
  return named ? names.every((name) => local.parameters.includes(name)) : local.parameters.length === count;
}

/** Values in the order of the parameters; a named call may leave some out, which are then null. */
function bind(
  params: readonly string[],
  named: boolean,
  args: readonly Argument[],
  frame: Frame,
): FeelValue[] {
  if (!named) return args.map(({ value }) => value(frame));
  return params.map((param) => args.findLast(({ name }) => name === param)?.value(frame) ?? null);
}

function isAvailable(builtin: Builtin, frame: Frame): boolean {
  return builtin.random !== true || frame.runtime.environment.random !== undefined;
}

function invokeBuiltin(name: string, builtin: Builtin, args: FeelValue[], frame: Frame): FeelValue {
  const given = builtin.varArgs === true ? gather(builtin, args) : args;
  for (const value of given) frame.runtime.reads(value);
  const result = builtin.invoke(given, frame.runtime);
  if (!(result instanceof Failure)) {
    frame.runtime.checkSize(result);
    // A text is made character by character.
    if (typeof result === 'string') frame.runtime.step(result.length / 100);
    return result;
  }
  const message =
    result.message === ''
      ? `Illegal arguments: ${given.map((arg) => `'${describe(arg)}'`).join(', ')}`
      : result.message;
  if (name === 'assert') return frame.runtime.warn('ASSERT_FAILURE', message);
  return frame.runtime.warn('FUNCTION_INVOCATION_FAILURE', `Failed to invoke function '${name}': ${message}`);
}

/** Arguments from the last parameter on as one list; a single list stands for itself if it is the only parameter. */
function gather(builtin: Builtin, args: readonly FeelValue[]): FeelValue[] {
  const fixed = builtin.params.length - 1;
  const rest = args.slice(fixed);
  const [first] = rest;
  const list = fixed === 0 && rest.length === 1 && Array.isArray(first) ? first : rest;
  return [...args.slice(0, fixed), list];
}
