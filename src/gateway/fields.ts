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
  readonly #asked = new Set<string>();

  constructor(members: ReadonlyMap<string, string>, path = '') {
    this.#members = members;
    this.#path = path;
  }

  /** The body of a request; an empty one counts as `{}`. */
  static ofBody(request: GatewayRequest): Fields {
    const text = utf8(request.body);
    if (text.trim() === '') return new Fields(new Map());
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
    if (value.trim() === '') throw new GatewayError('INVALID_ARGUMENT', `No ${this.#path}${name} provided.`);
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
        `The value for ${this.#path}${name} is '${value}' but must be ${least === 1 ? 'greater than 0' : `at least ${least}`}.`,
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
    const key = typeof value === 'string' ? parseKey(value) : undefined;
    if (key === undefined) this.#wrong(name, 'a key: a string of decimal digits');
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
  object(name: string): Fields | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    const members = objectMembers(text) ?? this.#wrong(name, 'a JSON object');
    return new Fields(members, `${this.#path}${name}.`);
  }

  /** A list of nested objects. */
  objects(name: string): readonly Fields[] | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    const items = arrayItems(text) ?? this.#wrong(name, 'a list of objects');
    return items.map((item, index) => {
      const members = objectMembers(item) ?? this.#wrong(`${name}[${index}]`, 'a JSON object', item);
      return new Fields(members, `${this.#path}${name}[${index}].`);
    });
  }

  /** The only tenant there is. */
  tenant(): void {
    const tenant = this.string('tenantId');
    if (tenant !== undefined && tenant !== '' && tenant !== '<default>') {
      throw new GatewayError(
        'INVALID_ARGUMENT',
        `Expected to handle request with tenant identifier '${tenant}', but multi-tenancy is disabled`,
      );
    }
  }

  /** Any value, as it was parsed. */
  value(name: string): unknown {
    return this.#value(name);
  }

  /** Exact text of a member; undefined if absent or null. */
  text(name: string): string | undefined {
    return this.#text(name);
  }

  /** A member's name with the path to it. */
  nameOf(name: string): string {
    return `${this.#path}${name}`;
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
        `Request property [${this.#path}${name}] is unknown; known here: ${[...this.#asked].sort().join(', ') || 'none'}.`,
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
    throw new GatewayError('INVALID_ARGUMENT', `No ${this.#path}${name} provided.`);
  }

  #wrong(name: string, expected: string, text = this.#members.get(name) ?? ''): never {
    throw new GatewayError(
      'BAD_REQUEST',
      `Request property [${this.#path}${name}] cannot be parsed: expected ${expected}, but was ${kindOf(text)}.`,
    );
  }
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
    throw new GatewayError(
      'BAD_REQUEST',
      `The path parameter ${name} must be a key of decimal digits, but was '${text}'.`,
    );
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
