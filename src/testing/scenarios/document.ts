import type { Document } from '../../engine/records/record.ts';
import type { Json } from './format.ts';

/** Refused by the gateway, before the engine sees it. */
export class RefusedError extends Error {
  readonly code = 'REFUSED';
}

/** Variables as the gateway takes them: a JSON object, or nothing. */
export function documentOf(variables: Json | undefined): Document {
  if (variables === undefined || variables === null) return new Map();
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    const type = Array.isArray(variables)
      ? 'ARRAY'
      : typeof variables === 'number'
        ? Number.isInteger(variables)
          ? 'INTEGER'
          : 'FLOAT'
        : typeof variables === 'string'
          ? 'STRING'
          : 'BOOLEAN';
    throw new RefusedError(
      `Property 'variables' is invalid: Expected document to be a root level object, but was '${type}'`,
    );
  }
  return new Map(Object.entries(variables).map(([name, member]) => [name, JSON.stringify(member)]));
}
