import type { DatabaseSync } from 'node:sqlite';
import { Judge } from '../../compliance/index.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import type { RowBuffer } from '../buffer.ts';
import { ComplianceBook } from './book.ts';

/** Records after which rows are written, so that memory stays small. */
const HELD = 10_000;

/** Judges the records of each batch in the transaction that projects them. */
export class ComplianceProjection {
  readonly #book: ComplianceBook;
  readonly #judge: Judge;

  /** @param jobTypes types of the jobs that the router serves */
  constructor(database: DatabaseSync, rows: RowBuffer, jobTypes: readonly string[]) {
    this.#book = new ComplianceBook(database, rows);
    this.#judge = new Judge(jobTypes, this.#book, (finding) => this.#book.apply(finding));
  }

  /** After the record was projected, so that look-ups see it. */
  take(record: LogRecord): void {
    this.#judge.take(record);
  }

  /**
   * Before the first record that is kept: the models, and the instances that began before, which state still knows.
   * The caller holds the transaction.
   * @param live see `liveRecords`
   * @param firstStart key of the first instance whose start the kept records tell
   */
  begin(live: Iterable<LogRecord>, firstStart: number): void {
    let held = 0;
    for (const record of live) {
      if (record.valueType === 'PROCESS') this.#judge.take(record);
      else if (record.valueType === 'PROCESS_INSTANCE' && record.key < firstStart) this.#judge.take(record);
      else if (
        record.valueType === 'PROCESS_MESSAGE_SUBSCRIPTION' &&
        record.value.processInstanceKey < firstStart
      )
        // Its first subscription names an instance.
        this.#judge.take({ ...record, intent: 'CREATING' });
      held += 1;
      if (held % HELD === 0) this.#book.flush();
    }
    this.flush();
  }

  /** The end of a batch. The caller writes the row buffer afterwards and holds the transaction. */
  flush(): void {
    this.#judge.settle();
    this.#book.flush();
  }

  /** After the transaction was undone. */
  discard(): void {
    this.#judge.forget();
    this.#book.discard();
  }
}
