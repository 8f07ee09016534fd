import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { openGrpc } from '../support/grpc.ts';

const REFLECTION = new URL(
  '../../node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
  import.meta.url,
);

/** What tools for any gRPC server ask. */
describe('the gRPC port', () => {
  it('tells its health, as load balancers and pyzeebe ask for it', async (t) => {
    const { tutti } = await openGrpc(t);
    const { Health } = (
      loadPackageDefinition(loadSync(protoPath, { enums: String })) as unknown as {
        grpc: { health: { v1: { Health: ServiceClientConstructor } } };
      }
    ).grpc.health.v1;
    const client = new Health(tutti.addresses.grpc, credentials.createInsecure());
    t.after(() => client.close());
    const check = (service: string) =>
      new Promise((resolve, reject) => {
        // biome-ignore lint/suspicious/noExplicitAny: a client made at run time
        (client as any).Check({ service }, (error: Error | null, answer: unknown) =>
          error ? reject(error) : resolve(answer),
        );
      });
    assert.deepEqual(await check(''), { status: 'SERVING' });
    assert.deepEqual(await check('gateway_protocol.Gateway'), { status: 'SERVING' });
    await assert.rejects(check('other'), { code: 5 });
  });

  it('describes its services, as grpcurl asks for them', async (t) => {
    const { tutti } = await openGrpc(t);
    const { ServerReflection } = (
      loadPackageDefinition(loadSync(REFLECTION.pathname)) as unknown as {
        grpc: { reflection: { v1: { ServerReflection: ServiceClientConstructor } } };
      }
    ).grpc.reflection.v1;
    const client = new ServerReflection(tutti.addresses.grpc, credentials.createInsecure());
    t.after(() => client.close());
    // biome-ignore lint/suspicious/noExplicitAny: a client made at run time
    const stream = (client as any).ServerReflectionInfo();
    const names = new Promise<string[]>((resolve, reject) => {
      stream.on('error', reject);
      stream.on('data', (answer: { listServicesResponse: { service: { name: string }[] } }) =>
        resolve(answer.listServicesResponse.service.map(({ name }) => name)),
      );
    });
    stream.write({ listServices: '' });
    assert.ok((await names).includes('gateway_protocol.Gateway'));
    stream.end();
  });
});
