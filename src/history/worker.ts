import { parentPort, workerData } from 'node:worker_threads';
import { giveBackAfterStart } from '../threads/give-back.ts';
import { stepBack } from '../threads/step-back.ts';
import type { Changes } from './buffer.ts';
import { History, type HistoryQueryName } from './history.ts';
import { openJournalSource } from './journal-source.ts';
import type { FromHistory, HistoryWorkerData, QueryRequest, ToHistory } from './protocol.ts';
import { ReadModelLagError, runQuery } from './readmodel.ts';

/** Entry of the read model's thread: projects in the background and answers queries between batches. */

/** Records of one transaction: more are projected with less work each, and let a query wait longer. */
const BATCH = 8000;
const POLL_MS = 250;
const RETRY_MS = 1000;
const REPORTED_INSTANCES = 2000;

interface Waiting {
  readonly request: QueryRequest;
  readonly expires: number;
}

if (parentPort !== null) run(parentPort, workerData as HistoryWorkerData);

function run(port: NonNullable<typeof parentPort>, data: HistoryWorkerData): void {
  const history = new History(data.file, openJournalSource(data.folder), data.jobTypes);
  stepBack();
  const waiting: Waiting[] = [];
  let failure: string | undefined;
  let scheduled: NodeJS.Immediate | undefined;
  let timer: NodeJS.Timeout | undefined;
  const send = (message: FromHistory) => port.postMessage(message);

  const answer = ({ id, name, args }: QueryRequest) => {
    try {
      // The name and its arguments come from `HistoryClient.query`, which ties their types together.
      const value = runQuery(history, name as HistoryQueryName, args as never);
      send({ kind: 'answer', id, ok: true, value });
    } catch (error) {
      send({ kind: 'answer', id, ok: false, error: describe(error) });
    }
  };

  /** What is beyond may not be on disk yet. */
  let synced = history.sourcePosition();

  const settle = () => {
    const now = performance.now();
    for (let index = waiting.length - 1; index >= 0; index--) {
      const item = waiting[index];
      if (item === undefined) continue;
      const { request, expires } = item;
      if (request.position > history.position() && now < expires) continue;
      waiting.splice(index, 1);
      if (request.position <= history.position()) answer(request);
      else {
        const error = new ReadModelLagError(request.position - history.position(), failure);
        send({ kind: 'answer', id: request.id, ok: false, error: describe(error) });
      }
    }
  };

  const step = () => {
    scheduled = undefined;
    let changes: Changes | undefined;
    try {
      changes = history.advance(BATCH, synced);
      failure = undefined;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (failure === undefined) send({ kind: 'failed', error: text });
      failure = text;
    }
    if (changes !== undefined) {
      send({
        kind: 'changed',
        change: {
          position: history.position(),
          instances: [...changes.instances].slice(0, REPORTED_INSTANCES),
          instancesCut: changes.instances.size > REPORTED_INSTANCES,
          definitions: changes.definitions,
        },
      });
    }
    settle();
    if (changes !== undefined) schedule();
    else rest();
  };

  const schedule = () => {
    clearTimeout(timer);
    scheduled ??= setImmediate(step);
  };

  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(schedule, failure === undefined ? POLL_MS : RETRY_MS);
  };

  port.on('message', (message: ToHistory) => {
    switch (message.kind) {
      case 'advance':
        synced = Math.max(synced, message.position);
        if (message.position > history.position()) schedule();
        return;
      case 'query':
        synced = Math.max(synced, message.position);
        if (message.position <= history.position()) {
          answer(message);
          return;
        }
        waiting.push({ request: message, expires: performance.now() + data.patienceMs });
        if (failure === undefined) schedule();
        return;
      case 'close':
        clearTimeout(timer);
        clearImmediate(scheduled);
        history.close();
        // Closing the port alone was seen to leave the thread waiting for ever.
        process.exit();
        return;
    }
  });
  send({ kind: 'ready', position: history.position() });
  schedule();
  giveBackAfterStart();
}

function describe(error: unknown): { message: string; code: string; lag: number } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL';
  return {
    message: error instanceof Error ? error.message : String(error),
    code,
    lag: error instanceof ReadModelLagError ? error.lag : 0,
  };
}
