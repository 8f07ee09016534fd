import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Database } from './database.ts';
import { decodeRecords, encodeRecords } from './records-text.ts';

/** What a record of the journal has at least; the engine's `LogRecord` is one, records of events are others. */
export interface JournalRecord {
  readonly recordType: string;
  readonly valueType: string;
  readonly intent: string;
  readonly key: number;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly recordVersion?: number;
  readonly rejectionType?: string;
  readonly rejectionReason?: string;
  readonly value: object;
}

/** The records of one transaction; the position of `records[i]` is `first + i`. */
export interface JournalBatch<R extends JournalRecord = JournalRecord> {
  readonly first: number;
  readonly records: readonly R[];
}

export interface Positioned<R extends JournalRecord = JournalRecord> {
  readonly position: number;
  readonly record: R;
}

interface Row {
  readonly first: number;
  readonly count: number;
  readonly records: string | Uint8Array;
}

/**
 * Reads the journal, from the writer's connection or a read-only one of another thread or process.
 * Positions count from 1 without gaps.
 */
export class JournalReader {
  readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Position of the oldest record that is kept; undefined if none is. */
  oldest(): number | undefined {
    return this.db.get<{ first: number }>('SELECT first FROM journal ORDER BY first LIMIT 1')?.first;
  }

  /** Position of the newest record; undefined if none is kept. */
  newest(): number | undefined {
    const row = this.db.get<{ last: number }>(
      'SELECT first + count - 1 AS last FROM journal ORDER BY first DESC LIMIT 1',
    );
    return row?.last;
  }

  /** Epoch ms of the oldest transaction that is kept; undefined if none is. */
  oldestTime(): number | undefined {
    return this.db.get<{ time: number }>('SELECT time FROM journal ORDER BY first LIMIT 1')?.time;
  }

  /** Epoch ms of the newest transaction that had records; undefined if none is kept. */
  time(): number | undefined {
    return this.db.get<{ time: number }>('SELECT time FROM journal ORDER BY first DESC LIMIT 1')?.time;
  }

  /** Bytes of records that are kept, as they lie on disk, for retention by size. Reads the whole index: not for a hot path. */
  size(): number {
    return this.db.get<{ size: number | null }>('SELECT sum(size) AS size FROM journal')?.size ?? 0;
  }

  /**
   * Transactions with records after `position`, oldest first, until `maxRecords` are reached (at least one
   * transaction, if there is one). The first batch is cut so that it begins after `position`. Each is read when it is
   * asked for, so that one at a time is in memory.
   */
  *batches<R extends JournalRecord = JournalRecord>(
    position: number,
    maxRecords = 1000,
  ): Generator<JournalBatch<R>, void, undefined> {
    let from = this.#rowOf(position + 1);
    let left = maxRecords;
    while (from !== undefined && left > 0) {
      const row: Row | undefined = this.db.get<Row>(
        'SELECT first, count, records FROM journal WHERE first >= ? ORDER BY first LIMIT 1',
        from,
      );
      if (row === undefined) return;
      const skip = Math.max(0, position + 1 - row.first);
      const records = decodeRecords<R>(unpack(row.records));
      left -= row.count - skip;
      from = row.first + row.count;
      yield { first: row.first + skip, records: skip === 0 ? records : records.slice(skip) };
    }
  }

  /** Records after `position`, oldest first, at most `limit`. */
  read<R extends JournalRecord = JournalRecord>(position: number, limit = 1000): Positioned<R>[] {
    const found: Positioned<R>[] = [];
    for (const { first, records } of this.batches<R>(position, limit))
      for (const [index, record] of records.entries())
        if (found.length < limit) found.push({ position: first + index, record });
    return found;
  }

  /** First position of the row that holds `position`, else of the next row. */
  #rowOf(position: number): number | undefined {
    const row = this.db.get<{ first: number; count: number }>(
      'SELECT first, count FROM journal WHERE first <= ? ORDER BY first DESC LIMIT 1',
      position,
    );
    if (row === undefined) return this.oldest();
    return position < row.first + row.count ? row.first : row.first + row.count;
  }
}

/** The writer's side of the journal. */
export class Journal extends JournalReader {
  /** Call it inside the transaction whose records these are. `first` follows the last position that was given. */
  append(first: number, records: readonly JournalRecord[], time: number): void {
    if (records.length === 0) return;
    const packed = pack(encodeRecords(records));
    this.db.run(
      'INSERT INTO journal (first, count, time, size, records) VALUES (?, ?, ?, ?, ?)',
      first,
      records.length,
      time,
      packed.length,
      packed,
    );
  }

  /**
   * Deletes the oldest transactions that lie wholly at or before `upTo`, at most `maxRows` of them so that it stays a
   * small step; answers how many went. The caller keeps `upTo` within what the read model has taken. The newest one
   * always stays: it tells position and time of the folder.
   */
  prune(upTo: number, maxRows = 100): number {
    return this.db.run(
      `DELETE FROM journal WHERE first IN
        (SELECT first FROM journal WHERE first <= ? AND first + count - 1 <= ?
          AND first < (SELECT max(first) FROM journal) ORDER BY first LIMIT ?)`,
      upTo,
      upTo,
      maxRows,
    );
  }
}

/** Two pages of the file: writing them costs no more than to compress what is shorter. */
const WORTH_COMPRESSING = 8192;
/**
 * What Node makes for each call stays until the whole heap is collected, as handles do, and with it the last piece of the
 * output; so the pieces are small.
 */
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 4096 };

/** Records repeat each other: a large transaction shrinks to a tenth or less, in less time than writing it whole takes. */
function pack(text: string): string | Uint8Array {
  return text.length < WORTH_COMPRESSING ? text : zstdCompressSync(text, FASTEST);
}

function unpack(stored: string | Uint8Array): string {
  return typeof stored === 'string' ? stored : zstdDecompressSync(stored).toString('utf8');
}
