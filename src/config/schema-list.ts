import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { DataValidator, SchemaError, type SchemaSettings } from '../schemas/index.ts';
import type { ConfigReader } from './reader.ts';

const MEMBERS = ['dataschema', 'type', 'file', 'schema', 'mode'] as const;

/** The section `schemas`: a list, each with `dataschema` or `type`, and `file` (beside the configuration) or `schema`. */
export function readSchemas(section: ConfigReader, configFile: string): SchemaSettings[] {
  const items = section.items();
  const schemas = items.map((item) => readSchema(item, configFile));
  try {
    // Compiled here too, so that a wrong one stops the start with its place.
    new DataValidator(schemas);
  } catch (error) {
    if (error instanceof SchemaError) throw (items[error.index] ?? section).error(error.message);
    throw error;
  }
  return schemas;
}

function readSchema(item: ConfigReader, configFile: string): SchemaSettings {
  const { dataschema, type, file, schema, mode } = item.members(MEMBERS);
  if ((dataschema === undefined) === (type === undefined))
    throw item.error('must have either dataschema or type: whose data the schema is for.');
  if ((file === undefined) === (schema === undefined))
    throw item.error('must have either file or schema: the JSON Schema itself.');
  const json = file === undefined ? schema?.json() : readFile(file, configFile);
  if (typeof json !== 'boolean' && (typeof json !== 'object' || json === null || Array.isArray(json)))
    throw (file ?? schema ?? item).error('must hold a JSON Schema: an object, or true or false.');
  return {
    ...(dataschema && { dataschema: dataschema.text() }),
    ...(type && { type: type.text() }),
    schema: json,
    mode: mode?.oneOf(['refuse', 'note']) ?? 'refuse',
  };
}

function readFile(reader: ConfigReader, configFile: string): unknown {
  const path = resolve(dirname(configFile), reader.text());
  try {
    const text = readFileSync(path, 'utf8');
    return /\.ya?ml$/i.test(path) ? parse(text) : JSON.parse(text);
  } catch (error) {
    throw reader.error(`${path} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}
