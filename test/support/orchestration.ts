import { type CamundaClient, createCamundaClient } from '@camunda8/orchestration-cluster-api';
import { type GrpcWorld, openGrpc, type Scope } from './grpc.ts';
import { until } from './until.ts';

/** Reads see what was written before, so nobody has to wait. */
export const NOW = { consistency: { waitUpToMs: 0 } };

/**
 * A server, and Camunda's own client for the Orchestration Cluster API. It checks each request and each answer against
 * the schemas of its release, strictly.
 */
export interface World extends GrpcWorld {
  readonly client: CamundaClient;
  deployXml(name: string, xml: string): Promise<string>;
  start(id: string, variables?: Record<string, unknown>): Promise<string>;
  /** The state of a batch operation once it is over. */
  over(batchOperationKey: unknown): Promise<Awaited<ReturnType<CamundaClient['getBatchOperation']>>>;
}

export async function open(t: Scope, validation = 'req:strict,res:strict'): Promise<World> {
  const world = await openGrpc(t);
  const client = createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: world.tutti.addresses.http,
      CAMUNDA_AUTH_STRATEGY: 'NONE',
      CAMUNDA_SDK_VALIDATION: validation,
    },
    env: {},
    log: { level: 'error' },
  });
  return {
    ...world,
    client,
    deployXml: async (name, xml) => {
      const { processes } = await client.createDeployment({ resources: [new File([xml], name)] });
      return processes[0]?.processDefinitionKey ?? '';
    },
    start: async (id, variables = {}) => {
      const created = await client.createProcessInstance({ processDefinitionId: id as never, variables });
      return created.processInstanceKey;
    },
    over: (batchOperationKey) =>
      until('the batch operation is over', async () => {
        const found = await client.getBatchOperation({ batchOperationKey: batchOperationKey as never }, NOW);
        return found.endDate === null ? undefined : found;
      }),
  };
}

export const stateOf = async (client: CamundaClient, key: string) =>
  (await client.getProcessInstance({ processInstanceKey: key as never }, NOW)).state;
