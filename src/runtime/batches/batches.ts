import type { BatchItem } from '../../engine/records/batch.ts';
import type { Answer } from '../../engine/records/command.ts';
import type { DurableRuntime } from '../client.ts';
import type { BatchPlan } from './plan.ts';

/** What the writer can be asked about batch operations: kind → body. */
export interface BatchRequests {
  readonly 'batch-create': {
    readonly plan: BatchPlan;
    readonly items: readonly BatchItem[];
    readonly whole: boolean;
  };
  readonly 'batch-items': {
    readonly key: number;
    readonly items: readonly BatchItem[];
    readonly whole: boolean;
  };
  readonly 'batch-change': { readonly key: number; readonly intent: BatchChange };
}

export type BatchChange = 'CANCEL' | 'SUSPEND' | 'RESUME';

/** Items that one request adds, so that a batch operation on many instances holds up nobody. */
const ITEMS_AT_A_TIME = 1000;

/** Starting and steering batch operations. All promises resolve when what they did is synced. */
export interface Batches {
  /**
   * Keeps what is to be done, then begins. Answers the key of the batch operation.
   * @param items read until they end; if that fails, nothing is done with any of them
   */
  start(plan: BatchPlan, items: AsyncIterable<readonly BatchItem[]>): Promise<number>;
  /** Rejected with Zeebe's reasons if there is none, or if it is over. */
  change(key: number, intent: BatchChange): Promise<Answer>;
}

export function batchesOver(runtime: Pick<DurableRuntime, 'request'>): Batches {
  const ask = <Kind extends keyof BatchRequests>(kind: Kind, body: BatchRequests[Kind]) =>
    runtime.request(kind, body);
  return {
    start: async (plan, items) => {
      let key: number | undefined;
      const add = async (some: readonly BatchItem[], whole: boolean): Promise<void> => {
        if (key === undefined) key = (await ask('batch-create', { plan, items: some, whole })) as number;
        else await ask('batch-items', { key, items: some, whole });
      };
      try {
        for await (const page of items)
          for (let at = 0; at < page.length; at += ITEMS_AT_A_TIME)
            await add(page.slice(at, at + ITEMS_AT_A_TIME), false);
        await add([], true);
      } catch (error) {
        if (key !== undefined) await ask('batch-change', { key, intent: 'CANCEL' });
        throw error;
      }
      return key ?? -1;
    },
    change: (key, intent) => ask('batch-change', { key, intent }) as Promise<Answer>,
  };
}
