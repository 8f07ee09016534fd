import type { DatabaseSync } from 'node:sqlite';

/** Free pages up to which nothing is given back: what is freed now is used again soon. */
const KEPT_PAGES = 1024;

/** Runs `work` in a transaction of its own. */
export function atomically<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Bytes of the pages that hold something. */
export function usedBytes(database: DatabaseSync): number {
  return (
    (pragma(database, 'page_count') - pragma(database, 'freelist_count')) * pragma(database, 'page_size')
  );
}

/**
 * Gives about `limit` free pages back to the file system, if more than a quarter of the file is free. Answers how many:
 * 0 when nothing is left to do.
 */
export function giveBack(database: DatabaseSync, limit: number): number {
  const free = pragma(database, 'freelist_count');
  if (free <= KEPT_PAGES || free * 4 < pragma(database, 'page_count')) return 0;
  database.exec(`PRAGMA incremental_vacuum(${limit})`);
  return free - pragma(database, 'freelist_count');
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}
