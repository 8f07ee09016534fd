import { batchMigrations } from '../migrations.ts';
import type { RequestHandler, WriterModule } from '../module.ts';
import type { BatchRequests } from './batches.ts';
import { BatchRows } from './rows.ts';
import { addItems, change, create, giveUpUnfinished, runShare } from './running.ts';

/**
 * Batch operations: their items are done one by one in the background, a bounded share in each transaction, beside
 * other work. All of it is in the folder, so it goes on after a restart. What becomes of them is told in the journal,
 * from which the read model shows it.
 */
export function batchModule(): WriterModule {
  let rows: BatchRows | undefined;
  const running = (): BatchRows => {
    if (rows === undefined) throw new TypeError('the batch module was not started');
    return rows;
  };
  /** False until those were looked at whose items were still being added when the process ended. */
  let tidy = false;
  return {
    name: 'batches',
    migrations: batchMigrations(),
    handlers: [
      handler('batch-create', (body, tx) => create(running(), body, tx)),
      handler('batch-items', (body, tx) => addItems(running(), body, tx)),
      handler('batch-change', (body, tx) => change(running(), body, tx)),
    ],
    onStart: (db) => {
      rows = new BatchRows(db);
      tidy = rows.unfinished().length === 0;
    },
    runDue: (tx) => {
      if (!tidy) {
        giveUpUnfinished(running(), tx);
        tx.afterCommit(() => {
          tidy = true;
        });
      }
      runShare(running(), tx);
    },
    nextDue: () => (!tidy || running().anyActive() ? 0 : undefined),
    onFailure: () => running().forget(),
  };
}

function handler<Kind extends keyof BatchRequests>(
  kind: Kind,
  handle: RequestHandler<BatchRequests[Kind]>['handle'],
): RequestHandler<BatchRequests[Kind]> {
  return { kind, handle };
}
