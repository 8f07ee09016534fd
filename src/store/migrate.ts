import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from './database.ts';
import { FolderTooNewError, MigrationsBrokenError } from './errors.ts';

/** The numbered SQL files of one module. A file that was released is never edited; a change is a new file. */
export interface MigrationSet {
  /** Owner of the tables, such as `store` or `broker`; part of the folder's history, so never renamed. */
  readonly module: string;
  readonly migrations: readonly Migration[];
}

export interface Migration {
  /** Counts from 1 without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const FILE = /^(\d{6})-([a-z0-9-]+)\.sql$/;

/** Reads `000001-name.sql`, `000002-…` of a folder; the URL ends in a slash. */
export function readMigrations(module: string, folder: URL): MigrationSet {
  const migrations: Migration[] = [];
  for (const file of readdirSync(folder).sort()) {
    const match = FILE.exec(file);
    if (match === null) throw new MigrationsBrokenError(`${file} is not named like 000001-name.sql.`);
    migrations.push({
      number: Number(match[1]),
      name: String(match[2]),
      sql: readFileSync(new URL(file, folder), 'utf8'),
    });
  }
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1)
      throw new MigrationsBrokenError(
        `Migration ${number} (${name}) of ${module} should have number ${index + 1}: numbers count from 1 without gaps.`,
      );
  });
  return { module, migrations };
}

/**
 * Brings the file up to date: all missing migrations in one transaction, so a folder is either old or new.
 * Throws `FolderTooNewError` if the file holds migrations that are not in `sets`.
 */
export function migrate(db: Database, sets: readonly MigrationSet[]): void {
  db.transaction(() => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS migration (module TEXT, number INTEGER, name TEXT, PRIMARY KEY (module, number)) WITHOUT ROWID',
    );
    const applied = appliedTo(db);
    checkApplied(db.path, applied, sets);
    for (const { module, migrations } of sets) {
      const done = applied.filter((row) => row.module === module).length;
      for (const { number, name, sql } of migrations.slice(done)) {
        db.run('INSERT INTO migration (module, number, name) VALUES (?, ?, ?)', module, number, name);
        db.exec(sql);
      }
    }
  });
}

/**
 * Whether {@link migrate} could bring the file up to date; changes nothing.
 * Throws `FolderTooNewError` and `MigrationsBrokenError`.
 */
export function checkMigrations(db: Database, sets: readonly MigrationSet[]): void {
  checkApplied(db.path, appliedTo(db), sets);
}

interface Applied {
  readonly module: string;
  readonly number: number;
  readonly name: string;
}

function appliedTo(db: Database): readonly Applied[] {
  return db.all<{ module: string; number: number; name: string }>(
    'SELECT module, number, name FROM migration ORDER BY module, number',
  );
}

function checkApplied(path: string, applied: readonly Applied[], sets: readonly MigrationSet[]): void {
  for (const { module, number, name } of applied) {
    const known = sets.find((set) => set.module === module)?.migrations;
    const same = known?.[number - 1];
    if (same === undefined)
      throw new FolderTooNewError(
        path,
        `migration ${number} (${name}) of ${module}`,
        known === undefined ? `no ${module}` : `${known.length} of ${module}`,
      );
    if (same.name !== name)
      throw new MigrationsBrokenError(
        `${path} holds migration ${number} of ${module} as "${name}", this version calls it "${same.name}".`,
      );
  }
}
