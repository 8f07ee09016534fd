import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { type CollectionName, type CollectionSpec, collection } from './collections.ts';
import { type Condition, conditionSql, fieldOf } from './conditions.ts';

export type { ComparisonOperator, Condition, Scalar } from './conditions.ts';

export type Page =
  | { readonly kind: 'from'; readonly from: number; readonly limit: number }
  | { readonly kind: 'after' | 'before'; readonly cursor: string; readonly limit: number };

export interface SearchQuery {
  readonly collection: CollectionName;
  readonly where: readonly Condition[];
  readonly sort: readonly { readonly field: string; readonly order: 'ASC' | 'DESC' }[];
  readonly page: Page;
  /** Of statistics: which rows are grouped; the conditions are on fields of the grouped collection. */
  readonly grouped?: readonly Condition[];
  /** Of statistics by time: length of a step, ms. */
  readonly step?: number;
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
  const table = tableSql(spec, query, values);
  const conditions = [...(spec.where === undefined ? [] : [spec.where])];
  for (const condition of query.where) conditions.push(conditionSql(spec, condition, values));
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const counted = database
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${table} t ${where} LIMIT ${COUNT_LIMIT + 1})`)
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
      `SELECT ${[...columns, ...marks].join(', ')} FROM ${table} t ${pageWhere}
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

/** What the rows are taken from: a table, or the groups of another collection's rows. */
function tableSql(spec: CollectionSpec, query: SearchQuery, values: SQLInputValue[]): string {
  if (spec.groups === undefined) return spec.table;
  const { of, columns, by } = spec.groups;
  const step = String(Math.trunc(query.step ?? 1));
  const conditions = [...(of.where === undefined ? [] : [of.where])];
  for (const condition of query.grouped ?? []) conditions.push(conditionSql(of, condition, values));
  const list = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  const sql = [
    `SELECT ${list.join(', ')} FROM ${of.table} t`,
    conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
    by.length === 0 ? '' : `GROUP BY ${by.join(', ')}`,
  ].join(' ');
  return `(${sql.replaceAll(':step', step)})`;
}

/** One row by its key; undefined if there is none. */
export function find(database: DatabaseSync, name: CollectionName, key: number | string): Row | undefined {
  const spec = collection(name);
  const where: Condition = { kind: 'compare', field: spec.key, operator: 'eq', value: key };
  return search(database, {
    collection: name,
    where: [where],
    sort: [],
    page: { kind: 'from', from: 0, limit: 1 },
  }).items.at(0);
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
  return Buffer.from(JSON.stringify(marks)).toString('base64');
}

function decodeCursor(cursor: string, terms: number): (string | number)[] {
  let marks: unknown;
  try {
    marks = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
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
