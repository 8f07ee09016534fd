import type { KeyPart, ScanOptions, TableSpec } from '../engine/state/port.ts';
import { decode } from './codec.ts';
import type { Database } from './database.ts';

/** A description whose row type does not matter here. */
export type AnyTable = TableSpec<never>;
type Column = { readonly name: string; readonly sql: string };

/** One page of a scan: its statement, and the members that say where a row stands. */
interface PageSql {
  readonly sql: string;
  readonly order: readonly string[];
}

interface Layout {
  readonly key: string;
  readonly keyType: 'INTEGER' | 'TEXT';
  readonly indexes: Readonly<Record<string, readonly string[]>>;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PAGE = 64;
const NONE: readonly never[] = [];

/**
 * The SQL of one table of the engine's state: column `k` is the key, `c_…` are the columns that indexes order by,
 * `v` is the whole row as text, so that a table can be laid out anew from `v` alone when its description changes.
 * Indexes are partial: a row with an empty index column is not in them.
 */
export class StateTable {
  readonly spec: AnyTable;
  readonly #db: Database;
  readonly #name: string;
  readonly #columns: readonly Column[];
  /** Statements are built once: a text that is put together anew is hashed anew each time it is looked up. */
  readonly #insert: string;
  readonly #select: string;
  readonly #update: string;
  readonly #delete: string;
  readonly #pages = new Map<string, PageSql[]>();
  /** Indexes by number of their first column, for {@link #raise}. */
  readonly #leads: readonly { readonly index: string; readonly first: Column }[];
  /** Largest key, and largest first column of each index, that was ever written: beyond it SQL need not be asked. */
  readonly #most = new Map<string, number>();
  #exists: boolean;

  constructor(db: Database, spec: AnyTable) {
    if (!NAME.test(spec.name))
      throw new TypeError(`Table name ${spec.name} must consist of letters, digits and _`);
    this.#db = db;
    this.spec = spec;
    this.#name = `state_${spec.name}`;
    const names = new Set(Object.values(spec.indexes).flat());
    names.delete(spec.key);
    this.#columns = Array.from(names, (name) => this.#column(name));
    const all = ['k', ...this.#columns.map(({ sql }) => sql), 'v'];
    const updates = all.slice(1).map((column) => `${column} = excluded.${column}`);
    this.#insert = `INSERT INTO ${this.#name} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')}) ON CONFLICT (k) DO UPDATE SET ${updates.join(', ')}`;
    this.#select = `SELECT v FROM ${this.#name} WHERE k = ?`;
    this.#update = `UPDATE ${this.#name} SET v = ? WHERE k = ?`;
    this.#delete = `DELETE FROM ${this.#name} WHERE k = ?`;
    this.#leads = Object.keys(spec.indexes).flatMap((index) => {
      const [first] = this.#indexColumns(index);
      return first === undefined ? [] : [{ index, first }];
    });
    this.#exists = this.#adopt();
  }

  /** Whether a row was ever written. */
  get exists(): boolean {
    return this.#exists;
  }

  /** True if SQL certainly holds no row with this key. */
  certainlyAbsent(key: KeyPart): boolean {
    if (!this.#exists) return true;
    return typeof key === 'number' && key > this.#mostOf('');
  }

  read(key: KeyPart): string | undefined {
    return this.#db.get<{ v: string }>(this.#select, key)?.v;
  }

  /** `old` is the row as SQL holds it, where the caller knows it: then only what differs is written. */
  write(key: KeyPart, row: object, text: string, old: object | undefined): void {
    if (!this.#exists) this.#create(key);
    const cells = this.#columns.map((column) => this.#cell(row, column.name));
    if (old !== undefined && this.#columns.every(({ name }, at) => this.#cell(old, name) === cells[at])) {
      this.#db.run(this.#update, text, key);
      return;
    }
    this.#db.run(this.#insert, key, ...cells, text);
    this.#raise('', key);
    for (const { index, first } of this.#leads) {
      const cell = first.sql === 'k' ? key : this.#cell(row, first.name);
      if (cell !== null) this.#raise(index, cell);
    }
  }

  /** Throws `TypeError` for a row that {@link write} would refuse. */
  check(row: object): void {
    for (const { name } of this.#columns) this.#cell(row, name);
  }

  remove(key: KeyPart): void {
    if (!this.certainlyAbsent(key)) this.#db.run(this.#delete, key);
  }

  /** One page of a scan; `after` is the last row of the page before. */
  page(
    index: string,
    prefix: readonly KeyPart[],
    options: ScanOptions,
    after: object | undefined,
    limit: number,
  ): readonly { readonly k: KeyPart; readonly v: string }[] {
    const lead = prefix[0];
    if (!this.#exists || (typeof lead === 'number' && lead > this.#mostOf(index))) return NONE;
    const { sql, order } = this.#pageSql(
      index,
      prefix.length,
      options.upTo !== undefined,
      after !== undefined,
    );
    const values: KeyPart[] = [...prefix];
    if (options.upTo !== undefined) values.push(options.upTo);
    if (after !== undefined) for (const name of order) values.push(this.#cell(after, name) ?? '');
    values.push(limit);
    return this.#db.all(sql, ...values);
  }

  #pageSql(index: string, given: number, bounded: boolean, goesOn: boolean): PageSql {
    let known = this.#pages.get(index);
    if (known === undefined) {
      known = [];
      this.#pages.set(index, known);
    }
    const place = given * 4 + (bounded ? 2 : 0) + (goesOn ? 1 : 0);
    known[place] ??= this.#buildPage(index, given, bounded, goesOn);
    return known[place];
  }

  #buildPage(index: string, given: number, bounded: boolean, goesOn: boolean): PageSql {
    const columns = this.#indexColumns(index);
    if (given > columns.length)
      throw new TypeError(`Index ${index} of ${this.spec.name} has only ${columns.length} columns`);
    const rest = columns.slice(given);
    const where = columns.map(({ sql }, at) => (at < given ? `${sql} = ?` : `${sql} IS NOT NULL`));
    if (bounded) {
      const [bound] = rest;
      if (bound === undefined)
        throw new TypeError(`upTo needs a column after the prefix in index ${index} of ${this.spec.name}`);
      where.push(`${bound.sql} <= ?`);
    }
    const order = rest.some(({ sql }) => sql === 'k') ? rest : [...rest, this.#column(this.spec.key)];
    const list = order.map(({ sql }) => sql).join(', ');
    if (goesOn) where.push(`(${list}) > (${order.map(() => '?').join(', ')})`);
    const from = columns.length === 0 ? this.#name : `${this.#name} INDEXED BY ${this.#indexName(index)}`;
    const fixed = columns.slice(0, given).map(({ sql }) => `${sql}, `);
    return {
      sql: `SELECT k, v FROM ${from} WHERE ${where.length === 0 ? 'TRUE' : where.join(' AND ')} ORDER BY ${fixed.join('')}${list} LIMIT ?`,
      order: order.map(({ name }) => name),
    };
  }

  #column(name: string): Column {
    if (!NAME.test(name))
      throw new TypeError(`Column ${name} of ${this.spec.name} must consist of letters, digits and _`);
    return { name, sql: name === this.spec.key ? 'k' : `c_${name}` };
  }

  #indexColumns(index: string): Column[] {
    const names = this.spec.indexes[index];
    if (names === undefined) throw new TypeError(`Table ${this.spec.name} has no index ${index}`);
    return names.map((name) => this.#column(name));
  }

  #indexName(index: string): string {
    return `${this.#name}_by_${index}`;
  }

  #cell(row: object, name: string): KeyPart | null {
    const cell = (row as Record<string, unknown>)[name] ?? null;
    if (cell === null || typeof cell === 'string' || typeof cell === 'number') return cell;
    throw new TypeError(
      `Column ${name} of ${this.spec.name} must be a number or a string, not ${typeof cell}`,
    );
  }

  #raise(index: string, value: KeyPart): void {
    const most = this.#most.get(index);
    if (most === undefined) return; // not asked for yet; SQL will tell
    if (typeof value === 'string') this.#most.set(index, Number.POSITIVE_INFINITY);
    else if (value > most) this.#most.set(index, value);
  }

  #mostOf(index: string): number {
    const known = this.#most.get(index);
    if (known !== undefined) return known;
    const columns = index === '' ? [this.#column(this.spec.key)] : this.#indexColumns(index);
    const first = columns[0]?.sql;
    let most: KeyPart | undefined = Number.POSITIVE_INFINITY;
    if (first !== undefined) {
      const by = index === '' ? '' : ` INDEXED BY ${this.#indexName(index)}`;
      const filled = columns.map(({ sql }) => `${sql} IS NOT NULL`).join(' AND ');
      most = this.#db.get<{ m: KeyPart }>(
        `SELECT ${first} AS m FROM ${this.#name}${by} WHERE ${filled} ORDER BY ${first} DESC LIMIT 1`,
      )?.m;
    }
    const bound = typeof most === 'string' ? Number.POSITIVE_INFINITY : (most ?? Number.NEGATIVE_INFINITY);
    this.#most.set(index, bound);
    return bound;
  }

  /** Finds the table as an earlier run left it, and lays it out anew if its description has changed since. */
  #adopt(): boolean {
    const found = this.#db.get<{ layout: string }>(
      'SELECT layout FROM state_table WHERE name = ?',
      this.spec.name,
    );
    if (found === undefined) return false;
    const { keyType } = JSON.parse(found.layout) as Layout;
    if (found.layout !== this.#layout(keyType)) this.#layOutAnew(keyType);
    return true;
  }

  #create(key: KeyPart): void {
    this.#createAs(typeof key === 'number' ? 'INTEGER' : 'TEXT');
    this.#exists = true;
  }

  // Index columns have no declared type, so that numbers stay numbers and texts texts.
  #createAs(keyType: Layout['keyType']): void {
    const columns = this.#columns.map(({ sql }) => `${sql}, `).join('');
    this.#db.exec(
      `CREATE TABLE ${this.#name} (k ${keyType} PRIMARY KEY NOT NULL, ${columns}v TEXT NOT NULL)${keyType === 'TEXT' ? ' WITHOUT ROWID' : ''}`,
    );
    for (const index of Object.keys(this.spec.indexes)) {
      const list = this.#indexColumns(index);
      if (list.length === 0) continue; // an index without columns is the order of the key
      const filled = list.filter(({ sql }) => sql !== 'k').map(({ sql }) => `${sql} IS NOT NULL`);
      const where = filled.length === 0 ? '' : ` WHERE ${filled.join(' AND ')}`;
      this.#db.exec(
        `CREATE INDEX ${this.#indexName(index)} ON ${this.#name} (${list.map(({ sql }) => sql).join(', ')})${where}`,
      );
    }
    this.#db.run(
      'INSERT OR REPLACE INTO state_table (name, layout) VALUES (?, ?)',
      this.spec.name,
      this.#layout(keyType),
    );
  }

  #layout(keyType: Layout['keyType']): string {
    const indexes = Object.fromEntries(
      Object.entries(this.spec.indexes).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    return JSON.stringify({ key: this.spec.key, keyType, indexes } satisfies Layout);
  }

  #layOutAnew(keyType: Layout['keyType']): void {
    const old = `${this.#name}_old`;
    for (const { name } of this.#db.all<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
      this.#name,
    ))
      this.#db.exec(`DROP INDEX ${name}`);
    this.#db.exec(`ALTER TABLE ${this.#name} RENAME TO ${old}`);
    this.#createAs(keyType);
    let last: KeyPart = keyType === 'INTEGER' ? Number.MIN_SAFE_INTEGER : '';
    for (;;) {
      const rows: { k: KeyPart; v: string }[] = this.#db.all(
        `SELECT k, v FROM ${old} WHERE k > ? ORDER BY k LIMIT ${PAGE}`,
        last,
      );
      for (const { k, v } of rows) {
        const row = decode(v);
        this.#db.run(this.#insert, k, ...this.#columns.map(({ name }) => this.#cell(row, name)), v);
        last = k;
      }
      if (rows.length < PAGE) break;
    }
    this.#db.exec(`DROP TABLE ${old}`);
  }
}
