import type { LogRecord } from '../engine/records/log.ts';
import type { LiveState } from '../store/live-state.ts';

/** A record and its place in the journal. */
export interface PositionedRecord {
  readonly position: number;
  readonly record: LogRecord;
}

/**
 * What the read model needs of the journal: a read-only view that sees all that is synced.
 * Positions start at 1 and grow; 0 means "nothing yet".
 */
export interface RecordSource {
  /** Position of the last record; 0 for an empty journal. */
  last(): number;
  /** Position of the first record that is still kept; `last() + 1` when there is none. */
  oldest(): number;
  /** Records after `position`, in order; at least one if there are any, and about `limit` at most. */
  read(position: number, limit: number): readonly PositionedRecord[];
  /** The same, though the last transaction is not cut; may be read as they are asked for. */
  read(position: number, limit: number, whole: true): Iterable<PositionedRecord>;
  /** Position up to which records may go by age (epoch ms) and size; 0 if none. */
  cut(before: number, keepBytes: number): number;
  /** What lives now, where the source knows it. */
  live?(): LiveState;
  close(): void;
}
