import { BOOLEAN_FUNCTIONS } from './boolean.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { CONTEXT_FUNCTIONS } from './context.ts';
import { CONVERSION_FUNCTIONS } from './conversion.ts';
import { LIST_FUNCTIONS } from './list.ts';
import { MISCELLANEOUS_FUNCTIONS } from './miscellaneous.ts';
import { NUMERIC_FUNCTIONS } from './numeric.ts';
import { RANGE_FUNCTIONS } from './range.ts';
import { REGEX_FUNCTIONS } from './regex.ts';
import { STATISTICS_FUNCTIONS } from './statistics.ts';
import { STRING_FUNCTIONS } from './string.ts';
import { TEMPORAL_FUNCTIONS } from './temporal.ts';

const FAMILIES: readonly Builtins[] = [
  BOOLEAN_FUNCTIONS,
  CONTEXT_FUNCTIONS,
  CONVERSION_FUNCTIONS,
  LIST_FUNCTIONS,
  MISCELLANEOUS_FUNCTIONS,
  NUMERIC_FUNCTIONS,
  RANGE_FUNCTIONS,
  REGEX_FUNCTIONS,
  STATISTICS_FUNCTIONS,
  STRING_FUNCTIONS,
  TEMPORAL_FUNCTIONS,
];

const BY_NAME: ReadonlyMap<string, readonly Builtin[]> = new Map(
  FAMILIES.flatMap((family) => Object.entries(family)),
);

/** Names of all built-in functions. The parser must know them: only these may contain blanks. */
export const FUNCTION_NAMES: readonly string[] = [...BY_NAME.keys()];

/** Overloads of a built-in function; none for an unknown name. */
export function builtinsNamed(name: string): readonly Builtin[] {
  return BY_NAME.get(name) ?? [];
}
