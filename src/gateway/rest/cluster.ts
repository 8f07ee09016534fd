import { GatewayError } from '../errors.ts';
import { Fields } from '../fields.ts';
import { json, NO_CONTENT, type Route } from '../http.ts';
import { GATEWAY_VERSION, type GatewayContext } from './context.ts';

/** Where the server is reached, as its topology tells. */
export interface Advertised {
  readonly host: string;
  readonly port: number;
}

/** Topology, status, clock: the server as a cluster of one. */
export function clusterRoutes({ runtime }: GatewayContext, advertised: () => Advertised): Route[] {
  return [
    {
      method: 'GET',
      path: '/v2/topology',
      accepts: 'none',
      handler: () => {
        const { host, port } = advertised();
        const health = runtime.ready().ok ? 'healthy' : 'unhealthy';
        return json(200, {
          brokers: [
            {
              nodeId: 0,
              host,
              port,
              partitions: [{ partitionId: 1, role: 'leader', health }],
              version: GATEWAY_VERSION,
            },
          ],
          clusterId: 'tutti',
          clusterSize: 1,
          partitionsCount: 1,
          replicationFactor: 1,
          gatewayVersion: GATEWAY_VERSION,
          lastCompletedChangeId: '-1',
        });
      },
    },
    {
      method: 'GET',
      path: '/v2/status',
      accepts: 'none',
      handler: () => {
        const { ok, reason } = runtime.ready();
        if (!ok) throw new GatewayError('UNAVAILABLE', reason ?? 'The partition takes no requests now.');
        return NO_CONTENT;
      },
    },
    {
      method: 'GET',
      path: '/v2/license',
      accepts: 'none',
      handler: () =>
        json(200, { validLicense: true, licenseType: 'Apache-2.0', isCommercial: false, expiresAt: null }),
    },
    {
      method: 'PUT',
      path: '/v2/clock',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const timestamp = body.requiredInteger('timestamp', 0);
        body.end();
        await runtime.setClock(timestamp);
        return NO_CONTENT;
      },
    },
    {
      method: 'POST',
      path: '/v2/clock/reset',
      accepts: 'json',
      handler: async () => {
        await runtime.resetClock();
        return NO_CONTENT;
      },
    },
  ];
}
