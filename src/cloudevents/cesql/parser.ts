import { CesqlParseError, positionAt } from './errors.ts';
import { type Token, tokensOf } from './lexer.ts';
import { INFIX_WORDS, remedyFor } from './remedies.ts';
import type { Arithmetic, Comparison, LogicOperator, Node, Step } from './syntax.ts';
import { readInteger } from './values.ts';

/** Characters (UTF-16 units) of one expression. */
export const MAX_LENGTH = 16_384;
/** Depth of parentheses, calls, sets, unary operators, and LIKE and IN on the result of another. */
export const MAX_DEPTH = 100;

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
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokensOf(source);
  }

  expression(): Node {
    const node = this.#logic();
    if (this.#token.kind !== 'end') this.#failAfterOperand('the end of the expression');
    return node;
  }

  #logic(): Node {
    const first = this.#comparison();
    const rest = this.#steps<LogicOperator>(LOGIC, () => this.#comparison());
    return rest.length === 0 ? first : { kind: 'logic', first, rest, ...this.#spanFrom(first) };
  }

  #comparison(): Node {
    const first = this.#sum();
    const rest = this.#steps<Comparison>(COMPARISON, () => this.#sum());
    return rest.length === 0 ? first : { kind: 'compare', first, rest, ...this.#spanFrom(first) };
  }

  #sum(): Node {
    const first = this.#product();
    const rest = this.#steps<Arithmetic>(ADDITIVE, () => this.#product());
    return rest.length === 0 ? first : { kind: 'compute', first, rest, ...this.#spanFrom(first) };
  }

  #product(): Node {
    const first = this.#test();
    const rest = this.#steps<Arithmetic>(MULTIPLICATIVE, () => this.#test());
    return rest.length === 0 ? first : { kind: 'compute', first, rest, ...this.#spanFrom(first) };
  }

  #steps<Operator extends string>(operators: ReadonlySet<string>, operand: () => Node): Step<Operator>[] {
    const steps: Step<Operator>[] = [];
    while (this.#token.kind !== 'text' && operators.has(this.#token.value)) {
      const { value, start: at } = this.#take();
      steps.push({ operator: value as Operator, operand: operand(), at });
    }
    return steps;
  }

  /** LIKE and IN, any number of them behind one operand. */
  #test(): Node {
    const depth = this.#depth;
    const first = this.#unary();
    let node = first;
    for (;;) {
      const negated = this.#isWord('NOT');
      const operator = negated ? this.#tokens[this.#at + 1] : this.#token;
      const word = operator?.kind === 'word' ? operator.value : '';
      if (word !== 'LIKE' && word !== 'IN') break;
      if (node !== first) this.#deeper();
      if (negated) this.#take();
      this.#take();
      const operand = node;
      node =
        word === 'LIKE'
          ? { kind: 'like', operand, negated, pattern: this.#pattern(), ...this.#spanFrom(operand) }
          : { kind: 'in', operand, negated, elements: this.#set(), ...this.#spanFrom(operand) };
    }
    this.#depth = depth;
    return node;
  }

  #pattern(): string {
    if (this.#token.kind === 'text') return this.#take().value;
    return this.#fail(
      `expected the pattern of LIKE, a text between quotes, but found ${this.#found()}; a pattern cannot be computed`,
    );
  }

  #set(): readonly Node[] {
    if (!this.#isSymbol('(')) {
      this.#fail(`expected ( after IN, but found ${this.#found()}; write the set as ('a', 'b')`);
    }
    const elements = this.#list();
    if (elements.length === 0) {
      this.#at--;
      this.#fail('the set of IN is empty; write at least one element before )');
    }
    return elements;
  }

  /** Expressions between parentheses. */
  #list(): Node[] {
    this.#take();
    const elements: Node[] = [];
    if (!this.#isSymbol(')')) {
      for (;;) {
        elements.push(this.#nested(() => this.#logic()));
        if (!this.#isSymbol(',')) break;
        this.#take();
      }
      if (!this.#isSymbol(')')) this.#failAfterOperand(', or )');
    }
    this.#take();
    return elements;
  }

  #unary(): Node {
    const token = this.#token;
    const { kind, start, value } = token;
    if (kind === 'integer') return this.#integer('');
    if (kind === 'text') {
      this.#take();
      return { kind: 'literal', value, start, end: token.end };
    }
    if (kind === 'symbol') {
      if (value === '(') return this.#parenthesized();
      const next = this.#tokens[this.#at + 1];
      const signed = next?.kind === 'integer' && next.start === token.end;
      if ((value === '-' || value === '+') && signed) {
        this.#take();
        return this.#integer(value);
      }
      if (value === '-') return this.#prefixed('negate');
      if (value === '+') {
        this.#fail('a + here is the sign of an integer; write the digits right behind it, or remove it');
      }
    }
    return kind === 'word' ? this.#word() : this.#failBeforeOperand();
  }

  #word(): Node {
    const { value, source, start, end } = this.#token;
    switch (value) {
      case 'NOT':
        return this.#prefixed('not');
      case 'EXISTS':
        this.#take();
        return { kind: 'exists', name: this.#existing(), ...this.#spanFrom({ start }) };
      case 'TRUE':
      case 'FALSE':
        this.#take();
        return { kind: 'literal', value: value === 'TRUE', start, end };
    }
    if (KEYWORDS.has(value)) this.#failBeforeOperand();
    const next = this.#tokens[this.#at + 1];
    if (next?.kind === 'symbol' && next.value === '(') {
      if (!/^[A-Z][A-Z_]*$/.test(value)) {
        this.#fail(`${source} cannot name a function; names of functions are letters and _`);
      }
      this.#take();
      return { kind: 'call', name: value, operands: this.#list(), ...this.#spanFrom({ start }) };
    }
    return { kind: 'attribute', name: this.#attributeName(), start, end };
  }

  #existing(): string {
    if (this.#token.kind === 'integer' || (this.#token.kind === 'word' && !KEYWORDS.has(this.#token.value))) {
      return this.#attributeName();
    }
    return this.#fail(
      `expected the name of an attribute after EXISTS, but found ${this.#found()}; write it without quotes and parentheses`,
    );
  }

  #attributeName(): string {
    const { value, source } = this.#token;
    if (source.includes('_')) {
      this.#fail(`${source} cannot name an attribute; names are letters and digits without _`);
    }
    if (value === 'DATA') {
      this.#fail('the data of an event cannot be read by CESQL, only its attributes');
    }
    if (value === 'NULL') {
      this.#fail('there is no NULL; write EXISTS name to ask whether an attribute is there');
    }
    this.#take();
    return source.toLowerCase();
  }

  #integer(sign: '' | '+' | '-'): Node {
    const { source, start, end } = this.#token;
    const value = readInteger(sign + source);
    if (value === undefined) {
      this.#fail('the integer is out of range; 32 bits with sign hold -2147483648 to 2147483647');
    }
    this.#take();
    return { kind: 'literal', value, start: start - sign.length, end };
  }

  #parenthesized(): Node {
    this.#take();
    const node = this.#nested(() => this.#logic());
    if (!this.#isSymbol(')')) this.#failAfterOperand(')');
    this.#take();
    return node;
  }

  #prefixed(kind: 'not' | 'negate'): Node {
    const { start } = this.#take();
    const operand = this.#nested(() => this.#unary());
    return { kind, operand, ...this.#spanFrom({ start }) };
  }

  #nested(read: () => Node): Node {
    this.#deeper();
    const node = read();
    this.#depth--;
    return node;
  }

  #deeper(): void {
    if (++this.#depth > MAX_DEPTH) {
      this.#fail(`the expression is nested more than ${MAX_DEPTH} deep; simplify it`);
    }
  }

  get #token(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1);
    if (token === undefined) throw new TypeError('an expression has at least its end');
    return token;
  }

  #take(): Token {
    const token = this.#token;
    this.#at++;
    return token;
  }

  #isWord(value: string): boolean {
    return this.#token.kind === 'word' && this.#token.value === value;
  }

  #isSymbol(value: string): boolean {
    return this.#token.kind === 'symbol' && this.#token.value === value;
  }

  #spanFrom({ start }: { readonly start: number }): { start: number; end: number } {
    return { start, end: this.#tokens[this.#at - 1]?.end ?? start };
  }

  #found(): string {
    const { kind, source } = this.#token;
    if (kind === 'end') return 'the end of the expression';
    return source.length > 40 ? `${source.slice(0, 40)}…` : source;
  }

  #failBeforeOperand(): never {
    const wanted =
      'expected a value: an attribute, a text between quotes, an integer, TRUE, FALSE, a function or (';
    return this.#fail(
      this.#token.kind === 'end' && this.#at === 0
        ? `${wanted}; the expression is empty`
        : `${wanted}, but found ${this.#found()}`,
    );
  }

  #failAfterOperand(wanted: string): never {
    return this.#fail(
      `expected an operator or ${wanted}, but found ${this.#found()}${remedyFor(this.#token, this.#tokens[this.#at - 1])}`,
    );
  }

  #fail(reason: string): never {
    throw new CesqlParseError(positionAt(this.#source, this.#token.start), reason);
  }
}
