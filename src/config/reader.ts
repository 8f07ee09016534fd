import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { durationMs } from '../router/index.ts';
import { ConfigError } from './errors.ts';
import { unknownMessage } from './suggest.ts';

/** One value of a YAML text. Reading it as what it is not throws a `ConfigError` with its line, column and path. */
export class ConfigReader {
  readonly path: string;
  readonly #source: Source;
  readonly #node: Node | undefined;
  readonly #offset: number;

  private constructor(source: Source, node: Node | undefined, path: string, offset: number) {
    this.#source = source;
    this.#node = node;
    this.path = path;
    this.#offset = offset;
  }

  /** @param file how errors name the text */
  static ofText(file: string, text: string): ConfigReader {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const source = { file, lines, document };
    const [problem] = document.errors;
    if (problem) throw errorAt(source, '', problem.pos[0], `this is no YAML: ${problem.message}`);
    return new ConfigReader(source, document.contents ?? undefined, '', 0);
  }

  /** True if there is nothing, or null. */
  get empty(): boolean {
    return this.#node === undefined || (isScalar(this.#node) && this.#node.value === null);
  }

  /** The error that this value, or what stands at `path` in it, is wrong. */
  error(problem: string, path = this.path): ConfigError {
    return errorAt(this.#source, path, this.#node?.range?.[0] ?? this.#offset, problem);
  }

  /** Members of a map that has no others than those known; members that are null are left out. */
  members<Name extends string>(known: readonly Name[]): { readonly [Member in Name]?: ConfigReader } {
    const members: { [Member in Name]?: ConfigReader } = {};
    for (const [name, value] of this.entries()) {
      const member = known.find((candidate) => candidate === name);
      if (member === undefined) throw value.error(unknownMessage(`'${name}' is not known here`, name, known));
      if (!value.empty) members[member] = value;
    }
    return members;
  }

  /** Members of a map whose names are free. */
  entries(): (readonly [string, ConfigReader])[] {
    if (this.empty) return [];
    const node = this.#node;
    if (!isMap<Node, Node | null>(node)) throw this.#wrong('a map of names and values');
    return node.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      const path = this.path === '' ? name : `${this.path}.${name}`;
      return [name, this.#child(value, path, key.range?.[0] ?? 0)] as const;
    });
  }

  items(): ConfigReader[] {
    const node = this.#node;
    if (!isSeq<Node>(node)) throw this.#wrong('a list');
    return node.items.map((item, index) =>
      this.#child(item, `${this.path}[${index}]`, node.range?.[0] ?? this.#offset),
    );
  }

  text(): string {
    const value = this.#scalar();
    if (typeof value !== 'string' || value.trim() === '') throw this.#wrong('a text');
    return value;
  }

  /** A text, number or Boolean as text. */
  plain(): string {
    const value = this.#scalar();
    if (value === null || typeof value === 'object') throw this.#wrong('a text or a number');
    return String(value);
  }

  texts(): string[] {
    return this.items().map((item) => item.text());
  }

  boolean(): boolean {
    const value = this.#scalar();
    if (typeof value !== 'boolean') throw this.#wrong('true or false');
    return value;
  }

  integer(least: number): number {
    const value = this.#scalar();
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least)
      throw this.#wrong(`a whole number of at least ${least}`);
    return value;
  }

  /** ms of an ISO 8601 duration. */
  duration(): number {
    const value = this.#scalar();
    const ms = typeof value === 'string' ? durationMs(value) : undefined;
    if (ms === undefined) throw this.#wrong('a duration such as PT30S, PT1H or P7D');
    return ms;
  }

  oneOf<Value extends string>(values: readonly Value[]): Value {
    const value = this.#scalar();
    const known = values.find((candidate) => candidate === value);
    if (known === undefined) throw this.#wrong(`one of ${values.join(', ')}`);
    return known;
  }

  /** Any value as JSON has it. */
  json(): unknown {
    return this.#node?.toJS(this.#source.document, { maxAliasCount: 100 });
  }

  isList(): boolean {
    return isSeq(this.#node);
  }

  isMap(): boolean {
    return isMap(this.#node);
  }

  #child(value: Node | null, path: string, offset: number): ConfigReader {
    const node = isAlias(value) ? value.resolve(this.#source.document) : (value ?? undefined);
    return new ConfigReader(this.#source, node, path, offset);
  }

  #scalar(): unknown {
    return isScalar(this.#node) ? this.#node.value : {};
  }

  #wrong(expected: string): ConfigError {
    const text = this.empty ? 'nothing' : (JSON.stringify(this.json()) ?? 'nothing');
    return this.error(`must be ${expected}, but was ${text.length > 60 ? `${text.slice(0, 60)}…` : text}.`);
  }
}

interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly document: Document;
}

function errorAt({ file, lines }: Source, path: string, offset: number, problem: string): ConfigError {
  const { line, col } = lines.linePos(offset);
  return new ConfigError({ file, path, line, column: col }, problem);
}
