import type { Document } from '../engine/records/record.ts';
import { GatewayError } from './errors.ts';
import type { GatewayRequest } from './http.ts';
import { arrayItems, objectMembers, utf8 } from './json.ts';

const MOST_OF_64_BITS = 2 ** 63;

/**
 * Reads the members of a JSON object one by one, so that each wrong one is named. Null counts as absent.
 * Call {@link Fields.end} after the last one: it refuses what nobody asked for.
 */
export class Fields {
  readonly #members: ReadonlyMap<string, string>;
  readonly #path: string;
  /** Told values are named without the path, as Camunda's validators name them. */
  readonly #brief: boolean;
  readonly #asked = new Set<string>();

  constructor(members: ReadonlyMap<string, string>, path = '', brief = false) {
    this.#members = members;
    this.#path = path;
    this.#brief = brief;
  }

  /** The body of a request; an empty one and null count as `{}`. */
  static ofBody(request: GatewayRequest): Fields {
    const text = utf8(request.body);
    const trimmed = text.trim();
    if (trimmed === '' || trimmed === 'null') return new Fields(new Map());
    const members = objectMembers(text);
    if (members === undefined) {
      throw new GatewayError(
        'BAD_REQUEST',
        `The request body must be a JSON object, but was ${kindOf(text)}.`,
      );
    }
    return new Fields(members);
  }

  has(name: string): boolean {
    return this.#text(name) !== undefined;
  }

  string(name: string): string | undefined {
    const value = this.#value(name);
    if (value !== undefined && typeof value !== 'string') this.#wrong(name, 'a string');
    return value as string | undefined;
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) this.#missing(name);
    if (value.trim() === '') this.#missing(name);
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value !== undefined && typeof value !== 'boolean') this.#wrong(name, 'true or false');
    return value as boolean | undefined;
  }

  /**
   * A whole number of 64 bits, not below `least`. Beyond what a JavaScript number holds exactly the nearest that it
   * does is meant: such numbers are times that never come, and references that are not kept.
   */
  integer(name: string, least = Number.NEGATIVE_INFINITY): number | undefined {
    const given = this.#value(name);
    if (given === undefined) return undefined;
    if (typeof given !== 'number' || !Number.isInteger(given) || Math.abs(given) > MOST_OF_64_BITS)
      this.#wrong(name, 'a whole number');
    const value = Math.min(Math.max(given, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
    if (value < least) {
      throw new GatewayError(
        'INVALID_ARGUMENT',
        `The value for ${this.nameOf(name)} is '${value}' but must be ${boundText(least)}.`,
      );
    }
    return value;
  }

  requiredInteger(name: string, least?: number): number {
    return this.integer(name, least) ?? this.#missing(name);
  }

  /** A key: a string of decimal digits. */
  key(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') this.#wrong(name, 'a key: a string of decimal digits');
    const key = parseKey(value);
    if (key === undefined) throw new GatewayError('INVALID_ARGUMENT', invalidKey(name, value));
    return key;
  }

  /** A JSON object whose members keep their exact texts. Absent: empty. */
  document(name: string): Document {
    const text = this.#text(name);
    if (text === undefined) return new Map();
    return objectMembers(text) ?? this.#wrong(name, 'a JSON object');
  }

  strings(name: string): readonly string[] | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      this.#wrong(name, 'a list of strings');
    }
    return value;
  }

  /** A nested object. */
  object(name: string, brief = this.#brief): Fields | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    const members = objectMembers(text) ?? this.#wrong(name, 'a JSON object');
    return new Fields(members, `${this.#path}${name}.`, brief);
  }

  /** A list of nested objects. */
  objects(name: string, brief = this.#brief): readonly Fields[] | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    const items = arrayItems(text) ?? this.#wrong(name, 'a list of objects');
    return items.map((item, index) => {
      const members = objectMembers(item) ?? this.#wrong(`${name}[${index}]`, 'a JSON object', item);
      return new Fields(members, `${this.#path}${name}[${index}].`, brief);
    });
  }

  /** Any value, as it was parsed. */
  value(name: string): unknown {
    return this.#value(name);
  }

  /** Exact text of a member; undefined if absent or null. */
  text(name: string): string | undefined {
    return this.#text(name);
  }

  /** How a member is named where its value is refused. */
  nameOf(name: string): string {
    return this.#brief ? name : `${this.#path}${name}`;
  }

  names(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Marks members as known that are accepted and have no effect here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  /** Refuses members that nobody asked for. */
  end(): void {
    for (const name of this.#members.keys()) {
      if (this.#asked.has(name)) continue;
      throw new GatewayError(
        'BAD_REQUEST',
        `Request property [${this.#path}${name}] cannot be parsed: it is unknown; known here: ${[...this.#asked].sort().join(', ') || 'none'}.`,
      );
    }
  }

  #text(name: string): string | undefined {
    this.#asked.add(name);
    const text = this.#members.get(name);
    return text === 'null' ? undefined : text;
  }

  #value(name: string): unknown {
    const text = this.#text(name);
    return text === undefined ? undefined : JSON.parse(text);
  }

  #missing(name: string): never {
    throw new GatewayError('INVALID_ARGUMENT', `No ${this.nameOf(name)} provided.`);
  }

  #wrong(name: string, expected: string, text = this.#members.get(name) ?? ''): never {
    throw new GatewayError(
      'BAD_REQUEST',
      `Request property [${this.#path}${name}] cannot be parsed: expected ${expected}, but was ${kindOf(text)}.`,
    );
  }
}

/** Camunda's text for a key that is none; the sentence ends where it is refused. */
export function invalidKey(name: string, value: string): string {
  return `The provided ${name} '${value}' is not a valid key. Expected a numeric value. Did you pass an entity id instead of an entity key?`;
}

/** Camunda's text for a date that is none. */
export function invalidDate(name: string, value: string): string {
  return `The provided ${name} '${value}' cannot be parsed as a date according to RFC 3339, section 5.6`;
}

function boundText(least: number): string {
  if (least === 1) return 'greater than 0';
  return least === 0 ? 'not negative' : `at least ${least}`;
}

/** A key from its decimal text; undefined if it is none. */
export function parseKey(text: string): number | undefined {
  if (!/^-?[0-9]{1,25}$/.test(text)) return undefined;
  const key = Number(text);
  // A key beyond what the engine can have given out is well-formed and names nothing.
  return Number.isSafeInteger(key) ? key : -1;
}

/** A key in the path. */
export function pathKey(request: GatewayRequest, name: string): number {
  const text = request.params[name] ?? '';
  const key = parseKey(text);
  if (key === undefined) {
    throw new GatewayError('BAD_REQUEST', `Failed to convert '${name}' with value: '${text}'`);
  }
  return key;
}

function kindOf(text: string): string {
  const first = text.trimStart().charAt(0);
  if (first === '{') return 'an object';
  if (first === '[') return 'a list';
  if (first === '"') return `the string ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
