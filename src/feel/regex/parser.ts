import {
  type CharSet,
  complement,
  ignoringCase,
  LINE_END,
  ofText,
  single,
  tabulated,
  union,
} from './char-set.ts';
import { parseClass } from './class-parser.ts';
import { maxLength, type Pattern, PatternError } from './pattern.ts';
import { Reader } from './reader.ts';

/** Nesting of groups; deeper ones could overflow the stack. */
const MAX_DEPTH = 200;
const MAX_REPEATS = 2_147_483_647;

export interface ParsedPattern {
  readonly pattern: Pattern;
  /** Numbers of the named groups. */
  readonly names: ReadonlyMap<string, number>;
  readonly groups: number;
}

/** Parses Java's syntax of regular expressions. Throws `PatternError`. `flags` are Java's letters, such as `i`. */
export function parsePattern(text: string, flags: string): ParsedPattern {
  return new Parser(text, flags).parse();
}

class Parser {
  readonly #in: Reader;
  readonly #names = new Map<string, number>();
  #groups = 0;
  #depth = 0;

  constructor(text: string, flags: string) {
    this.#in = new Reader(text, flags);
  }

  parse(): ParsedPattern {
    const pattern = this.#choice();
    if (!this.#in.atEnd()) throw new PatternError('a group is closed that was not opened');
    return { pattern, names: this.#names, groups: this.#groups };
  }

  #choice(): Pattern {
    const branches = [this.#sequence()];
    while (this.#in.accept('|')) branches.push(this.#sequence());
    const [only, ...others] = branches;
    return only !== undefined && others.length === 0 ? only : { kind: 'choice', branches };
  }

  #sequence(): Pattern {
    const items: Pattern[] = [];
    for (;;) {
      this.#in.skipIgnored();
      const char = this.#in.peek();
      if (char === undefined || char === '|' || char === ')') break;
      const quoted = this.#in.match(/\\Q([\s\S]*?)(?:\\E|$)/y)?.[1];
      if (quoted !== undefined) {
        const literals = [...quoted].map((each) => this.#literal(each));
        const last = literals.pop();
        items.push(...literals);
        // A quantifier after a quotation is one of its last character.
        if (last !== undefined) items.push(this.#repeated(last));
        continue;
      }
      const atom = this.#atom();
      // A group of flags alone stands for nothing and cannot be repeated.
      if (atom !== undefined) items.push(this.#repeated(atom));
    }
    const [only, ...others] = items;
    return only !== undefined && others.length === 0 ? only : { kind: 'sequence', items };
  }

  #repeated(atom: Pattern): Pattern {
    this.#in.skipIgnored();
    const bounds = this.#bounds();
    if (bounds === undefined) return atom;
    const mode = this.#in.accept('?') ? 'lazy' : this.#in.accept('+') ? 'possessive' : 'greedy';
    const next = this.#in.peek();
    if (next === '*' || next === '+' || next === '?') throw new PatternError('a quantifier has no operand');
    return { kind: 'repeat', body: atom, min: bounds[0], max: bounds[1], mode };
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#in.accept('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#in.accept('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#in.accept('?')) return [0, 1];
    if (this.#in.peek() !== '{') return undefined;
    const [whole, from = '', comma, to = ''] = this.#in.match(/\{(\d+)(?:(,)(\d*))?\}/y) ?? [];
    if (whole === undefined) throw new PatternError('a repetition is not closed');
    const min = Number(from);
    const max = comma === undefined ? min : to === '' ? Number.POSITIVE_INFINITY : Number(to);
    if (min > max || min > MAX_REPEATS || (max !== Number.POSITIVE_INFINITY && max > MAX_REPEATS)) {
      throw new PatternError('a repetition has an illegal range');
    }
    return [min, max];
  }

  #atom(): Pattern | undefined {
    const { flags } = this.#in;
    const char = this.#in.next();
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return this.#set(parseClass(this.#in));
      case '.':
        if (flags.has('s')) return this.#set(() => true);
        return this.#set(complement(flags.has('d') ? single(10) : LINE_END));
      case '^':
        return { kind: 'anchor', anchor: flags.has('m') ? 'line start' : 'text start' };
      case '$':
        return { kind: 'anchor', anchor: flags.has('m') ? 'line end' : 'last line end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
      case '{':
        throw new PatternError('a quantifier has no operand');
      default:
        return this.#literal(char);
    }
  }

  #literal(char: string): Pattern {
    const code = char.codePointAt(0) ?? 0;
    if (!this.#in.flags.has('i')) return { kind: 'set', set: single(code), literal: char };
    return this.#set(ignoringCase(single(code), this.#in.flags.has('u')));
  }

  #set(set: CharSet): Pattern {
    return { kind: 'set', set: tabulated(set) };
  }

  #escape(): Pattern {
    const reference = this.#in.match(/k<([A-Za-z][A-Za-z0-9]*)>/y)?.[1];
    if (reference !== undefined) {
      const group = this.#names.get(reference);
      if (group === undefined) throw new PatternError('a reference names no group');
      return { kind: 'reference', group, ignoreCase: this.#in.flags.has('i') };
    }
    const digit = this.#in.match(/[1-9]/y)?.[0];
    if (digit !== undefined) return this.#reference(Number(digit));
    const letter = this.#in.peek() ?? '';
    const anchor = ANCHORS.get(letter);
    if (anchor !== undefined) {
      this.#in.next();
      return { kind: 'anchor', anchor };
    }
    if (letter === 'R') {
      this.#in.next();
      return LINE_BREAK;
    }
    const escaped = this.#in.escape();
    return typeof escaped === 'string' ? this.#literal(escaped) : this.#set(escaped);
  }

  /** Further digits belong to the number as long as there are so many groups. */
  #reference(first: number): Pattern {
    let group = first;
    for (;;) {
      const next = Number(/^\d/.exec(this.#in.peek() ?? '')?.[0] ?? Number.NaN);
      if (Number.isNaN(next) || group * 10 + next > this.#groups) break;
      group = group * 10 + next;
      this.#in.next();
    }
    return { kind: 'reference', group, ignoreCase: this.#in.flags.has('i') };
  }

  #group(): Pattern | undefined {
    if (this.#depth >= MAX_DEPTH) throw new PatternError('the pattern nests too deeply');
    const outer = this.#in.flags;
    this.#depth += 1;
    const pattern = this.#opened();
    this.#depth -= 1;
    // Flags of a group end with it; `(?i)` holds to the end of the group around it.
    if (pattern !== undefined) this.#in.flags = outer;
    return pattern;
  }

  #opened(): Pattern | undefined {
    const name = this.#in.match(/\?<([A-Za-z][A-Za-z0-9]*)>/y)?.[1];
    if (name !== undefined) {
      if (this.#names.has(name)) throw new PatternError('two groups have the same name');
      this.#names.set(name, this.#groups + 1);
      return this.#captured();
    }
    const look = this.#in.match(/\?(<?)([=!])/y);
    if (look !== undefined) {
      const behind = look[1] === '<';
      const body = this.#body();
      if (behind && maxLength(body) > 100_000) throw new PatternError('a look-behind has no bound');
      return { kind: 'look', body, behind, negative: look[2] === '!' };
    }
    if (this.#in.match(/\?>/y) !== undefined) return { kind: 'atomic', body: this.#body() };
    const flags = this.#in.match(/\?([idmsuxU]*)(?:-([idmsuxU]*))?([:)])/y);
    if (flags !== undefined) {
      const [, on = '', off = '', end] = flags;
      this.#in.flags = new Set([...this.#in.flags, ...on].filter((flag) => !off.includes(flag)));
      return end === ')' ? undefined : this.#body();
    }
    if (this.#in.peek() === '?') throw new PatternError('a group has an unknown kind');
    return this.#captured();
  }

  #captured(): Pattern {
    this.#groups += 1;
    const index = this.#groups;
    return { kind: 'group', index, body: this.#body() };
  }

  #body(): Pattern {
    const body = this.#choice();
    if (!this.#in.accept(')')) throw new PatternError('a group is not closed');
    return body;
  }
}

const ANCHORS = new Map([
  ['b', 'word edge'],
  ['B', 'no word edge'],
  ['A', 'text start'],
  ['G', 'last match'],
  ['Z', 'last line end'],
  ['z', 'text end'],
] as const) as ReadonlyMap<string, Extract<Pattern, { kind: 'anchor' }>['anchor']>;

const set = (text: string): Pattern => ({ kind: 'set', set: ofText(text) });

/** `\R`: any end of a line, CR LF as one. */
const LINE_BREAK: Pattern = {
  kind: 'choice',
  branches: [
    { kind: 'sequence', items: [set('\r'), set('\n')] },
    { kind: 'set', set: union([LINE_END, ofText('\v\f')]) },
  ],
};
