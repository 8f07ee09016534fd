import { ContextTracker, type LRParser } from '@lezer/lr';
import { parser } from 'lezer-feel';
import { FUNCTION_NAMES } from '../builtins/builtins.ts';
import { prepare, type Source } from './source.ts';
import { FeelSyntaxError } from './syntax-error.ts';

export { FeelSyntaxError };

/** A node of the parse tree: the grammar's name for it, its place in the text, its children in order. */
export interface Syntax {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly Syntax[];
}

export interface Parsed {
  readonly source: Source;
  readonly root: Syntax;
}

/** Depth of the parse tree. A chain of one operator is as deep as it is long; the parser allows about 600. */
const MAX_DEPTH = 2_000;

/** Throws `FeelSyntaxError` if the text is no expression (or no unary tests). */
export function parse(text: string, top: 'Expression' | 'UnaryTests'): Parsed {
  const source = prepare(text);
  if (source.prepared.trim() === '') {
    throw new FeelSyntaxError(text, text.length);
  }
  return { source, root: readTree(text, source.prepared, parsers()[top]) };
}

function readTree(text: string, prepared: string, grammar: LRParser): Syntax {
  const tooDeep = (): FeelSyntaxError =>
    new FeelSyntaxError(text, 0, 'it nests too deeply or chains too many operators');
  try {
    const cursor = grammar.parse(prepared).cursor();
    const root: { name: string; from: number; to: number; children: Syntax[] } = node(cursor);
    const path = [root];
    for (let next = cursor.firstChild(); next; ) {
      // A strict parser leaves no other errors than where it cut a stack that grew too deep.
      if (cursor.type.isError) throw tooDeep();
      const child = node(cursor);
      path.at(-1)?.children.push(child);
      path.push(child);
      if (path.length > MAX_DEPTH) throw tooDeep();
      next = cursor.firstChild();
      while (!next && path.length > 1) {
        path.pop();
        next = cursor.nextSibling();
        if (!next && !cursor.parent()) break;
      }
    }
    return root;
  } catch (error) {
    if (error instanceof FeelSyntaxError) throw error;
    // The parser's own recursion overflows for trees that are far deeper than the limit.
    if (error instanceof RangeError) throw tooDeep();
    const position = error instanceof SyntaxError ? /No parse at (\d+)/.exec(error.message)?.[1] : undefined;
    if (position === undefined) throw error;
    throw new FeelSyntaxError(text, Number(position));
  }
}

function node(cursor: { name: string; from: number; to: number }): Syntax & { children: Syntax[] } {
  return { name: cursor.name, from: cursor.from, to: cursor.to, children: [] };
}

let configured: Readonly<Record<'Expression' | 'UnaryTests', LRParser>> | undefined;

function parsers(): Readonly<Record<'Expression' | 'UnaryTests', LRParser>> {
  if (configured === undefined) {
    const strict = parser.configure({ strict: true, contextTracker: nameTracker() });
    configured = {
      Expression: strict.configure({ top: 'Expression' }),
      UnaryTests: strict.configure({ top: 'UnaryTests' }),
    };
  }
  return configured;
}

/** What the grammar's tokenizer asks its context: names that may contain blanks, and the parts read so far. */
interface NameContext {
  readonly tokens: readonly string[];
  contextCache(): { keys: ReadonlySet<string>; prefixes: ReadonlySet<string> };
}

/** The text of a token: a method of the input that lezer does not declare, and that the grammar itself uses. */
interface ReadableInput {
  read(from: number, to: number): string;
}

/**
 * In Camunda's dialect only built-in functions have blanks in their names. The grammar's own tracker also
 * learns names from the expression (after `{"a-b": 1}` it would read `a-b` as one name), and it evaluates
 * as it parses; this one knows a fixed set.
 */
function nameTracker(): ContextTracker<NameContext> {
  const names = FUNCTION_NAMES.filter((name) => name.includes(' '));
  const prefixes = new Set<string>();
  for (const name of names) {
    const parts = name.split(' ');
    for (let count = 1; count <= parts.length; count += 1) prefixes.add(parts.slice(0, count).join(' '));
  }
  const cache = { keys: new Set(names), prefixes };
  const context = (tokens: readonly string[]): NameContext => ({ tokens, contextCache: () => cache });
  const idsOf = (...wanted: string[]): Set<number> =>
    new Set(parser.nodeSet.types.filter((type) => wanted.includes(type.name)).map((type) => type.id));
  const parts = idsOf('Identifier', 'AdditionalIdentifier', 'PropertyIdentifier');
  const wholes = idsOf('VariableName', 'PathName', 'Name', 'PropertyName');
  const start = context([]);
  return new ContextTracker<NameContext>({
    start,
    strict: false,
    reduce(current, term, stack, input) {
      if (parts.has(term)) {
        return context([...current.tokens, (input as unknown as ReadableInput).read(input.pos, stack.pos)]);
      }
      return wholes.has(term) ? start : current;
    },
  });
}
