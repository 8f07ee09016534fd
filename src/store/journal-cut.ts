import type { JournalReader } from './journal.ts';

const PAGE = 1000;

interface Sized {
  readonly first: number;
  readonly count: number;
  readonly time: number;
  readonly size: number;
}

/**
 * Finds how much of the journal may go by age and size. The bytes are summed once and then kept up to date, so that
 * asking again costs what is new and what goes.
 */
export class JournalCut {
  readonly #journal: JournalReader;
  /** Everything up to here may go. */
  #upTo = 0;
  /** Bytes of the transactions after {@link #upTo}, as far as {@link #summed}. */
  #bytes = 0;
  /** First position of the last transaction that is in the sum. */
  #summed = 0;

  constructor(journal: JournalReader) {
    this.#journal = journal;
  }

  /**
   * Position up to which the transactions may go that were written before `before` (epoch ms), and the oldest ones
   * beyond `keepBytes`; 0 if none. The newest transaction always stays: it tells where the journal ends.
   */
  upTo(before: number, keepBytes: number): number {
    const { db } = this.#journal;
    const added = db.get<{ bytes: number | null; last: number | null }>(
      'SELECT sum(size) AS bytes, max(first) AS last FROM journal WHERE first > ?',
      Math.max(this.#upTo, this.#summed),
    );
    this.#bytes += added?.bytes ?? 0;
    this.#summed = Math.max(this.#summed, added?.last ?? 0);
    for (;;) {
      const page = db.all<Sized>(
        'SELECT first, count, time, size FROM journal WHERE first > ? AND first < ? ORDER BY first LIMIT ?',
        this.#upTo,
        this.#summed,
        PAGE,
      );
      for (const { first, count, time, size } of page) {
        if (time >= before && this.#bytes <= keepBytes) return this.#upTo;
        this.#upTo = first + count - 1;
        this.#bytes -= size;
      }
      if (page.length < PAGE) return this.#upTo;
    }
  }
}
