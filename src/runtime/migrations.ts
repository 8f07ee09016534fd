import { brokerMigrations } from '../broker/index.ts';
import { type MigrationSet, readMigrations } from '../store/migrate.ts';

/** The SQL of each module of the writer that has tables of its own in the data folder, beside those of the store. */

export function routerMigrations(): MigrationSet {
  return readMigrations('router', new URL('./events/sql/', import.meta.url));
}

export function batchMigrations(): MigrationSet {
  return readMigrations('batches', new URL('./batches/sql/', import.meta.url));
}

/** All of them, for looking into a folder without starting a writer. */
export function moduleMigrations(): readonly MigrationSet[] {
  return [brokerMigrations(), routerMigrations(), batchMigrations()];
}
