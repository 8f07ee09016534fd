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
    if (number === 0) this.#take(message);
    else if (number > this.#next) this.#early.set(number, message);
    else if (number === this.#next) {
      this.#next += 1;
      this.#take(message);
      this.#addEarly();
    }
  }

  #addEarly(): void {
    const message = this.#early.get(this.#next);
    if (message === undefined) return;
    this.#early.delete(this.#next);
    this.add({ number: this.#next, message });
  }
}
