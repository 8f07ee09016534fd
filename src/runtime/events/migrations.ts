import { type MigrationSet, readMigrations } from '../../store/migrate.ts';

/** The tables of the router. */
export function routerMigrations(): MigrationSet {
  return readMigrations('router', new URL('./sql/', import.meta.url));
}
