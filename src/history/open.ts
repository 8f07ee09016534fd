import { rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isDamage } from '../store/errors.ts';

/** Bytes up to which the whole file is checked when it is opened. */
const CHECKED_BYTES = 64 * 1024 * 1024;

/** Opens the read model's file. A damaged one is thrown away: all that it holds is projected again. */
export function openReadModel(file: string): DatabaseSync {
  try {
    return open(file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    return open(file);
  }
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA schema_version');
    database.prepare('SELECT name FROM sqlite_schema').all();
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= CHECKED_BYTES) {
      const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
      if (found !== 'ok') throw Object.assign(new Error(String(found)), { errcode: 11 });
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
