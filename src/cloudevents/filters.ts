import { type AttributeValue, canonicalText, isAttributeName } from './attributes.ts';
import { type CesqlError, CesqlExpression, CesqlParseError } from './cesql/index.ts';
import { excerpt, FilterError } from './errors.ts';
import type { CloudEvent } from './event.ts';

/** How `exact`, `prefix` and `suffix` compare, case-sensitively. */
export type TextDialect = 'exact' | 'prefix' | 'suffix';

/** A filter of the CloudEvents Subscriptions API (section 3.2.4.1), checked by `parseFilters`. */
export type Filter =
  | {
      readonly dialect: TextDialect;
      readonly attributes: readonly (readonly [name: string, value: string])[];
    }
  | { readonly dialect: 'all' | 'any'; readonly filters: readonly Filter[] }
  | { readonly dialect: 'not'; readonly filter: Filter }
  | { readonly dialect: 'sql'; readonly expression: CesqlExpression };

const DIALECTS = 'exact, prefix, suffix, all, any, not or sql';
const MAX_DEPTH = 32;

/**
 * Parses the `filters` of a subscription: an array of filter objects, all of which must match; absent
 * (undefined) or empty, every event matches.
 * @param path how errors name the place of `json`
 * @throws FilterError with the path of what is wrong
 */
export function parseFilters(json: unknown, path = 'filters'): Filter {
  if (json === undefined) return { dialect: 'all', filters: [] };
  if (!Array.isArray(json)) {
    throw new FilterError('invalidFilter', path, 'must be an array of filters; put the filter into [ ]');
  }
  const filters = json.map((filter: unknown, index) => parseFilter(filter, `${path}[${index}]`));
  const [only, ...others] = filters;
  return only !== undefined && others.length === 0 ? only : { dialect: 'all', filters };
}

/** True if the event passes the filter. Attributes are compared by their canonical text. */
export function matches(filter: Filter, event: CloudEvent): boolean {
  switch (filter.dialect) {
    case 'all':
      return filter.filters.every((part) => matches(part, event));
    case 'any':
      return filter.filters.some((part) => matches(part, event));
    case 'not':
      return !matches(filter.filter, event);
    case 'sql':
      return filter.expression.matches(event);
    case 'exact':
    case 'prefix':
    case 'suffix':
      return filter.attributes.every(([name, expected]) =>
        matchesAttribute(filter.dialect, event.attributes.get(name), expected),
      );
    default: {
      const never: never = filter;
      return never;
    }
  }
}

/** True if the event has the attribute and its canonical text is as expected. */
export function matchesAttribute(
  dialect: TextDialect,
  value: AttributeValue | undefined,
  expected: string,
): boolean {
  return value !== undefined && compare(dialect, canonicalText(value), expected);
}

function compare(dialect: TextDialect, text: string, expected: string): boolean {
  switch (dialect) {
    case 'exact':
      return text === expected;
    case 'prefix':
      return text.startsWith(expected);
    case 'suffix':
      return text.endsWith(expected);
  }
}

/**
 * Parses one filter object.
 * @param path how errors name the place of `json`
 * @throws FilterError with the path of what is wrong
 */
export function parseFilter(json: unknown, path: string, depth = 1): Filter {
  if (depth > MAX_DEPTH) {
    throw new FilterError(
      'invalidFilter',
      path,
      `filters may be nested ${MAX_DEPTH} deep; simplify the filter`,
    );
  }
  const [entry, ...others] = objectEntries(json, path);
  if (entry === undefined || others.length > 0) {
    throw new FilterError('invalidFilter', path, `must have exactly one member, named ${DIALECTS}; split it`);
  }
  const [dialect, operand] = entry;
  const place = memberPath(path, dialect);
  switch (dialect) {
    case 'exact':
    case 'prefix':
    case 'suffix':
      return { dialect, attributes: parseAttributes(operand, place) };
    case 'all':
    case 'any':
      return { dialect, filters: parseList(operand, place, depth) };
    case 'not':
      return { dialect, filter: parseFilter(operand, place, depth + 1) };
    // Knative names the dialect cesql.
    case 'sql':
    case 'cesql':
      return { dialect: 'sql', expression: parseExpression(operand, place) };
    default:
      throw new FilterError(
        'unsupportedDialect',
        place,
        `the dialect ${excerpt(dialect)} is not supported; use ${DIALECTS}`,
      );
  }
}

function parseList(json: unknown, path: string, depth: number): readonly Filter[] {
  if (!Array.isArray(json) || json.length === 0) {
    throw new FilterError('invalidFilter', path, 'must be an array of at least one filter');
  }
  return json.map((filter: unknown, index) => parseFilter(filter, `${path}[${index}]`, depth + 1));
}

/** Refuses also what parses but can let no event pass: calls of unknown functions, and values of other types. */
function parseExpression(json: unknown, path: string): CesqlExpression {
  if (typeof json !== 'string') {
    throw new FilterError('invalidFilter', path, 'must be a CESQL expression: a string');
  }
  const expression = compiled(json, path);
  const { missingFunction } = expression;
  if (missingFunction !== undefined) throw invalidExpression(path, missingFunction);
  if (expression.type !== undefined && expression.type !== 'Boolean') {
    throw new FilterError(
      'invalidFilter',
      path,
      `the value of the expression is of type ${expression.type}; a filter needs a Boolean, compare it with something`,
    );
  }
  return expression;
}

function compiled(source: string, path: string): CesqlExpression {
  try {
    return new CesqlExpression(source);
  } catch (error) {
    throw error instanceof CesqlParseError ? invalidExpression(path, error.asError()) : error;
  }
}

function invalidExpression(path: string, error: CesqlError): FilterError {
  const { line, column } = error.position;
  return new FilterError('invalidFilter', path, `line ${line}, column ${column}: ${error.message}`, error);
}

function parseAttributes(json: unknown, path: string): readonly (readonly [string, string])[] {
  const entries = objectEntries(json, path);
  if (entries.length === 0) {
    throw new FilterError('invalidFilter', path, 'must name at least one attribute, as {"type": "value"}');
  }
  return entries.map(([name, value]) => {
    const place = memberPath(path, name);
    if (!isAttributeName(name)) {
      throw new FilterError(
        'invalidFilter',
        place,
        'is no attribute name; use lower-case letters and digits (data cannot be filtered)',
      );
    }
    if (typeof value !== 'string' || value === '') {
      throw new FilterError(
        'invalidFilter',
        place,
        'must be a string that is not empty; quote numbers and Booleans',
      );
    }
    return [name, value] as const;
  });
}

function objectEntries(json: unknown, path: string): [string, unknown][] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new FilterError('invalidFilter', path, 'must be a JSON object');
  }
  return Object.entries(json);
}

function memberPath(path: string, name: string): string {
  return /^[A-Za-z0-9_]{1,60}$/.test(name) ? `${path}.${name}` : `${path}[${excerpt(name)}]`;
}
