import type { Mapping } from '../../bpmn/graph.ts';
import type { CompiledDecisions, DecisionGraph } from '../../dmn/index.ts';
import {
  type CompiledMappings,
  compile,
  type Expression,
  type FeelValue,
  fromJson,
} from '../../feel/index.ts';
import { ListCursor } from '../behaviors/json-list.ts';
import type { Document } from '../records/record.ts';
import { ListMemory } from './list-memory.ts';

/** Keeps what was made from a text, at most `limit` of them; the one made first leaves first. */
export class TextCache<Value> {
  readonly #limit: number;
  readonly #make: (text: string) => Value;
  readonly #values = new Map<string, Value>();

  constructor(limit: number, make: (text: string) => Value) {
    this.#limit = limit;
    this.#make = make;
  }

  get(text: string): Value {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    const value = this.#make(text);
    if (this.#values.size >= this.#limit) {
      const first = this.#values.keys().next();
      if (!first.done) this.#values.delete(first.value);
    }
    this.#values.set(text, value);
    return value;
  }
}

/** Characters from which on the value of a text is remembered by the text. */
const LONG = 1024;
/** Characters of texts whose values are remembered. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/**
 * Values of long texts, whichever document they stand in: a variable of many thousand items is parsed once, not again
 * for each change of another variable beside it. The one used longest ago leaves first.
 */
export class LongTexts {
  readonly #values = new Map<string, FeelValue>();
  #characters = 0;

  get(text: string): FeelValue {
    const known = this.#values.get(text);
    if (known !== undefined) {
      this.#values.delete(text);
      this.#values.set(text, known);
      return known;
    }
    const value = fromJson(text);
    this.#values.set(text, value);
    this.#characters += text.length;
    for (const [oldest] of this.#values) {
      if (this.#characters <= MOST_CHARACTERS || this.#values.size === 1) break;
      this.#values.delete(oldest);
      this.#characters -= oldest.length;
    }
    return value;
  }
}

/** Compiled expressions and parsed variables: derived data that an engine keeps between turns. */
export class ExpressionCache {
  readonly expressions: TextCache<Expression>;
  /** Mappings live as long as the model they were compiled from. */
  readonly inputs = new WeakMap<readonly Mapping[], CompiledMappings>();
  readonly outputs = new WeakMap<readonly Mapping[], CompiledMappings>();
  readonly decisions = new WeakMap<DecisionGraph, CompiledDecisions>();
  readonly lists = new ListMemory();
  readonly cursor = new ListCursor();
  readonly #long = new LongTexts();
  readonly #parsed = new WeakMap<Document, Map<string, FeelValue>>();

  /** See `EngineOptions.random`. */
  readonly random: () => number;

  constructor(limit: number, random: () => number) {
    this.random = random;
    this.expressions = new TextCache(limit, compile);
  }

  /** The value of a variable; undefined if the document has none of that name. */
  variable(document: Document, name: string): FeelValue | undefined {
    const text = document.get(name);
    if (text === undefined) return undefined;
    let values = this.#parsed.get(document);
    if (values === undefined) {
      values = new Map();
      this.#parsed.set(document, values);
    }
    let value = values.get(name);
    if (value === undefined) {
      value = text.length < LONG ? fromJson(text) : this.#long.get(text);
      values.set(name, value);
    }
    return value;
  }
}
