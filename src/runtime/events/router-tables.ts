import { JOBS } from '../../engine/state/tables.ts';
import type { DurableRuntime } from '../client.ts';
import type { RequestHandler, Tx } from '../module.ts';
import type { EventsCore } from './core.ts';
import type { Events } from './events.ts';
import type { StartMapping } from './start-mappings.ts';

/** What the router listens to and waits for at this moment. Keys are numbers of the engine. */
export interface RouterTables {
  readonly startMappings: readonly StartMapping[];
  /** Message names of each deployed version. */
  readonly models: readonly { readonly processDefinitionKey: number; readonly names: readonly string[] }[];
  /** Message names that were told over HTTP, with the definition they were told for. */
  readonly toldMessages: readonly { readonly workflowKey: string; readonly name: string }[];
  /** Jobs that wait for an event, the oldest thousand. */
  readonly waitingJobs: readonly {
    readonly processDefinitionKey: number;
    readonly processInstanceKey: number;
    readonly jobKey: number;
  }[];
}

/** Requests about the router's tables: kind → body and value. */
export interface RouterTableRequests {
  readonly routerTables: { readonly body: null; readonly value: RouterTables };
  readonly putStartMapping: { readonly body: StartMapping; readonly value: null };
  readonly addMessageName: {
    readonly body: { readonly workflowKey: string; readonly name: string };
    readonly value: null;
  };
}

const MOST_JOBS = 1000;

export function routerTableHandlers(core: () => EventsCore): readonly RequestHandler<never>[] {
  return [
    handler('routerTables', (_body, tx) => readTables(core(), tx)),
    handler('putStartMapping', (mapping, tx) => {
      const { startMappings } = core().stores;
      tx.onUndo(() => startMappings.reset());
      startMappings.put(mapping);
      return null;
    }),
    handler('addMessageName', ({ workflowKey, name }, tx) => {
      const { startMappings } = core().stores;
      tx.onUndo(() => startMappings.reset());
      startMappings.addName(workflowKey, name);
      return null;
    }),
  ];
}

/** The surfaces' side of these requests. */
export function routerTablesOver(
  runtime: Pick<DurableRuntime, 'request'>,
): Pick<Events, 'routerTables' | 'putStartMapping' | 'addMessageName'> {
  return {
    routerTables: () => runtime.request('routerTables', null) as Promise<RouterTables>,
    putStartMapping: async (mapping) => {
      await runtime.request('putStartMapping', { ...mapping, origin: 'request' } satisfies StartMapping);
    },
    addMessageName: async (workflowKey, name) => {
      await runtime.request('addMessageName', { workflowKey, name });
    },
  };
}

function handler<Kind extends keyof RouterTableRequests>(
  kind: Kind,
  handle: (body: RouterTableRequests[Kind]['body'], tx: Tx) => RouterTableRequests[Kind]['value'],
): RequestHandler<never> {
  return { kind, handle };
}

function readTables({ stores, bindings }: EventsCore, tx: Tx): RouterTables {
  const waiting = tx.db.all<{ job_key: number; process_instance_key: number }>(
    'SELECT job_key, process_instance_key FROM router_wait WHERE gone_at IS NULL ORDER BY job_key LIMIT ?',
    MOST_JOBS,
  );
  return {
    startMappings: stores.startMappings.list(),
    models: bindings.messageNames(tx.state),
    toldMessages: stores.startMappings.names(),
    waitingJobs: waiting.flatMap(({ job_key: jobKey, process_instance_key: processInstanceKey }) => {
      const job = tx.state.get(JOBS, jobKey);
      if (!job) return [];
      return [{ processDefinitionKey: job.value.processDefinitionKey, processInstanceKey, jobKey }];
    }),
  };
}
