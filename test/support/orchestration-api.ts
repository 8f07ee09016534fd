import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Camunda's Orchestration Cluster API as its client for TypeScript has it, read from the code generated for the client. */

/** A JSON Schema, as far as it is looked at here. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface ClientOperation {
  readonly id: string;
  readonly method: string;
  /** Below `/v2`, with parameters in braces. */
  readonly path: string;
  /** Undefined: there is none. */
  readonly body: Schema | undefined;
  readonly bodyRequired: boolean;
  readonly query: Schema | undefined;
  /** Undefined: nothing is told. */
  readonly answer: Schema | undefined;
}

const client = fileURLToPath(import.meta.resolve('@camunda8/orchestration-cluster-api'));

/** All operations that the client has. */
export async function clientOperations(): Promise<readonly ClientOperation[]> {
  const folder = dirname(client);
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const generated = files.find((name) => name.startsWith('zod.gen-'));
  const sdk = files
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .find((text) => text.includes('// src/gen/sdk.gen.ts'));
  if (generated === undefined || sdk === undefined) throw new Error('The client is built in another way');
  const schemas = (await import(pathToFileURL(join(folder, generated)).href)) as Record<string, unknown>;
  const toSchema = await converter();
  const calls =
    /\nvar (\w+) = \(options\) => \{\n {2}return \(options\??\.client \?\? client\)\.(\w+)\(\{([\s\S]*?)\n {2}\}\);\n\};/g;
  return [...sdk.slice(sdk.indexOf('// src/gen/sdk.gen.ts')).matchAll(calls)].map(
    ([, id = '', method = '', call = '']) => {
      const name = id.charAt(0).toUpperCase() + id.slice(1);
      const sent = toSchema(schemas[`z${name}Data`], 'input');
      const given = (part: string) => described(sent.properties?.[part]);
      return {
        id,
        method: method.toUpperCase(),
        path: /url: "([^"]+)"/.exec(call)?.[1] ?? '',
        body: given('body'),
        bodyRequired: sent.required?.includes('body') ?? false,
        query: given('query'),
        answer: described(toSchema(schemas[`z${name}Response`], 'output')),
      };
    },
  );
}

/** A schema that says something. */
function described(schema: Schema | undefined): Schema | undefined {
  return (schema?.type ?? schema?.anyOf ?? schema?.allOf) === undefined ? undefined : schema;
}

async function converter(): Promise<(schema: unknown, io: 'input' | 'output') => Schema> {
  const home = dirname(createRequire(client).resolve('zod/package.json'));
  const { toJSONSchema } = (await import(pathToFileURL(join(home, 'index.js')).href)) as {
    toJSONSchema(schema: unknown, options: object): Schema;
  };
  return (schema, io) => toJSONSchema(schema, { io, unrepresentable: 'any' });
}

/** What is said of one member: `a.b[].c`. Alternatives are taken together. */
export interface Member {
  readonly types: Set<string>;
  /** Undefined: any. */
  words: Set<string> | undefined;
  /** By all alternatives that have it. */
  required: boolean;
  /** Numbers, lengths of texts and of lists that all alternatives take. */
  least: number;
  most: number;
}

/** All members of a schema, by their paths. */
export function membersOf(schema: Schema, root: object = schema): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  const at = (path: string, part: Schema, required: boolean, depth: number): void => {
    if (depth > 20) return;
    if (part.$ref !== undefined) at(path, resolve(root, part.$ref), required, depth + 1);
    const member = members.get(path) ?? {
      types: new Set(),
      words: new Set(),
      required: true,
      least: Infinity,
      most: -Infinity,
    };
    members.set(path, member);
    if (!required) member.required = false;
    for (const one of [part.allOf, part.anyOf, part.oneOf].flatMap((some) => some ?? []))
      at(path, one, required, depth + 1);
    const types = [part.type ?? []].flat();
    for (const type of types) member.types.add(type);
    const words = part.const === undefined ? part.enum : [part.const];
    if (words === undefined && types.some((type) => type !== 'null')) member.words = undefined;
    for (const word of words ?? []) if (word !== null) member.words?.add(String(word));
    if (types.some((type) => type !== 'null' && type !== 'boolean' && type !== 'object')) {
      member.least = Math.min(member.least, part.minimum ?? part.minLength ?? part.minItems ?? -Infinity);
      member.most = Math.max(member.most, part.maximum ?? part.maxLength ?? part.maxItems ?? Infinity);
    }
    for (const [name, inner] of Object.entries(part.properties ?? {}))
      at(`${path}.${name}`, inner, part.required?.includes(name) ?? false, depth + 1);
    if (part.items !== undefined) at(`${path}[]`, part.items, false, depth + 1);
  };
  at('', schema, true, 0);
  return members;
}

function resolve(root: object, reference: string): Schema {
  let found: unknown = root;
  for (const part of reference.split('/').slice(1)) found = (found as Record<string, unknown>)[part];
  return found as Schema;
}
