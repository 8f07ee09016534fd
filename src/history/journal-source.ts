import type { LogRecord } from '../engine/records/log.ts';
import { DataFolder } from '../store/folder.ts';
import type { JournalBatch } from '../store/journal.ts';
import { JournalCut } from '../store/journal-cut.ts';
import { openLiveState } from '../store/live-state.ts';
import type { PositionedRecord, RecordSource } from './source.ts';

/** The journal of a data folder as its followers see it, over a read-only connection of their own. */
export function openJournalSource(folder: string): RecordSource {
  const journal = DataFolder.readJournal(folder);
  const last = () => journal.newest() ?? 0;
  const cut = new JournalCut(journal);
  function read(position: number, limit: number): readonly PositionedRecord[];
  function read(position: number, limit: number, whole: true): Iterable<PositionedRecord>;
  function read(position: number, limit: number, whole = false): Iterable<PositionedRecord> {
    return whole ? positioned(journal.batches(position, limit)) : journal.read<LogRecord>(position, limit);
  }
  return {
    last,
    oldest: () => journal.oldest() ?? last() + 1,
    read,
    cut: (before, keepBytes) => cut.upTo(before, keepBytes),
    live: () => openLiveState(folder),
    close: () => journal.db.close(),
  };
}

function* positioned(batches: Iterable<JournalBatch<LogRecord>>): Generator<PositionedRecord> {
  for (const { first, records } of batches)
    for (let at = 0; at < records.length; at++)
      yield { position: first + at, record: records[at] as LogRecord };
}
