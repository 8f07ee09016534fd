import { type Budget, Machine } from './machine.ts';
import { parsePattern } from './parser.ts';
import { type Pattern, PatternError } from './pattern.ts';
import { compileProgram, type Program } from './program.ts';

/** A place where a pattern matches. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** The text of a group, 0 being the whole; undefined if it took no part. */
  group(index: number): string | undefined;
}

/**
 * A regular expression in Java's syntax, which Camunda's FEEL uses. JavaScript's own would do neither: its
 * syntax differs, and a pattern such as `(a+)+$` can keep it busy for years with nobody to stop it.
 */
export interface Regex {
  readonly groups: number;
  /** Numbers of the named groups. */
  readonly names: ReadonlyMap<string, number>;
  /** All matches from left to right. The budget is told each step and may throw. */
  matches(text: string, budget: Budget): Iterable<Match>;
}

/** Patterns kept: a model has a few, and data may be patterns too. */
const MAX_KEPT = 200;
const kept = new Map<string, Regex | undefined>();

/** Compiles a pattern with Java's flags (of `imsx`); undefined if it is none. Equal ones are compiled once. */
export function regexOf(pattern: string, flags: string): Regex | undefined {
  const key = `${flags}/${pattern}`;
  if (kept.has(key)) return kept.get(key);
  const regex = compileRegex(pattern, flags);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, regex);
  return regex;
}

function compileRegex(text: string, flags: string): Regex | undefined {
  try {
    const { pattern, names, groups } = parsePattern(text, flags);
    const literal = literalOf(pattern);
    if (literal !== undefined) return { groups, names, matches: (input) => occurrences(input, literal) };
    const program = compileProgram(pattern, groups);
    const isAnchored = startsAtText(pattern);
    return { groups, names, matches: (input, budget) => search(program, isAnchored, input, budget) };
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

/** The text that the pattern stands for, if it has no other meaning. */
function literalOf(pattern: Pattern): string | undefined {
  const items = pattern.kind === 'sequence' ? pattern.items : [pattern];
  let text = '';
  for (const item of items) {
    if (item.kind !== 'set' || item.literal === undefined) return undefined;
    text += item.literal;
  }
  return text === '' ? undefined : text;
}

function startsAtText(pattern: Pattern): boolean {
  const first = pattern.kind === 'sequence' ? pattern.items[0] : pattern;
  return first?.kind === 'anchor' && first.anchor === 'text start';
}

function* occurrences(text: string, literal: string): Generator<Match> {
  for (let start = text.indexOf(literal); start >= 0; start = text.indexOf(literal, start + literal.length)) {
    yield { start, end: start + literal.length, group: (index) => (index === 0 ? literal : undefined) };
  }
}

function* search(program: Program, isAnchored: boolean, text: string, budget: Budget): Generator<Match> {
  const { code, slots } = program;
  let lastEnd = 0;
  let machine = new Machine(text, slots, lastEnd, budget);
  for (let start = 0; start <= text.length; ) {
    const end = machine.matchAt(code, start);
    if (end >= 0) {
      machine.settle();
      yield matchOf(text, start, end, [...machine.slots]);
      lastEnd = end;
      machine = new Machine(text, slots, lastEnd, budget);
    }
    if (isAnchored) break;
    start = end > start ? end : start + lengthAt(text, start);
  }
  machine.settle();
}

function lengthAt(text: string, place: number): number {
  const code = text.codePointAt(place);
  return code !== undefined && code > 0xffff ? 2 : 1;
}

function matchOf(text: string, start: number, end: number, slots: readonly number[]): Match {
  return {
    start,
    end,
    group: (index) => {
      if (index === 0) return text.slice(start, end);
      const [from = -1, to = -1] = [slots[2 * index], slots[2 * index + 1]];
      return from < 0 || to < 0 ? undefined : text.slice(from, to);
    },
  };
}
