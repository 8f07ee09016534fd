import type { Database, SqlValue } from './database.ts';

/** Single values of the folder, such as the last position. Names are the caller's; values numbers or strings. */
export class Kv {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  number(name: string): number | undefined {
    const value = this.#read(name);
    return typeof value === 'number' ? value : undefined;
  }

  text(name: string): string | undefined {
    const value = this.#read(name);
    return typeof value === 'string' ? value : undefined;
  }

  set(name: string, value: number | string): void {
    this.#db.run(
      'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    );
  }

  delete(name: string): void {
    this.#db.run('DELETE FROM meta WHERE name = ?', name);
  }

  #read(name: string): SqlValue | undefined {
    return this.#db.get<{ value: SqlValue }>('SELECT value FROM meta WHERE name = ?', name)?.value;
  }
}
