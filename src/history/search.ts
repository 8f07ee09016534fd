import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import {
  type CollectionName,
  type CollectionSpec,
  collection,
  type FieldSpec,
  VARIABLE_PREFIX,
} from './collections.ts';

export type Scalar = string | number | boolean;
export type ComparisonOperator = 'eq' | 'neq' | 'gt' | 'gte' | 'lt' | 'lte' | 'like';

/** One test of a row. `like` takes `*` and `?` as wildcards and `\` as escape, as Camunda's REST API does. */
export type Condition =
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly operator: ComparisonOperator;
      readonly value: Scalar;
    }
  | {
      readonly kind: 'among';
      readonly field: string;
      readonly negated: boolean;
      readonly values: readonly Scalar[];
    }
  | { readonly kind: 'exists'; readonly field: string; readonly exists: boolean }
  /** Instances that have a variable of this name whose JSON text passes the tests on `value`. */
  | { readonly kind: 'variable'; readonly name: string; readonly tests: readonly Condition[] }
  /** Instances that stand at this element now. */
  | { readonly kind: 'standsAt'; readonly elementId: string }
  /** Instances that have this tag. */
  | { readonly kind: 'tagged'; readonly tag: string }
  /** Instances with this key, or with a variable that is this text or number, or a text that begins so. */
  | { readonly kind: 'mentions'; readonly text: string }
  | { readonly kind: 'any'; readonly branches: readonly (readonly Condition[])[] };

export type Page =
  | { readonly kind: 'from'; readonly from: number; readonly limit: number }
  | { readonly kind: 'after' | 'before'; readonly cursor: string; readonly limit: number };

export interface SearchQuery {
  readonly collection: CollectionName;
  readonly where: readonly Condition[];
  readonly sort: readonly { readonly field: string; readonly order: 'ASC' | 'DESC' }[];
  readonly page: Page;
}

export type Row = Readonly<Record<string, SQLOutputValue>>;

export interface SearchResult {
  readonly items: readonly Row[];
  /** Exact up to {@link COUNT_LIMIT}, which it never exceeds. */
  readonly totalItems: number;
  readonly hasMoreTotalItems: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** Rows are counted up to here, so that a page of a million rows does not cost a million. */
export const COUNT_LIMIT = 10_000;

/** A cursor that this collection and order did not give out. */
export class InvalidCursorError extends Error {
  readonly code = 'INVALID_CURSOR';
  constructor(cursor: string) {
    super(`The cursor '${cursor}' does not belong to this search; take it from a result with the same sort.`);
  }
}

interface SortTerm {
  readonly sql: string;
  readonly descending: boolean;
}

/** Runs a search. Field names must be those of the collection: the surfaces check them first. */
export function search(database: DatabaseSync, query: SearchQuery): SearchResult {
  const spec = collection(query.collection);
  const values: SQLInputValue[] = [];
  const conditions = [...(spec.where === undefined ? [] : [spec.where])];
  for (const condition of query.where) conditions.push(conditionSql(spec, condition, values));
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const counted = database
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${spec.table} t ${where} LIMIT ${COUNT_LIMIT + 1})`)
    .get(...values);
  const total = Number(counted?.['n'] ?? 0);

  const terms = sortTerms(spec, query.sort);
  const backwards = query.page.kind === 'before';
  const pageValues = [...values];
  const pageConditions = [...conditions];
  if (query.page.kind !== 'from') {
    pageConditions.push(
      cursorSql(terms, decodeCursor(query.page.cursor, terms.length), backwards, pageValues),
    );
  }
  const pageWhere = pageConditions.length === 0 ? '' : `WHERE ${pageConditions.join(' AND ')}`;
  const columns = Object.entries(spec.fields).map(([name, { sql }]) => `${sql} AS "${name}"`);
  const marks = terms.map(({ sql }, index) => `${sql} AS "#${index}"`);
  const order = terms.map(({ sql, descending }) => `${sql} ${descending !== backwards ? 'DESC' : 'ASC'}`);
  const offset = query.page.kind === 'from' ? query.page.from : 0;
  const rows = database
    .prepare(
      `SELECT ${[...columns, ...marks].join(', ')} FROM ${spec.table} t ${pageWhere}
       ORDER BY ${order.join(', ')} LIMIT ${query.page.limit} OFFSET ${offset}`,
    )
    .all(...pageValues);
  if (backwards) rows.reverse();
  const first = rows.at(0);
  const last = rows.at(-1);
  return {
    items: rows.map(withoutMarks),
    totalItems: Math.min(total, COUNT_LIMIT),
    hasMoreTotalItems: total > COUNT_LIMIT,
    startCursor: first === undefined ? null : encodeCursor(first, terms.length),
    endCursor: last === undefined ? null : encodeCursor(last, terms.length),
  };
}

/** One row by its key; undefined if there is none. */
export function find(database: DatabaseSync, name: CollectionName, key: number): Row | undefined {
  const spec = collection(name);
  const where: Condition = { kind: 'compare', field: spec.key, operator: 'eq', value: key };
  return search(database, {
    collection: name,
    where: [where],
    sort: [],
    page: { kind: 'from', from: 0, limit: 1 },
  }).items.at(0);
}

function fieldOf(spec: CollectionSpec, name: string): FieldSpec {
  const found = Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
  if (found === undefined) throw new TypeError(`${spec.table} has no field '${name}'`);
  return found;
}

const COMPARISONS: Readonly<Record<ComparisonOperator, string>> = {
  eq: '=',
  neq: 'IS NOT',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: 'LIKE',
};

function conditionSql(spec: CollectionSpec, condition: Condition, values: SQLInputValue[]): string {
  switch (condition.kind) {
    case 'compare': {
      const { sql, indexedPrefix } = fieldOf(spec, condition.field);
      if (condition.operator === 'eq' && indexedPrefix !== undefined) {
        const text = String(condition.value);
        // The database does not see by itself that its index helps: it needs the indexed term spelled out.
        values.push(beginning(text, indexedPrefix), text);
        return `(substr(${sql}, 1, ${indexedPrefix}) = ? AND ${sql} = ?)`;
      }
      if (condition.operator === 'like') {
        values.push(likePattern(String(condition.value)));
        return `${sql} LIKE ? ESCAPE '\\'`;
      }
      values.push(toSql(condition.value));
      return `${sql} ${COMPARISONS[condition.operator]} ?`;
    }
    case 'among': {
      const { sql } = fieldOf(spec, condition.field);
      for (const value of condition.values) values.push(toSql(value));
      const list = condition.values.map(() => '?').join(', ');
      return condition.negated ? `(${sql} IS NULL OR ${sql} NOT IN (${list}))` : `${sql} IN (${list})`;
    }
    case 'exists':
      return `${fieldOf(spec, condition.field).sql} IS ${condition.exists ? 'NOT NULL' : 'NULL'}`;
    case 'variable': {
      values.push(condition.name);
      const tests = condition.tests.map((test) => ` AND ${conditionSql(VARIABLE_TEST, test, values)}`);
      return `EXISTS (SELECT 1 FROM variable v WHERE v.instance_key = t.key AND v.name = ?${tests.join('')})`;
    }
    case 'standsAt':
      values.push(condition.elementId);
      return `EXISTS (SELECT 1 FROM element_instance e
        WHERE e.instance_key = t.key AND e.end_date IS NULL AND e.element_id = ?)`;
    case 'tagged':
      // A quotation mark stands at both ends of a tag, and in none.
      values.push(JSON.stringify(condition.tag));
      return 'instr(t.tags, ?) > 0';
    case 'mentions': {
      const quoted = beginning(JSON.stringify(condition.text).slice(0, -1), VARIABLE_PREFIX);
      values.push(
        /^\d{1,16}$/.test(condition.text) ? Number(condition.text) : -1,
        beginning(condition.text, VARIABLE_PREFIX),
        quoted,
        `${quoted}\u{10ffff}`,
      );
      return `(t.key = ? OR t.key IN (SELECT v.instance_key FROM variable v
        WHERE substr(v.value, 1, ${VARIABLE_PREFIX}) = ?
           OR (substr(v.value, 1, ${VARIABLE_PREFIX}) >= ? AND substr(v.value, 1, ${VARIABLE_PREFIX}) < ?)))`;
    }
    case 'any': {
      const branches = condition.branches.map((branch) =>
        branch.length === 0
          ? '1'
          : `(${branch.map((part) => conditionSql(spec, part, values)).join(' AND ')})`,
      );
      return branches.length === 0 ? '1' : `(${branches.join(' OR ')})`;
    }
  }
}

const VARIABLE_TEST: CollectionSpec = {
  table: 'variable',
  key: 'key',
  fields: {
    value: { type: 'string', sql: 'v.value', filter: true, sort: false, indexedPrefix: VARIABLE_PREFIX },
  },
};

/** The first characters of a text, counted as SQLite counts them: by code points. */
function beginning(text: string, length: number): string {
  return Array.from(text.slice(0, 2 * length))
    .slice(0, length)
    .join('');
}

function toSql(value: Scalar): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** `*` and `?` to SQL's `%` and `_`; what SQL would take as a wildcard is escaped. */
function likePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])|[%_*?\\]/g, (match, escaped: string | undefined) => {
    if (escaped !== undefined) return /[%_\\]/.test(escaped) ? `\\${escaped}` : escaped;
    if (match === '*') return '%';
    if (match === '?') return '_';
    return `\\${match}`;
  });
}

/** Null sorts first, as an empty text or -1: a cursor can then compare it like any other value. */
function sortTerms(spec: CollectionSpec, sort: SearchQuery['sort']): SortTerm[] {
  const terms = sort.map(({ field, order }) => {
    const { sql, type } = fieldOf(spec, field);
    const missing = type === 'string' ? `''` : '-1';
    return { sql: field === spec.key ? sql : `coalesce(${sql}, ${missing})`, descending: order === 'DESC' };
  });
  if (!sort.some(({ field }) => field === spec.key)) {
    const descending = terms.at(-1)?.descending ?? false;
    terms.push({ sql: fieldOf(spec, spec.key).sql, descending });
  }
  return terms;
}

function cursorSql(
  terms: readonly SortTerm[],
  cursor: readonly (string | number)[],
  backwards: boolean,
  values: SQLInputValue[],
): string {
  const alternatives = terms.map((term, index) => {
    const equal = terms.slice(0, index).map(({ sql }, at) => {
      values.push(cursor[at] ?? '');
      return `${sql} = ?`;
    });
    values.push(cursor[index] ?? '');
    return [...equal, `${term.sql} ${term.descending !== backwards ? '<' : '>'} ?`].join(' AND ');
  });
  return `(${alternatives.map((text) => `(${text})`).join(' OR ')})`;
}

function encodeCursor(row: Row, terms: number): string {
  const marks = Array.from({ length: terms }, (_, index) => row[`#${index}`]);
  return Buffer.from(JSON.stringify(marks)).toString('base64url');
}

function decodeCursor(cursor: string, terms: number): (string | number)[] {
  let marks: unknown;
  try {
    marks = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new InvalidCursorError(cursor);
  }
  const valid =
    Array.isArray(marks) &&
    marks.length === terms &&
    marks.every((mark) => typeof mark === 'string' || typeof mark === 'number');
  if (!valid) throw new InvalidCursorError(cursor);
  return marks as (string | number)[];
}

function withoutMarks(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('#')));
}
