import type { Database } from './database.ts';

/**
 * What a query finds, asked again only when its table was written to: for what is asked after each commit and changes
 * seldom. Of the connection that alone writes. Within a transaction nothing is remembered, as that may be undone.
 */
export class Remembered<Value> {
  readonly #db: Database;
  readonly #written: { readonly count: number };
  readonly #read: () => Value;
  #found: { readonly value: Value; readonly count: number } | undefined;

  /** @param written see {@link Database.written} */
  constructor(db: Database, written: { readonly count: number }, read: () => Value) {
    this.#db = db;
    this.#written = written;
    this.#read = read;
  }

  get(): Value {
    const { count } = this.#written;
    if (this.#found?.count === count) return this.#found.value;
    const value = this.#read();
    this.#found = this.#db.inTransaction ? undefined : { value, count };
    return value;
  }

  forget(): void {
    this.#found = undefined;
  }
}

/** The least value of a column; undefined if no row has one. */
export function rememberedLeast(db: Database, table: string, column: string): Remembered<number | undefined> {
  const sql = `SELECT ${column} AS least FROM ${table} WHERE ${column} IS NOT NULL ORDER BY ${column} LIMIT 1`;
  return new Remembered(db, db.written(table), () => db.get<{ least: number }>(sql)?.least);
}
