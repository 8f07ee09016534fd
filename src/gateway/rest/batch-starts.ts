import type { BatchItem } from '../../engine/records/batch.ts';
import type { CollectionName, Condition, Page, Row, SearchResult } from '../../history/index.ts';
import type { BatchPlan } from '../../runtime/batches/index.ts';
import type { GatewayContext } from './context.ts';

/** Rows that one query of the read model brings. */
const PAGE = 1000;

export const ACTIVE: Condition = { kind: 'compare', field: 'state', operator: 'eq', value: 'ACTIVE' };
export const OVER: Condition = {
  kind: 'among',
  field: 'state',
  negated: false,
  values: ['COMPLETED', 'TERMINATED'],
};

/** What a batch operation that was started is answered with. */
export interface BatchCreated {
  readonly batchOperationKey: string;
  readonly batchOperationType: BatchPlan['type'];
}

/** Starts batch operations, and finds what they are about in the read model, page by page. */
export function batchStarts({ history, batches }: Pick<GatewayContext, 'history' | 'batches'>) {
  async function* rowsOf(name: CollectionName, where: readonly Condition[]): AsyncGenerator<readonly Row[]> {
    let page: Page = { kind: 'from', from: 0, limit: PAGE };
    for (;;) {
      const { items, endCursor }: SearchResult = await history.query('search', {
        collection: name,
        where,
        sort: [],
        page,
      });
      if (items.length > 0) yield items;
      if (items.length < PAGE || endCursor === null) return;
      page = { kind: 'after', cursor: endCursor, limit: PAGE };
    }
  }

  async function* instances(where: readonly Condition[]): AsyncGenerator<readonly BatchItem[]> {
    for await (const rows of rowsOf('processInstances', where))
      yield rows.map((row) => {
        const key = Number(row['processInstanceKey']);
        return { itemKey: key, processInstanceKey: key };
      });
  }

  async function* incidents(where: readonly Condition[]): AsyncGenerator<readonly BatchItem[]> {
    for await (const rows of rowsOf('incidents', [...where, ACTIVE]))
      yield rows.map((row) => ({
        itemKey: Number(row['incidentKey']),
        processInstanceKey: Number(row['processInstanceKey']),
      }));
  }

  async function* incidentsOf(where: readonly Condition[]): AsyncGenerator<readonly BatchItem[]> {
    for await (const some of instances(where)) {
      const values = some.map(({ itemKey }) => itemKey);
      yield* incidents([{ kind: 'among', field: 'processInstanceKey', negated: false, values }]);
    }
  }

  /** An evaluation has a row for each of its decisions, and is one item. */
  async function* evaluations(where: readonly Condition[]): AsyncGenerator<readonly BatchItem[]> {
    const seen = new Set<number>();
    for await (const rows of rowsOf('decisionInstances', where))
      yield rows.flatMap((row) => {
        const key = Number(row['decisionEvaluationKey']);
        if (seen.has(key)) return [];
        seen.add(key);
        return [{ itemKey: key, processInstanceKey: Number(row['processInstanceKey'] ?? -1) }];
      });
  }

  const started = async (
    plan: BatchPlan,
    items: AsyncIterable<readonly BatchItem[]>,
  ): Promise<BatchCreated> => ({
    batchOperationKey: String(await batches.start(plan, items)),
    batchOperationType: plan.type,
  });

  /**
   * What deletes the history of a resource: instances of a process, or evaluations of a graph of decisions; forms have
   * none. To be asked before the resource is deleted, and called after.
   */
  async function deletionOfHistory(value: number): Promise<() => Promise<BatchCreated | null>> {
    if ((await history.query('find', 'processDefinitions', value)) !== undefined) {
      const own = { kind: 'compare', field: 'processDefinitionKey', operator: 'eq', value } as const;
      return () => started({ type: 'DELETE_PROCESS_INSTANCE' }, instances([own, OVER]));
    }
    if ((await history.query('find', 'decisionRequirements', value)) !== undefined) {
      const own = { kind: 'compare', field: 'decisionRequirementsKey', operator: 'eq', value } as const;
      return () => started({ type: 'DELETE_DECISION_INSTANCE' }, evaluations([own]));
    }
    return async () => null;
  }

  return { rowsOf, instances, incidents, incidentsOf, evaluations, started, deletionOfHistory };
}
