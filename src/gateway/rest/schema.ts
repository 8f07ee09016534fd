/** A JSON Schema of OpenAPI 3.1, as plain data. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly contentMediaType?: string;
}

/** Schemas of what answers show. */
export const SHOWN = {
  key: { type: 'string', pattern: '^-?[0-9]+$' },
  nullableKey: { type: ['string', 'null'] },
  text: { type: 'string' },
  nullableText: { type: ['string', 'null'] },
  int: { type: 'integer' },
  nullableInt: { type: ['integer', 'null'] },
  flag: { type: 'boolean' },
  any: {},
  object: { type: 'object', additionalProperties: true },
  texts: { type: 'array', items: { type: 'string' } },
  date: { type: 'string', format: 'date-time' },
  nullableDate: { type: ['string', 'null'], format: 'date-time' },
} as const satisfies Record<string, JsonSchema>;

/** An answer's object, all of whose members are there. */
export function shown(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** An object that may be null. */
export function nullable(schema: JsonSchema): JsonSchema {
  return { ...schema, type: [...[schema.type ?? []].flat(), 'null'] };
}

export function shownWord(...words: readonly string[]): JsonSchema {
  return { type: 'string', enum: words };
}

export function shownList(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** How the API document describes a route; parameters in the path are described by their names. */
export interface Operation {
  /** The name under which client libraries have it. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly query?: Readonly<Record<string, JsonSchema>>;
  readonly queryRequired?: readonly string[];
  readonly body?: JsonSchema;
  /** @defaultValue application/json */
  readonly bodyType?: 'application/json' | 'multipart/form-data';
  /** The body may be left out. */
  readonly bodyOptional?: true;
  /** Answers that are no refusals: status → body; undefined: none. */
  readonly answers: Readonly<Record<number, JsonSchema | undefined>>;
  /** Of the first answer. @defaultValue application/json */
  readonly answerType?: string;
}
