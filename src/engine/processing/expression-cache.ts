import type { Mapping } from '../../bpmn/graph.ts';
import type { CompiledDecisions, DecisionGraph } from '../../dmn/index.ts';
import {
  type CompiledMappings,
  compile,
  type Expression,
  type FeelValue,
  fromJson,
} from '../../feel/index.ts';
import type { Document } from '../records/record.ts';

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

/** Compiled expressions and parsed variables: derived data that an engine keeps between turns. */
export class ExpressionCache {
  readonly expressions: TextCache<Expression>;
  /** Mappings live as long as the model they were compiled from. */
  readonly inputs = new WeakMap<readonly Mapping[], CompiledMappings>();
  readonly outputs = new WeakMap<readonly Mapping[], CompiledMappings>();
  readonly decisions = new WeakMap<DecisionGraph, CompiledDecisions>();
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
      value = fromJson(text);
      values.set(name, value);
    }
    return value;
  }
}
