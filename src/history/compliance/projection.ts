import type { DatabaseSync } from 'node:sqlite';
import { Judge } from '../../compliance/index.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import type { RowBuffer } from '../buffer.ts';
import { ComplianceBook } from './book.ts';

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
