import type { DurableRuntime } from '../../runtime/client.ts';
import { GATEWAY_VERSION } from '../rest/context.ts';
import type { Unary } from './call.ts';

/** The server as a cluster of one. */
export function topologyCalls(runtime: DurableRuntime, contactPoint: () => string): Record<string, Unary> {
  return {
    Topology: () => {
      const { hostname, port } = new URL(`grpc://${contactPoint()}`);
      const health = runtime.ready().ok ? 'HEALTHY' : 'UNHEALTHY';
      return {
        brokers: [
          {
            nodeId: 0,
            host: hostname,
            port: Number(port),
            partitions: [{ partitionId: 1, role: 'LEADER', health }],
            version: GATEWAY_VERSION,
          },
        ],
        clusterSize: 1,
        partitionsCount: 1,
        replicationFactor: 1,
        gatewayVersion: GATEWAY_VERSION,
        clusterId: 'tutti',
      };
    },
  };
}
