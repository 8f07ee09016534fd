import { DiskFailedError } from '../store/errors.ts';
import type { DataFolder } from '../store/folder.ts';

export interface AvailabilityParts {
  readonly folder: DataFolder;
  readonly monotonic: () => number;
  readonly probeMs: number;
  readonly maxProbeMs: number;
  /** Throws in place of the disk; for tests. */
  readonly faults: (() => void) | undefined;
}

const PROBE_BYTES = 65_536;

/**
 * Whether the disk takes writes. After a failure it is tried with doubling pauses, by writing and syncing some pages
 * that are not in the file yet; they are freed again and so are a small reserve for the writes that follow.
 */
export class Availability {
  readonly #parts: AvailabilityParts;
  #down: { readonly reason: string; readonly probeAt: number; readonly backOff: number } | undefined;

  constructor(parts: AvailabilityParts) {
    this.#parts = parts;
  }

  /** Why the disk is not written to; undefined if it is. */
  get reason(): string | undefined {
    return this.#down?.reason;
  }

  /** ms until the next attempt; undefined if all is well. */
  waitMs(): number | undefined {
    return this.#down === undefined ? undefined : Math.max(0, this.#down.probeAt - this.#parts.monotonic());
  }

  failed(reason: string): void {
    const { monotonic, probeMs, maxProbeMs } = this.#parts;
    const backOff = Math.min(maxProbeMs, this.#down === undefined ? probeMs : this.#down.backOff * 2);
    this.#down = { reason, probeAt: monotonic() + backOff, backOff };
  }

  /** True if the disk can be written to, now again if it could not before. */
  check(): boolean {
    if (this.#down === undefined) return true;
    if (this.#down.probeAt > this.#parts.monotonic()) return false;
    const { db } = this.#parts.folder;
    try {
      db.syncNow(() => {
        db.transaction(() => {
          db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', zeroblob(?))", PROBE_BYTES);
          this.beforeCommit();
        });
        db.transaction(() => {
          db.run("DELETE FROM meta WHERE name = 'probe'");
        });
      });
    } catch (error) {
      if (!(error instanceof DiskFailedError)) throw error;
      this.failed(error.message);
      return false;
    }
    this.#down = undefined;
    return true;
  }

  /** Gives tests the chance to let the disk fail here. */
  beforeCommit(): void {
    try {
      this.#parts.faults?.();
    } catch (error) {
      const SQLITE_FULL = 13;
      throw new DiskFailedError(SQLITE_FULL, error instanceof Error ? error.message : String(error), error);
    }
  }
}
