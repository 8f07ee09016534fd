import { SettingError } from './setting-error.ts';

/** Readers of settings as YAML and JSON give them. Each throws `SettingError` with the path of what is wrong. */

/** An object that has no other members than these; a misspelled setting must not be taken for an absent one. */
export function objectOf(
  value: unknown,
  path: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SettingError(path, `must be an object with ${known.join(', ')}`);
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return value as Readonly<Record<string, unknown>>;
  throw new SettingError(`${path}.${unknown}`, `is not known; known are ${known.join(', ')}`);
}

/** A list with at least one item. */
export function listOf(value: unknown, path: string, what: string): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new SettingError(path, `must be a list of ${what}, with at least one`);
}

/** Text that is not empty. */
export function textOf(value: unknown, path: string, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new SettingError(path, `must be ${what}`);
}

/** Absent counts as false. */
export function booleanOf(value: unknown, path: string): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  throw new SettingError(path, 'must be true or false');
}
