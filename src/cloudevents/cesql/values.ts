/** A value of CESQL: String, Integer (32 bits, signed) or Boolean. */
export type Value = string | number | boolean;

export type Type = 'String' | 'Integer' | 'Boolean';

export const LEAST_INTEGER = -2_147_483_648;
export const MOST_INTEGER = 2_147_483_647;

/** The zero values of section 3.1. */
export const ZERO: Readonly<Record<Type, Value>> = { String: '', Integer: 0, Boolean: false };

export function typeOf(value: Value): Type {
  switch (typeof value) {
    case 'string':
      return 'String';
    case 'number':
      return 'Integer';
    case 'boolean':
      return 'Boolean';
  }
}

/** True for a whole number that 32 bits with sign hold. */
export function isInteger(value: number): boolean {
  return Number.isInteger(value) && value >= LEAST_INTEGER && value <= MOST_INTEGER;
}

/** Casts as section 3.7 has it; undefined if there is no such value. */
export function cast(value: Value, type: Type): Value | undefined {
  switch (type) {
    case 'String':
      return toText(value);
    case 'Integer':
      return toInteger(value);
    case 'Boolean':
      return toBoolean(value);
  }
}

export function toText(value: Value): string {
  return typeof value === 'string' ? value : String(value);
}

export function toInteger(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return /^[+-]?[0-9]+$/.test(value) ? readInteger(value) : undefined;
}

/** The integer that the digits (with a sign or without) write, undefined if it is out of range. */
export function readInteger(digits: string): number | undefined {
  const integer = Number(digits);
  // "-0" is 0.
  return isInteger(integer) ? integer + 0 : undefined;
}

export function toBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  // Longer texts are not worth a copy in lower case.
  if (value.length > 5) return undefined;
  const lower = value.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** Why a value has no such type, for people. */
export function castFailure(value: Value, type: Type): string {
  const shown = typeof value === 'string' ? excerpt(value) : String(value);
  const wanted = type === 'Integer' ? 'an Integer (32 bits)' : 'a Boolean (true or false)';
  return `the ${typeOf(value)} ${shown} is not ${wanted}`;
}

function excerpt(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
