import { errorToData } from './errors.ts';
import type { WriterModule } from './module.ts';
import type { Push, Reply } from './protocol.ts';
import type { Transaction } from './transaction.ts';

/**
 * Who waits for an answer, and the answers that may leave because what they tell is synced or was never done.
 * A parked request is answered by its module in a later transaction, or by a cancellation.
 */
export class Callers {
  readonly #parked = new Map<number, WriterModule>();
  #replies: Reply[] = [];
  #pushes: Push[] = [];

  /** True if something may leave. */
  get answered(): boolean {
    return this.#replies.length > 0 || this.#pushes.length > 0;
  }

  /** Of these requests, those that are still parked. */
  parkedOf(ids: Iterable<number>): number[] {
    return Array.from(ids).filter((id) => this.#parked.has(id));
  }

  /** Takes over what a transaction that is synced has to tell, and which requests it parked. */
  settle(tx: Transaction, parked: ReadonlyMap<number, WriterModule>): void {
    for (const [id, module] of parked) this.#parked.set(id, module);
    for (const { id, settlement } of tx.replies) {
      this.#parked.delete(id);
      if (settlement.ok) this.#replies.push({ id, ok: true, value: settlement.value });
      else this.fail(id, settlement.error);
    }
    for (const push of tx.pushes) this.#pushes.push(push);
  }

  fail(id: number, error: Error): void {
    this.#replies.push({ id, ok: false, error: errorToData(error) });
  }

  /** Answers a parked request with what its module has to say; false if it is not parked. */
  cancel(id: number): boolean {
    const module = this.#parked.get(id);
    if (module === undefined) return false;
    this.#parked.delete(id);
    this.#replies.push({ id, ok: true, value: module.cancel?.(id) });
    return true;
  }

  cancelAll(): void {
    for (const id of [...this.#parked.keys()]) this.cancel(id);
  }

  /** The transaction that had to do with this request is undone: nobody may answer it any more. */
  forget(id: number, modules: readonly WriterModule[]): void {
    const module = this.#parked.get(id);
    this.#parked.delete(id);
    if (module !== undefined) module.forget?.(id);
    else for (const each of modules) each.forget?.(id);
  }

  take(): { readonly replies: readonly Reply[]; readonly pushes: readonly Push[] } {
    const taken = { replies: this.#replies, pushes: this.#pushes };
    this.#replies = [];
    this.#pushes = [];
    return taken;
  }
}
