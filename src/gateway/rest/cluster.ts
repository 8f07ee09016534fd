import { GatewayError } from '../errors.ts';
import { json, NO_CONTENT, type Route } from '../http.ts';
import { operation } from './command.ts';
import { GATEWAY_VERSION, type GatewayContext } from './context.ts';
import { SHOWN, shown, shownList, shownWord } from './schema.ts';
import { requiredWhole } from './shape.ts';

/** The last that a date of four digits can tell, epoch ms. */
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** The largest number of 32 bits. */
const NO_LIMIT = 2 ** 31 - 1;

/** Where the server is reached, as its topology tells. */
export interface Advertised {
  readonly host: string;
  readonly port: number;
}

const PARTITION = shown({
  partitionId: SHOWN.int,
  role: shownWord('leader', 'follower', 'inactive'),
  health: shownWord('healthy', 'unhealthy', 'dead'),
});
const BROKER = shown({
  nodeId: SHOWN.int,
  host: SHOWN.text,
  port: SHOWN.int,
  partitions: shownList(PARTITION),
  version: SHOWN.text,
});

/** Topology, status, clock: the server as a cluster of one. */
export function clusterRoutes(
  { runtime }: Pick<GatewayContext, 'runtime'>,
  advertised: () => Advertised,
): Route[] {
  return [
    operation({
      id: 'getTopology',
      tag: 'Cluster',
      summary: 'Tells of which servers the cluster consists.',
      method: 'GET',
      path: '/v2/topology',
      answers: {
        200: shown({
          brokers: shownList(BROKER),
          clusterId: SHOWN.nullableText,
          clusterSize: SHOWN.int,
          partitionsCount: SHOWN.int,
          replicationFactor: SHOWN.int,
          gatewayVersion: SHOWN.text,
          lastCompletedChangeId: SHOWN.text,
        }),
      },
      answer: () => {
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
    }),
    operation({
      id: 'getStatus',
      tag: 'Cluster',
      summary: 'Answers 204 while commands are taken.',
      method: 'GET',
      path: '/v2/status',
      answers: { 204: undefined },
      answer: () => {
        const { ok, reason } = runtime.ready();
        if (!ok) throw new GatewayError('UNAVAILABLE', reason ?? 'The partition takes no requests now.');
        return NO_CONTENT;
      },
    }),
    operation({
      id: 'getLicense',
      tag: 'License',
      summary: 'Tells the licence.',
      method: 'GET',
      path: '/v2/license',
      answers: {
        200: shown({
          validLicense: SHOWN.flag,
          licenseType: SHOWN.text,
          isCommercial: SHOWN.flag,
          expiresAt: SHOWN.nullableDate,
        }),
      },
      answer: () =>
        json(200, { validLicense: true, licenseType: 'Apache-2.0', isCommercial: false, expiresAt: null }),
    }),
    operation({
      id: 'getSystemConfiguration',
      tag: 'System',
      summary: 'Tells how the server counts jobs for statistics.',
      method: 'GET',
      path: '/v2/system/configuration',
      answers: {
        200: shown({
          jobMetrics: shown({
            enabled: SHOWN.flag,
            exportInterval: SHOWN.text,
            maxWorkerNameLength: SHOWN.int,
            maxJobTypeLength: SHOWN.int,
            maxTenantIdLength: SHOWN.int,
            maxUniqueKeys: SHOWN.int,
          }),
        }),
      },
      // Jobs are counted by minute; names are never cut, and as many are counted as there are.
      answer: () =>
        json(200, {
          jobMetrics: {
            enabled: true,
            exportInterval: 'PT1M',
            maxWorkerNameLength: NO_LIMIT,
            maxJobTypeLength: NO_LIMIT,
            maxTenantIdLength: NO_LIMIT,
            maxUniqueKeys: NO_LIMIT,
          },
        }),
    }),
    operation({
      id: 'pinClock',
      tag: 'Clock',
      summary: 'Pins a controllable clock to a time, and does what is due until then.',
      method: 'PUT',
      path: '/v2/clock',
      body: { timestamp: requiredWhole(0, 'epoch ms') },
      check: ({ timestamp }) =>
        timestamp <= LAST_MOMENT
          ? []
          : [`The value for timestamp is '${timestamp}' but must be before the year 10000`],
      answers: { 204: undefined },
      answer: async ({ body }) => {
        await runtime.setClock(body.timestamp);
        return NO_CONTENT;
      },
    }),
    operation({
      id: 'resetClock',
      tag: 'Clock',
      summary: 'Lets a controllable clock run again.',
      path: '/v2/clock/reset',
      answers: { 204: undefined },
      answer: async () => {
        await runtime.resetClock();
        return NO_CONTENT;
      },
    }),
  ];
}
