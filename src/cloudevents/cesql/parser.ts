import { Cursor } from './cursor.ts';
import { CesqlParseError, positionAt } from './errors.ts';
import { INFIX_WORDS } from './remedies.ts';
import type { Arithmetic, Comparison, LogicOperator, Node, Step } from './syntax.ts';
import { readInteger } from './values.ts';

/** Characters (UTF-16 units) of one expression. */
export const MAX_LENGTH = 16_384;

const LOGIC: ReadonlySet<string> = new Set<LogicOperator>(['AND', 'OR', 'XOR']);
const COMPARISON: ReadonlySet<string> = new Set<Comparison>(['=', '!=', '<>', '<', '<=', '>', '>=']);
const ADDITIVE: ReadonlySet<string> = new Set<Arithmetic>(['+', '-']);
const MULTIPLICATIVE: ReadonlySet<string> = new Set<Arithmetic>(['*', '/', '%']);
const KEYWORDS: ReadonlySet<string> = new Set([...INFIX_WORDS, 'EXISTS', 'TRUE', 'FALSE']);

/**
 * Parses an expression of CESQL 1.0.0. Attribute names are read ignoring case. From tight to loose: calls; NOT and
 * unary minus; LIKE, EXISTS and IN; * / %; + -; comparisons; AND, OR and XOR, which are equals. What is equally tight
 * goes from left to right (section 3.6).
 * @throws CesqlParseError
 */
export function parse(source: string): Node {
  if (source.length > MAX_LENGTH) {
    throw new CesqlParseError(
      positionAt(source, MAX_LENGTH),
      `an expression may have ${MAX_LENGTH} characters, this one has ${source.length}; split it into several filters`,
    );
  }
  return new Parser(source).expression();
}

class Parser {
  readonly #cursor: Cursor;

  constructor(source: string) {
    this.#cursor = new Cursor(source);
  }

  expression(): Node {
    const node = this.#logic();
    if (this.#cursor.token.kind !== 'end') this.#cursor.failAfterOperand('the end of the expression');
    return node;
  }

  #logic(): Node {
    const { start } = this.#cursor.token;
    const first = this.#comparison();
    const rest = this.#steps<LogicOperator>(LOGIC, () => this.#comparison());
    return rest.length === 0 ? first : { kind: 'logic', first, rest, ...this.#cursor.spanFrom(start) };
  }

  #comparison(): Node {
    const { start } = this.#cursor.token;
    const first = this.#sum();
    const rest = this.#steps<Comparison>(COMPARISON, () => this.#sum());
    return rest.length === 0 ? first : { kind: 'compare', first, rest, ...this.#cursor.spanFrom(start) };
  }

  #sum(): Node {
    const { start } = this.#cursor.token;
    const first = this.#product();
    const rest = this.#steps<Arithmetic>(ADDITIVE, () => this.#product());
    return rest.length === 0 ? first : { kind: 'compute', first, rest, ...this.#cursor.spanFrom(start) };
  }

  #product(): Node {
    const { start } = this.#cursor.token;
    const first = this.#predicate();
    const rest = this.#steps<Arithmetic>(MULTIPLICATIVE, () => this.#predicate());
    return rest.length === 0 ? first : { kind: 'compute', first, rest, ...this.#cursor.spanFrom(start) };
  }

  #steps<Operator extends string>(operators: ReadonlySet<string>, operand: () => Node): Step<Operator>[] {
    const steps: Step<Operator>[] = [];
    while (this.#cursor.token.kind !== 'text' && operators.has(this.#cursor.token.value)) {
      const { value, start: at } = this.#cursor.take();
      steps.push({ operator: value as Operator, operand: operand(), at });
    }
    return steps;
  }

  /** LIKE and IN, any number of them behind one operand. */
  #predicate(): Node {
    const { depth } = this.#cursor;
    const { start } = this.#cursor.token;
    const first = this.#unary();
    let node = first;
    for (;;) {
      const negated = this.#cursor.isWord('NOT');
      const operator = negated ? this.#cursor.next : this.#cursor.token;
      const word = operator?.kind === 'word' ? operator.value : '';
      if (word !== 'LIKE' && word !== 'IN') break;
      if (node !== first) this.#cursor.deeper();
      if (negated) this.#cursor.take();
      this.#cursor.take();
      const operand = node;
      node =
        word === 'LIKE'
          ? { kind: 'like', operand, negated, pattern: this.#pattern(), ...this.#cursor.spanFrom(start) }
          : { kind: 'in', operand, negated, elements: this.#set(), ...this.#cursor.spanFrom(start) };
    }
    this.#cursor.depth = depth;
    return node;
  }

  #pattern(): string {
    if (this.#cursor.token.kind === 'text') return this.#cursor.take().value;
    return this.#cursor.fail(
      `expected the pattern of LIKE, a text between quotes, but found ${this.#cursor.found()}; a pattern cannot be computed`,
    );
  }

  #set(): readonly Node[] {
    if (!this.#cursor.isSymbol('(')) {
      this.#cursor.fail(
        `expected ( after IN, but found ${this.#cursor.found()}; write the set as ('a', 'b')`,
      );
    }
    if (this.#cursor.next?.source === ')') {
      this.#cursor.take();
      this.#cursor.fail('the set of IN is empty; write at least one element before )');
    }
    return this.#list();
  }

  /** Expressions between parentheses. */
  #list(): Node[] {
    this.#cursor.take();
    const elements: Node[] = [];
    if (!this.#cursor.isSymbol(')')) {
      for (;;) {
        elements.push(this.#cursor.nested(() => this.#logic()));
        if (!this.#cursor.isSymbol(',')) break;
        this.#cursor.take();
      }
      if (!this.#cursor.isSymbol(')')) this.#cursor.failAfterOperand(', or )');
    }
    this.#cursor.take();
    return elements;
  }

  #unary(): Node {
    const token = this.#cursor.token;
    const { kind, start, value } = token;
    if (kind === 'integer') return this.#integer('');
    if (kind === 'text') {
      this.#cursor.take();
      return { kind: 'literal', value, start, end: token.end };
    }
    if (kind === 'symbol') {
      if (value === '(') return this.#parenthesized();
      const next = this.#cursor.next;
      const signed = next?.kind === 'integer' && next.start === token.end;
      if ((value === '-' || value === '+') && signed) {
        this.#cursor.take();
        return this.#integer(value);
      }
      if (value === '-') return this.#prefixed('negate');
      if (value === '+') {
        this.#cursor.fail(
          'a + here is the sign of an integer; write the digits right behind it, or remove it',
        );
      }
    }
    return kind === 'word' ? this.#word() : this.#cursor.failBeforeOperand();
  }

  #word(): Node {
    const { value, source, start, end } = this.#cursor.token;
    switch (value) {
      case 'NOT':
        return this.#prefixed('not');
      case 'EXISTS':
        this.#cursor.take();
        return { kind: 'exists', name: this.#existing(), ...this.#cursor.spanFrom(start) };
      case 'TRUE':
      case 'FALSE':
        this.#cursor.take();
        return { kind: 'literal', value: value === 'TRUE', start, end };
    }
    if (KEYWORDS.has(value)) this.#cursor.failBeforeOperand();
    const next = this.#cursor.next;
    if (next?.kind === 'symbol' && next.value === '(') {
      if (!/^[A-Z][A-Z_]*$/.test(value)) {
        this.#cursor.fail(`${source} cannot name a function; names of functions are letters and _`);
      }
      this.#cursor.take();
      return { kind: 'call', name: value, operands: this.#list(), ...this.#cursor.spanFrom(start) };
    }
    return { kind: 'attribute', name: this.#attributeName(), start, end };
  }

  #existing(): string {
    if (
      this.#cursor.token.kind === 'integer' ||
      (this.#cursor.token.kind === 'word' && !KEYWORDS.has(this.#cursor.token.value))
    ) {
      return this.#attributeName();
    }
    return this.#cursor.fail(
      `expected the name of an attribute after EXISTS, but found ${this.#cursor.found()}; write it without quotes and parentheses`,
    );
  }

  #attributeName(): string {
    const { value, source } = this.#cursor.token;
    if (source.includes('_')) {
      this.#cursor.fail(`${source} cannot name an attribute; names are letters and digits without _`);
    }
    if (value === 'DATA') {
      this.#cursor.fail('the data of an event cannot be read by CESQL, only its attributes');
    }
    this.#cursor.take();
    return source.toLowerCase();
  }

  #integer(sign: '' | '+' | '-'): Node {
    const { source, start, end } = this.#cursor.token;
    const value = readInteger(sign + source);
    if (value === undefined) {
      this.#cursor.fail('the integer is out of range; 32 bits with sign hold -2147483648 to 2147483647');
    }
    this.#cursor.take();
    return { kind: 'literal', value, start: start - sign.length, end };
  }

  #parenthesized(): Node {
    this.#cursor.take();
    const node = this.#cursor.nested(() => this.#logic());
    if (!this.#cursor.isSymbol(')')) this.#cursor.failAfterOperand(')');
    this.#cursor.take();
    return node;
  }

  #prefixed(kind: 'not' | 'negate'): Node {
    const { start } = this.#cursor.take();
    const operand = this.#cursor.nested(() => this.#unary());
    return { kind, operand, ...this.#cursor.spanFrom(start) };
  }
}
