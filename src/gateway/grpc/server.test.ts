import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { startGrpc } from './server.ts';

test('a call to the gRPC port is answered UNIMPLEMENTED', async (t) => {
  const grpc = await startGrpc('127.0.0.1', 0);
  t.after(() => grpc.close());
  const client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure());
  t.after(() => client.close());
  const raw = (bytes: Buffer): Buffer => bytes;
  const error = await new Promise<ServiceError | null>((resolve) => {
    client.makeUnaryRequest('/gateway_protocol.Gateway/Topology', raw, raw, Buffer.alloc(0), resolve);
  });
  assert.equal(error?.code, status.UNIMPLEMENTED);
});

test('a gRPC port that is in use is told as such', async (t) => {
  const grpc = await startGrpc('127.0.0.1', 0);
  t.after(() => grpc.close());
  await assert.rejects(startGrpc('127.0.0.1', grpc.port), { code: 'EADDRINUSE', port: grpc.port });
});
