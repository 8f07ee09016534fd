import { add, compareNumbers, isNumber } from '../../values/numbers.ts';
import type { FeelValue } from '../../values/values.ts';
import type { Compiler } from '../compiler.ts';
import { childOf, operands } from '../compiler.ts';
import type { Code, Frame } from '../runtime.ts';
import type { Syntax } from '../syntax.ts';
import { compileOperand, expected } from './arithmetic.ts';
import { allOf, anyOf } from './logic.ts';

interface Iterator {
  readonly name: string;
  /** Undefined, after a warning, for a range that is none. */
  readonly items: (frame: Frame) => FeelValue | undefined;
}

/** `for x in xs, y in ys return …`: all pairs, the last iterator fastest. `partial` is the list so far. */
export function compileFor(compiler: Compiler, node: Syntax): Code {
  const body = node.children.at(-1);
  if (body === undefined) throw compiler.error(node);
  const iterators = compileIterators(compiler, node);
  const before = compiler.readsOf('partial');
  const result = compiler.binding([...iterators.map(({ name }) => name), 'partial'], () =>
    compiler.code(body),
  );
  const readsPartial = compiler.readsOf('partial') > before;
  return (frame) => {
    const frames = framesOf(iterators, frame);
    if (frames === undefined) return null;
    const results: FeelValue[] = [];
    for (const each of frames) {
      if (readsPartial) frame.runtime.step(1 + results.length / 20);
      results.push(result(readsPartial ? each.with('partial', results.slice()) : each));
    }
    return results;
  };
}

/** `some x in xs satisfies …`, `every x in xs satisfies …`. */
export function compileQuantified(compiler: Compiler, node: Syntax): Code {
  const condition = node.children.at(-1);
  if (condition === undefined) throw compiler.error(node);
  const iterators = compileIterators(compiler, node);
  const test = compiler.binding(
    iterators.map(({ name }) => name),
    () => compiler.code(condition),
  );
  const combine = childOf(node, 'some') === undefined ? allOf : anyOf;
  return (frame) => {
    const frames = framesOf(iterators, frame);
    if (frames === undefined) return null;
    const iterator = frames[Symbol.iterator]();
    return combine(() => {
      const next = iterator.next();
      return next.done === true ? undefined : test(next.value);
    }, frame.runtime);
  };
}

function compileIterators(compiler: Compiler, node: Syntax): Iterator[] {
  const list = childOf(node, 'InExpressions');
  if (list === undefined) throw compiler.error(node);
  return operands(list).map((each) => {
    const [name, , context] = each.children;
    if (name === undefined || context === undefined) throw compiler.error(each);
    return { name: compiler.nameOf(name), items: compileItems(compiler, context) };
  });
}

function compileItems(compiler: Compiler, context: Syntax): Iterator['items'] {
  const [start, dots, end] = operands(context);
  if (start === undefined) throw compiler.error(context);
  if (start.name === 'SimplePositiveUnaryTest') {
    throw compiler.error(start, 'an iteration over a range is written without brackets, as 1..5');
  }
  const from = compileOperand(compiler, start);
  if (dots === undefined || end === undefined) return from;
  const to = compileOperand(compiler, end);
  return (frame) => numbersBetween(from(frame), to(frame), frame);
}

/** Whole steps from the first number to the second, upwards or downwards. */
function numbersBetween(from: FeelValue, to: FeelValue, frame: Frame): FeelValue | undefined {
  for (const end of [from, to]) {
    if (isNumber(end)) continue;
    expected('number', end, frame.runtime);
    return undefined;
  }
  if (!isNumber(from) || !isNumber(to)) return undefined;
  const upwards = compareNumbers(from, to) < 0;
  const list: FeelValue[] = [];
  for (let next = from; upwards ? compareNumbers(next, to) <= 0 : compareNumbers(next, to) >= 0; ) {
    frame.runtime.step();
    list.push(next);
    next = add(next, upwards ? 1 : -1);
  }
  return list;
}

/** A frame for each combination of items; undefined, with a warning, if an iterator has no list. */
function framesOf(iterators: readonly Iterator[], frame: Frame): Iterable<Frame> | undefined {
  const lists: FeelValue[][] = [];
  let complete = true;
  for (const { items } of iterators) {
    const value = items(frame);
    if (Array.isArray(value)) lists.push(value);
    else {
      if (value !== undefined) expected('list', value, frame.runtime);
      complete = false;
    }
  }
  return complete ? combinations(iterators, lists, frame) : undefined;
}

function* combinations(
  iterators: readonly Iterator[],
  lists: readonly FeelValue[][],
  frame: Frame,
  depth = 0,
): Generator<Frame> {
  const iterator = iterators[depth];
  for (const item of lists[depth] ?? []) {
    frame.runtime.step();
    const inner = frame.with(iterator?.name ?? '', item);
    if (depth + 1 < lists.length) yield* combinations(iterators, lists, inner, depth + 1);
    else yield inner;
  }
}
