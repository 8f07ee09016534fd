import { readFileSync } from 'node:fs';
import { Camunda8, type CamundaRestClient, type Zeebe } from '@camunda8/sdk';
import { type GrpcWorld, openGrpc, type Scope } from './grpc.ts';

type ZeebeGrpcClient = Zeebe.ZeebeGrpcClient;

/** A server, and both clients of `@camunda8/sdk` for it. */
export interface SdkWorld extends GrpcWorld {
  readonly zeebe: ZeebeGrpcClient;
  readonly rest: CamundaRestClient;
  /** Deploys the process; its key. */
  deployXml(name: string, xml: string): Promise<string>;
}

/** What is deployed beside processes. */
export const DMN = readFileSync(
  new URL('../../scenarios/business-rule-task/decision-table/d.dmn', import.meta.url),
  'utf8',
);
export const FORM = JSON.stringify({ id: 'check', type: 'default', components: [] });
/** Keys as answers have them. */
export const KEY = /^\d{16,}$/;
/** A key that nothing has. */
export const NOWHERE = '2251799999999999';

/** For how long a closing client of the SDK keeps the process, though it has closed: 5 s if nobody says. */
export const CLOSING_MS = 100;

/** It logs nothing, and leaves no timer of 3 s behind when it is closed. */
export const QUIET = {
  ZEEBE_CLIENT_LOG_LEVEL: 'NONE',
  ZEEBE_GRPC_CLIENT_CONNECTION_TOLERANCE_MS: 200,
  ZEEBE_GRPC_CLIENT_INITIAL_CONNECTION_TOLERANCE_MS: 200,
} as const;

/** The SDK with nothing but the addresses changed. */
export const sdkFor = (grpc: string, http: string): Camunda8 =>
  new Camunda8({
    ZEEBE_GRPC_ADDRESS: `grpc://${grpc}`,
    ZEEBE_REST_ADDRESS: http,
    CAMUNDA_OAUTH_DISABLED: true,
    CAMUNDA_LOG_LEVEL: 'none',
    zeebeGrpcSettings: QUIET,
  });

export async function openSdk(scope: Scope): Promise<SdkWorld> {
  const world = await openGrpc(scope);
  const { grpc, http } = world.tutti.addresses;
  const camunda = sdkFor(grpc, http);
  const zeebe = camunda.getZeebeGrpcApiClient();
  scope.after(() => zeebe.close(CLOSING_MS));
  return {
    ...world,
    zeebe,
    rest: camunda.getCamundaRestClient(),
    deployXml: async (name, xml) => {
      const { deployments } = await zeebe.deployResource({ name, process: Buffer.from(xml) });
      return deployments[0]?.process.processDefinitionKey ?? '';
    },
  };
}
