import type { History, HistoryQueries, HistoryQueryName } from './history.ts';

/** The answer of one query. */
export type HistoryAnswer<Name extends HistoryQueryName> = ReturnType<HistoryQueries[Name]>;

/** What the projection took since the last such message. */
export interface HistoryChange {
  readonly position: number;
  /** Keys of instances that changed; cut at some thousands, then `instancesCut` is true. */
  readonly instances: readonly number[];
  readonly instancesCut: boolean;
  readonly definitions: boolean;
}

/** Access to the read model, wherever it runs. */
export interface ReadModel {
  /**
   * Answers from a state that holds everything up to the journal's position at the time of the call.
   * Rejects with `ReadModelLagError` if the projection does not get there in time.
   */
  query<Name extends HistoryQueryName>(
    name: Name,
    ...args: Parameters<HistoryQueries[Name]>
  ): Promise<HistoryAnswer<Name>>;
  /** Position of the last record that the read model is known to show. */
  position(): number;
  /** Calls back after each batch that was projected; returns how to stop. */
  onChange(listener: (change: HistoryChange) => void): () => void;
  close(): Promise<void>;
}

/** The projection is behind by `lag` records and did not catch up in time. */
export class ReadModelLagError extends Error {
  readonly code = 'READ_MODEL_LAGGING';
  readonly lag: number;
  constructor(lag: number, cause?: string) {
    super(
      cause === undefined
        ? `The read model is ${lag} records behind and did not catch up in time; try again later.`
        : `The read model is ${lag} records behind: ${cause}`,
    );
    this.lag = lag;
  }
}

/** The read model shows what the journal does not hold: the journal's file was damaged, or replaced by an older one. */
export class JournalLostError extends Error {
  readonly code = 'JOURNAL_LOST';
  constructor(file: string, shown: number, kept: number) {
    super(
      `The journal ends at position ${kept}, but the read model ${file} has seen position ${shown}: what came between is lost. Restore the folder from a copy; if it was meant so, delete ${file} and start again.`,
    );
    this.name = 'JournalLostError';
  }
}

/** The read model on the caller's own thread: each query catches up first. For tests and the testing package. */
export class InlineReadModel implements ReadModel {
  readonly #history: History;
  readonly #listeners = new Set<(change: HistoryChange) => void>();

  constructor(history: History) {
    this.#history = history;
  }

  async query<Name extends HistoryQueryName>(
    name: Name,
    ...args: Parameters<HistoryQueries[Name]>
  ): Promise<HistoryAnswer<Name>> {
    this.catchUp();
    return runQuery(this.#history, name, args);
  }

  catchUp(): void {
    for (let changes = this.#history.advance(); changes !== undefined; changes = this.#history.advance()) {
      const change: HistoryChange = {
        position: this.#history.position(),
        instances: [...changes.instances],
        instancesCut: false,
        definitions: changes.definitions,
      };
      for (const listener of this.#listeners) listener(change);
    }
  }

  position(): number {
    return this.#history.position();
  }

  onChange(listener: (change: HistoryChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#history.close();
  }
}

/** Calls the query of this name. */
export function runQuery<Name extends HistoryQueryName>(
  history: HistoryQueries,
  name: Name,
  args: Parameters<HistoryQueries[Name]>,
): HistoryAnswer<Name> {
  const query = history[name] as (...args: Parameters<HistoryQueries[Name]>) => HistoryAnswer<Name>;
  return query.apply(history, args);
}
