import type { FromWriter } from '../protocol.ts';
import type { Numbered } from './protocol.ts';

/** Hands on what comes over several ports in the order of its numbers, each once. */
export class InOrder {
  readonly #take: (message: FromWriter) => void;
  /** What came before its turn. */
  readonly #early = new Map<number, FromWriter>();
  #next = 1;

  constructor(take: (message: FromWriter) => void) {
    this.#take = take;
  }

  add({ number, message }: Numbered): void {
    if (number === 0) {
      this.#take(message);
      return;
    }
    if (number < this.#next) return;
    this.#early.set(number, message);
    for (let next = this.#early.get(this.#next); next !== undefined; next = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#next += 1;
      this.#take(next);
    }
  }
}
