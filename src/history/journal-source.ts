import type { LogRecord } from '../engine/records/log.ts';
import { DataFolder } from '../store/folder.ts';
import { JournalCut } from '../store/journal-cut.ts';
import { openLiveState } from '../store/live-state.ts';
import type { RecordSource } from './source.ts';

/** The journal of a data folder as its followers see it, over a read-only connection of their own. */
export function openJournalSource(folder: string): RecordSource {
  const journal = DataFolder.readJournal(folder);
  const last = () => journal.newest() ?? 0;
  const cut = new JournalCut(journal);
  return {
    last,
    oldest: () => journal.oldest() ?? last() + 1,
    read: (position, limit, whole = false) =>
      whole
        ? journal
            .batches<LogRecord>(position, limit)
            .flatMap(({ first, records }) =>
              records.map((record, index) => ({ position: first + index, record })),
            )
        : journal.read<LogRecord>(position, limit),
    cut: (before, keepBytes) => cut.upTo(before, keepBytes),
    live: () => openLiveState(folder),
    close: () => journal.db.close(),
  };
}
