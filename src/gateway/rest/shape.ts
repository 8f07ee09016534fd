import type { Document } from '../../engine/records/record.ts';
import { GatewayError } from '../errors.ts';
import type { Fields } from '../fields.ts';
import { TENANT } from './context.ts';
import { invalid, refuse } from './problems.ts';
import type { JsonSchema } from './schema.ts';

export { invalid, refuse };

/**
 * Members of request bodies: how each is read, and how the API document describes it, in one place. A body is an
 * object of shapes; its type follows from them.
 */
export interface Shape<Value> {
  readonly schema: JsonSchema;
  readonly required?: true;
  read(fields: Fields, name: string): Value;
}

export type Members = Readonly<Record<string, Shape<unknown>>>;

export type Body<Shapes extends Members> = {
  readonly [Name in keyof Shapes]: Shapes[Name] extends Shape<infer Value> ? Value : never;
};

export function text(description?: string): Shape<string | undefined> {
  return { schema: { type: 'string', ...told(description) }, read: (fields, name) => fields.string(name) };
}

/** A text that is there and not blank. */
export function filledText(description?: string): Shape<string> {
  return {
    schema: { type: 'string', minLength: 1, ...told(description) },
    required: true,
    read: (fields, name) => fields.requiredString(name),
  };
}

/** A text that is there; what an empty one means is for the engine to say. */
export function givenText(description?: string): Shape<string> {
  return {
    schema: { type: 'string', ...told(description) },
    required: true,
    read: (fields, name) => {
      const value = fields.string(name);
      if (value === undefined) throw invalid(`No ${fields.nameOf(name)} provided.`);
      return value;
    },
  };
}

export function flag(standard = false, description?: string): Shape<boolean> {
  return {
    schema: { type: 'boolean', default: standard, ...told(description) },
    read: (fields, name) => fields.boolean(name) ?? standard,
  };
}

export function whole(least?: number, description?: string): Shape<number | undefined> {
  return {
    schema: {
      type: 'integer',
      format: 'int64',
      ...(least !== undefined && { minimum: least }),
      ...told(description),
    },
    read: (fields, name) => fields.integer(name, least),
  };
}

export function requiredWhole(least?: number, description?: string): Shape<number> {
  return {
    ...whole(least, description),
    required: true,
    read: (fields, name) => fields.requiredInteger(name, least),
  };
}

export const KEY_SCHEMA: JsonSchema = { type: 'string', pattern: '^-?[0-9]+$', minLength: 1, maxLength: 25 };

/** A key: a string of decimal digits. */
export function key(description?: string): Shape<number | undefined> {
  return { schema: { ...KEY_SCHEMA, ...told(description) }, read: (fields, name) => fields.key(name) };
}

export function requiredKey(description?: string): Shape<number> {
  return {
    ...key(description),
    required: true,
    read: (fields, name) => {
      const value = fields.key(name);
      if (value === undefined) throw invalid(`No ${fields.nameOf(name)} provided.`);
      return value;
    },
  };
}

/** An object whose members keep their exact JSON texts; absent: empty. */
export function variables(description?: string): Shape<Document> {
  return {
    schema: { type: 'object', additionalProperties: true, ...told(description) },
    read: (fields, name) => fields.document(name),
  };
}

/** Variables of which there is at least one. */
export function requiredVariables(description?: string): Shape<Document> {
  return {
    ...variables(description),
    required: true,
    read: (fields, name) => {
      const document = fields.document(name);
      if (document.size === 0) throw invalid(`No ${fields.nameOf(name)} provided.`);
      return document;
    },
  };
}

export function texts(description?: string): Shape<readonly string[] | undefined> {
  return {
    schema: { type: 'array', items: { type: 'string' }, ...told(description) },
    read: (fields, name) => fields.strings(name),
  };
}

export function nested<Shapes extends Members>(members: Shapes): Shape<Body<Shapes> | undefined> {
  return {
    schema: schemaOf(members),
    read: (fields, name) => {
      const inner = fields.object(name);
      return inner === undefined ? undefined : readMembers(inner, members);
    },
  };
}

export function requiredNested<Shapes extends Members>(members: Shapes): Shape<Body<Shapes>> {
  const any = nested(members);
  return {
    schema: any.schema,
    required: true,
    read: (fields, name) => {
      const value = any.read(fields, name);
      if (value === undefined) throw invalid(`No ${fields.nameOf(name)} provided.`);
      return value;
    },
  };
}

/** A list of objects; absent: empty. What is wrong with members is told by their names alone, as Camunda does. */
export function list<Shapes extends Members>(members: Shapes): Shape<readonly Body<Shapes>[]> {
  return listOf(members, true);
}

function listOf<Shapes extends Members>(members: Shapes, brief: boolean): Shape<readonly Body<Shapes>[]> {
  return {
    schema: { type: 'array', items: schemaOf(members) },
    read: (fields, name) => (fields.objects(name, brief) ?? []).map((item) => readMembers(item, members)),
  };
}

/** A list of objects with at least one of them; what is wrong is told with the place in the list. */
export function filledList<Shapes extends Members>(members: Shapes): Shape<readonly Body<Shapes>[]> {
  const any = listOf(members, false);
  return {
    schema: { ...any.schema, minItems: 1 },
    required: true,
    read: (fields, name) => {
      const items = any.read(fields, name);
      if (items.length === 0) throw invalid(`No ${fields.nameOf(name)} provided.`);
      return items;
    },
  };
}

/** Something with a reader of its own. */
export function read<Value>(
  schema: JsonSchema,
  reader: (fields: Fields, name: string) => Value,
): Shape<Value> {
  return { schema, read: reader };
}

export function required<Value>(shape: Shape<Value>): Shape<Value> {
  return { ...shape, required: true };
}

/** A text of a tenant, which is refused before anything else and by a sentence without a full stop. */
class TenantRefusal extends GatewayError {
  constructor(command: string, tenants: string) {
    super(
      'INVALID_ARGUMENT',
      `Expected to handle request ${command} with ${tenants}, but multi-tenancy is disabled`,
    );
  }
}

const TENANT_ID = {
  type: 'string',
  minLength: 1,
  maxLength: 256,
  pattern: '^(<default>|[A-Za-z0-9_@.+-]+)$',
} as const;

/** Whether a text names the only tenant there is. */
export function refuseTenant(command: string, tenant: string | undefined): void {
  if (tenant === undefined || tenant.trim() === '' || tenant === TENANT) return;
  throw new TenantRefusal(command, `tenant identifier '${tenant}'`);
}

/** The only tenant there is: others are refused, as by a cluster without multi-tenancy. */
export function tenant(command: string): Shape<undefined> {
  return {
    schema: { ...TENANT_ID, description: 'Only `<default>` exists.' },
    read: (fields, name) => {
      refuseTenant(command, fields.string(name));
      return undefined;
    },
  };
}

/** Several tenants, of which there is only one. */
export function tenants(command: string): Shape<undefined> {
  return {
    schema: { type: 'array', items: TENANT_ID, description: 'Only `<default>` exists.' },
    read: (fields, name) => {
      const given = fields.strings(name) ?? [];
      if (given.some((one) => one !== TENANT))
        throw new TenantRefusal(command, `tenant identifiers [${given.join(', ')}]`);
      return undefined;
    },
  };
}

/** A number of the caller's, accepted and checked. */
export const operationReference: Shape<number | undefined> = {
  schema: { type: 'integer', format: 'int64', minimum: 1 },
  read: (fields, name) => {
    const value = fields.integer(name);
    if (value !== undefined && value < 1)
      throw invalid(`The value for ${name} is '${value}' but must be > 0.`);
    return value;
  },
};

/** Reads all members; all that are invalid are told in one message, as Camunda does. Unknown members are refused. */
export function readMembers<Shapes extends Members>(fields: Fields, members: Shapes): Body<Shapes> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, shape] of Object.entries(members)) {
    try {
      values[name] = shape.read(fields, name);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'INVALID_ARGUMENT') throw error;
      if (error instanceof TenantRefusal) throw error;
      problems.push(error.message);
    }
  }
  fields.end();
  refuse(problems);
  return values as Body<Shapes>;
}

/** That exactly one of some members is given. */
export function oneOf(members: Readonly<Record<string, unknown>>): readonly string[] {
  const names = Object.keys(members);
  const given = names.filter((name) => members[name] !== undefined);
  if (given.length === 0) return [`At least one of [${names.join(', ')}] is required`];
  return given.length === 1 ? [] : [`Only one of [${names.join(', ')}] is allowed`];
}

export function schemaOf(members: Members): JsonSchema {
  const needed = Object.entries(members)
    .filter(([, shape]) => shape.required)
    .map(([name]) => name);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(members).map(([name, { schema }]) => [name, schema])),
    ...(needed.length > 0 && { required: needed }),
  };
}

const told = (description: string | undefined): { description?: string } =>
  description === undefined ? {} : { description };
