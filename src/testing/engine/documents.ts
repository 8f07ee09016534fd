import type { Variables } from '../../client/job.ts';
import type { Document } from '../../engine/records/record.ts';

/** @throws TypeError for what is no JSON value */
export function documentOf(variables: Variables = {}): Document {
  const document = new Map<string, string>();
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) continue;
    const text = JSON.stringify(value);
    if (text === undefined)
      throw new TypeError(`The variable '${name}' must be a JSON value, not a ${typeof value}.`);
    document.set(name, text);
  }
  return document;
}

export function variablesOf(document: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries([...document].map(([name, text]) => [name, JSON.parse(text)]));
}
