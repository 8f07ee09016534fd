/**
 * What the engine needs of storage: typed rows in tables, found by one primary key or by an ordered index.
 * All calls are synchronous. Implemented over SQLite (`src/store`), in memory, and as an overlay on another port;
 * all of them run the same contract suite.
 *
 * Invariants
 * - P1 A row handed out is never changed in place; a change is a `put` of a new row.
 * - P2 `scan` yields rows in ascending order of the index columns, then of the primary key.
 * - P3 A row whose index columns contain `undefined` or `null` is not in that index (a sparse index).
 * - P4 A `scan` sees a consistent picture: changes made while it is being read do not disturb it.
 * - P5 Rows consist of JSON values and maps from string to string; members that are `undefined` may be lost.
 */

export type KeyPart = number | string;

/** Describes a table. `key` names the column that identifies a row; indexes name the columns they order by. */
export interface TableSpec<Row extends object> {
  readonly name: string;
  readonly key: keyof Row & string;
  readonly indexes: Readonly<Record<string, readonly (keyof Row & string)[]>>;
  /** Changes with deployments only: what was found in it may be remembered until then. */
  readonly stable?: true;
  /** The rows as they follow from other tables, for a folder that was written before there was this one. */
  readonly derive?: (state: StatePort) => Iterable<Row>;
  /** Phantom: ties the row type to the description. */
  readonly row?: Row;
}

export interface ScanOptions {
  /** Only rows whose first index column after the prefix is at most this (numbers or strings, as the column is). */
  readonly upTo?: KeyPart;
  readonly limit?: number;
}

export interface StatePort {
  get<Row extends object>(table: TableSpec<Row>, key: KeyPart): Row | undefined;
  put<Row extends object>(table: TableSpec<Row>, row: Row): void;
  delete<Row extends object>(table: TableSpec<Row>, key: KeyPart): void;
  /** Rows whose leading index columns equal `prefix` (which may be empty). */
  scan<Row extends object>(
    table: TableSpec<Row>,
    index: string,
    prefix: readonly KeyPart[],
    options?: ScanOptions,
  ): Iterable<Row>;
}
