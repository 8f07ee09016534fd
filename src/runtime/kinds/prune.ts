import { Journal } from '../../store/journal.ts';
import type { RequestHandler, WriterModule } from '../module.ts';

/** Body of request kind `prune-journal`. */
export interface PruneBody {
  /** Records up to this position may go; the caller has made sure that the read model has taken them. */
  readonly upTo: number;
  /** Transactions to delete at most, so that it stays a small step. */
  readonly maxRows: number;
}

/** Request kind `prune-journal`: answers how many transactions were deleted; 0 when there is nothing left to do. */
export function pruneModule(): WriterModule {
  const prune: RequestHandler<PruneBody, number> = {
    kind: 'prune-journal',
    handle: ({ upTo, maxRows }, tx) => new Journal(tx.db).prune(upTo, maxRows),
  };
  return { name: 'retention', handlers: [prune] };
}
