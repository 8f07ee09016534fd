import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { attribute, type CloudEvent, dataAsJsonText, typeOf } from '../cloudevents/index.ts';
import { SchemaError } from './errors.ts';

/** A JSON Schema and the events whose data it is for: by their `dataschema`, or by their type. Data only. */
export interface SchemaSettings {
  /** Exactly one of both. */
  readonly dataschema?: string;
  readonly type?: string;
  readonly schema: object | boolean;
  /** `refuse`: who sends such an event gets 400. `note`: it is accepted, moves no process, and its fate says why. */
  readonly mode: 'refuse' | 'note';
}

/** How data break a schema. */
export interface Breach {
  /** JSON pointer into the data; empty for the data as a whole. */
  readonly pointer: string;
  /** Keyword of the schema, such as `required`. */
  readonly rule: string;
  /** Names schema, place and rule. */
  readonly message: string;
  readonly mode: SchemaSettings['mode'];
}

interface Compiled {
  readonly name: string;
  readonly mode: SchemaSettings['mode'];
  readonly validate: ValidateFunction;
}

/** Loaded by the first schema: most folders have none, and each thread would keep the library in memory. */
function makeDrafts(): { readonly draft7: Ajv; readonly draft2020: Ajv } {
  const require = createRequire(import.meta.url);
  const { Ajv: Draft7 } = require('ajv') as typeof import('ajv');
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const formats = require('ajv-formats') as typeof import('ajv-formats');
  const drafts = { draft7: new Draft7(OPTIONS), draft2020: new Ajv2020(OPTIONS) };
  for (const ajv of Object.values(drafts)) formats.default(ajv);
  return drafts;
}

/**
 * Checks data of events against the schemas of the configuration, compiled once. Drafts 7 and 2020-12, with formats;
 * a `$ref` may name another schema of the same draft that was given, nothing is ever fetched.
 */
export class DataValidator {
  readonly #byDataSchema = new Map<string, Compiled>();
  readonly #byType = new Map<string, Compiled>();

  /** @throws SchemaError for a schema that cannot be used */
  constructor(settings: readonly SchemaSettings[]) {
    if (settings.length === 0) return;
    const drafts = makeDrafts();
    const keys = settings.map((entry, index) => register(drafts, entry, index));
    settings.forEach(({ dataschema, type = '', mode }, index) => {
      const { ajv, key } = keys[index] ?? { ajv: drafts.draft2020, key: '' };
      const name = dataschema === undefined ? `the schema of type '${type}'` : `the schema '${dataschema}'`;
      const validate = guarded(index, () => ajv.getSchema(key));
      if (!validate) throw new SchemaError(index, 'The schema could not be compiled.');
      const compiled = { name, mode, validate };
      if (dataschema === undefined) this.#byType.set(type, compiled);
      else this.#byDataSchema.set(dataschema, compiled);
    });
  }

  /** How the data of an event break the schema of its `dataschema`, else of its type. Undefined if they do not. */
  checkEvent(event: CloudEvent): Breach | undefined {
    if (this.#byType.size + this.#byDataSchema.size === 0) return undefined;
    const dataschema = attribute(event, 'dataschema');
    const compiled =
      (dataschema === undefined ? undefined : this.#byDataSchema.get(dataschema)) ??
      this.#byType.get(typeOf(event));
    if (!compiled) return undefined;
    const text = dataAsJsonText(event);
    if (text === undefined) {
      const what = event.data === undefined ? 'the event has no data' : 'the data are not JSON';
      return breach(compiled, '', 'data', what);
    }
    if (compiled.validate(unwrapped(text))) return undefined;
    const [error] = compiled.validate.errors ?? [];
    return breach(compiled, error?.instancePath ?? '', error?.keyword ?? '', ruleText(error));
  }
}

const OPTIONS = {
  // Unknown keywords are annotations, as the standard has it.
  strict: false,
  allErrors: false,
  logger: false,
} as const;

const DRAFT_7 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;
const DRAFT_2020 = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** Makes a schema known under its `dataschema` and its `$id`, so that others may refer to it. */
function register(
  drafts: { readonly draft7: Ajv; readonly draft2020: Ajv },
  { schema, dataschema, type }: SchemaSettings,
  index: number,
): { readonly ajv: Ajv; readonly key: string } {
  const stated = typeof schema === 'object' && '$schema' in schema ? schema.$schema : undefined;
  const text = stated === undefined ? '' : String(stated);
  if (stated !== undefined && !DRAFT_7.test(text) && !DRAFT_2020.test(text)) {
    throw new SchemaError(
      index,
      `The schema says $schema '${text}', which is not supported. Use https://json-schema.org/draft/2020-12/schema or http://json-schema.org/draft-07/schema#.`,
    );
  }
  const ajv = DRAFT_7.test(text) ? drafts.draft7 : drafts.draft2020;
  const id = typeof schema === 'object' && '$id' in schema ? schema.$id : undefined;
  const key = dataschema ?? (typeof id === 'string' ? id : `tutti:type:${encodeURIComponent(type ?? '')}`);
  guarded(index, () => ajv.addSchema(schema, key));
  if (typeof id === 'string' && id !== key) guarded(index, () => ajv.addSchema(schema, id));
  return { ajv, key };
}

function guarded<Value>(index: number, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const remedy = /can't resolve reference/.test(text)
      ? ' Give the schema that it refers to in the same list; none is fetched.'
      : '';
    throw new SchemaError(index, `The schema cannot be used: ${text}.${remedy}`);
  }
}

/** Senders of 2020 put the JSON text of an object into a JSON string; what processes would see is checked. */
function unwrapped(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'string') return value;
  try {
    const inner: unknown = JSON.parse(value);
    return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : value;
  } catch {
    return value;
  }
}

function ruleText(error: ErrorObject | undefined): string {
  return error?.message ?? 'breaks the schema';
}

function breach({ name, mode }: Compiled, pointer: string, rule: string, text: string): Breach {
  const place = pointer === '' ? 'the data' : `'${pointer}'`;
  const message =
    rule === 'data' ? `It breaks ${name}: ${text}.` : `It breaks ${name}: ${place} ${text} (${rule}).`;
  return { pointer, rule, message, mode };
}
