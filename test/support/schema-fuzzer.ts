/** What the fuzzer reads of a JSON Schema. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly contentMediaType?: string;
}

const NASTY_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '😀',
  '__proto__',
  'constructor',
  "'; DROP TABLE process_instance; --",
  '=1/0',
  '=for x in 1..10 return x',
  '=(((((',
  '../../etc/passwd',
  '%00',
  '*?\\',
  '9'.repeat(400),
  'a'.repeat(10_000),
];
const NASTY_NUMBERS = [0, -1, 1, 0.5, -0, 1e308, -1e308, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 9.99e-320];
const NASTY_JSON = [
  '',
  'null',
  'true',
  '[]',
  '{',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '"text"',
  '1e999',
  '{"a":NaN}',
  '\ufeff{}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
];

/** Random values after a schema, mostly nearly right. The same seed gives the same values. */
export class SchemaFuzzer {
  #state: number;
  readonly #known: readonly string[];

  /** @param known texts that name something, such as ids and keys */
  constructor(seed: number, known: readonly string[]) {
    this.#state = seed >>> 0;
    this.#known = known;
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  pathPart(): string {
    if (this.chance(0.6)) return this.#pick(this.#known);
    return this.chance(0.5)
      ? String(this.#integer(1e6))
      : this.#pick(NASTY_TEXTS).slice(0, 200).toWellFormed() || 'x';
  }

  /** A body as text; now and then no JSON at all. */
  text(schema: Schema): string {
    if (this.chance(0.05)) return this.#pick(NASTY_JSON);
    const text = JSON.stringify(this.value(schema)) ?? 'null';
    if (!this.chance(0.03)) return text;
    const at = this.#integer(text.length);
    return text.slice(0, at) + this.#pick(['', '"', '{', ',', '\u0001', '1e5']) + text.slice(at + 1);
  }

  form(schema: Schema): { readonly form: FormData; readonly shown: string } {
    const form = new FormData();
    const shown: string[] = [];
    const add = (name: string, of: Schema): void => {
      if (of.type === 'array') {
        for (let count = this.#integer(4); count > 0; count--) add(name, of.items ?? {});
        return;
      }
      const isFile = of.contentMediaType !== undefined && !this.chance(0.1);
      const text = isFile ? this.#pick(NASTY_TEXTS) : this.text(of);
      shown.push(`${name}=${text.slice(0, 200)}`);
      if (!isFile) form.append(name, text);
      else {
        const ending = this.#pick(['bpmn', 'dmn', 'form', 'xml', 'txt']);
        form.append(name, new File([text], `f${this.#integer(9)}.${ending}`));
      }
    };
    for (const [name, of] of Object.entries(schema.properties ?? {})) if (!this.chance(0.2)) add(name, of);
    if (this.chance(0.05)) form.append('more', 'x');
    return { form, shown: shown.join('&') };
  }

  value(schema: Schema, depth = 0): unknown {
    if (this.chance(0.06)) return this.#anything(depth);
    if (schema.oneOf !== undefined) return this.value(this.#pick(schema.oneOf), depth);
    if (schema.enum !== undefined) return this.#pick(schema.enum);
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    switch (this.#pick(types)) {
      case 'object':
        return this.#object(schema, depth);
      case 'array':
        return Array.from({ length: this.#integer(4) }, () => this.value(schema.items ?? {}, depth + 1));
      case 'string':
        return this.#string(schema);
      case 'integer':
      case 'number':
        return this.chance(0.7) ? this.#integer(1000) + (schema.minimum ?? 0) : this.#pick(NASTY_NUMBERS);
      case 'boolean':
        return this.chance(0.5);
      case 'null':
        return null;
      default:
        return this.#anything(depth);
    }
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema, depth: number): object {
    const members: [string, unknown][] = [];
    for (const [name, of] of Object.entries(properties)) {
      const wanted = required.includes(name) ? 0.95 : depth > 2 ? 0.2 : 0.35;
      if (this.chance(wanted)) members.push([name, this.value(of, depth + 1)]);
    }
    if (additionalProperties === true || this.chance(0.04))
      for (let count = this.#integer(4); count > 0; count--)
        members.push([this.#pick(['x', 'y', 'z', ...NASTY_TEXTS.slice(0, 8)]), this.#anything(depth + 1)]);
    return Object.fromEntries(members);
  }

  #string({ pattern, format }: Schema): string {
    if (format === 'date-time')
      return this.#pick(['2030-01-31T12:00:00Z', '2030-13-31T12:00:00Z', 'now', '']);
    if (pattern !== undefined && this.chance(0.7))
      return this.chance(0.6) ? this.#pick(this.#known) : String(this.#integer(1e9));
    return this.chance(0.5) ? this.#pick(this.#known) : this.#pick(NASTY_TEXTS);
  }

  #anything(depth: number): unknown {
    if (depth > 5) return null;
    switch (this.#integer(7)) {
      case 0:
        return null;
      case 1:
        return this.chance(0.5);
      case 2:
        return this.#pick(NASTY_NUMBERS);
      case 3:
        return [this.#anything(depth + 1), this.#anything(depth + 1)];
      case 4:
        return { x: this.#anything(depth + 1), $eq: this.#anything(depth + 1) };
      default:
        return this.#pick(NASTY_TEXTS);
    }
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#integer(items.length)] as Item;
  }

  /** From 0 to below `limit`. */
  #integer(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** From 0 to below 1: mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  }
}
