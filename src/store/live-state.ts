import type { LogRecord } from '../engine/records/log.ts';
import { liveRecords } from '../engine/state/live-records.ts';
import { BufferedState } from './buffered-state.ts';
import { DataFolder } from './folder.ts';
import { liveBatches } from './live-batches.ts';

/** What lives at one moment, as a reader beside the writer sees it. */
export interface LiveState {
  /** Position of the last record that this state has taken. */
  readonly position: number;
  /** Time of the oldest record that is kept, epoch ms. What began earlier is told to have begun then. */
  readonly since: number;
  /** See `liveRecords`. */
  records(): Iterable<LogRecord>;
  close(): void;
}

/** Looks at the state of a data folder as it is now; what is written meanwhile does not show. */
export function openLiveState(folder: string): LiveState {
  const journal = DataFolder.readJournal(folder);
  const { db } = journal;
  try {
    db.exec('BEGIN');
    // The first read fixes the moment.
    const position = journal.newest() ?? 0;
    const since = journal.oldestTime() ?? 0;
    const state = new BufferedState(db, { cacheBytes: 1024 * 1024 });
    return {
      position,
      since,
      *records() {
        yield* liveRecords(state, since);
        yield* liveBatches(db, since);
      },
      close: () => db.close(),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
