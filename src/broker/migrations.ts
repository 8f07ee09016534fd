import { type MigrationSet, readMigrations } from '../store/migrate.ts';

/** The broker's tables, for `DataFolder.open`. */
export function brokerMigrations(): MigrationSet {
  return readMigrations('broker', new URL('./sql/', import.meta.url));
}
