/** Tells those who wait for news that the writer has committed. What was committed they ask for themselves. */
export class Commits {
  readonly #listeners = new Set<() => void>();

  /** Calls back after each commit; returns how to stop. */
  on(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
