import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import {
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  makeClientConstructor,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { startTutti, type Tutti } from '../../src/tutti.ts';

/** The protocol as the clients for Node have it, from the package of one of them. */
const PROTO = new URL('../../node_modules/@camunda8/sdk/dist/proto/zeebe.proto', import.meta.url);
const definition = loadSync(PROTO.pathname, { keepCase: true, longs: String, enums: String, defaults: true });
const { Gateway } = loadPackageDefinition(definition)['gateway_protocol'] as {
  readonly Gateway: ServiceClientConstructor;
};

type Value = Readonly<Record<string, unknown>>;

export interface CallOptions {
  readonly deadlineMs?: number;
}

/** A client of the gateway, and the server behind it. */
export interface GrpcWorld {
  readonly tutti: Tutti;
  /** Rejects with a `ServiceError`. */
  call(rpc: string, request: Value, options?: CallOptions): Promise<Value>;
  stream(rpc: string, request: Value, options?: CallOptions): ClientReadableStream<Value>;
  /** All messages of a stream; rejects with a `ServiceError`. */
  collect(rpc: string, request: Value, options?: CallOptions): Promise<Value[]>;
  deploy(name: string, xml: string): Promise<Value>;
}

/** What tells when it is over: a test, or a suite. */
export interface Scope {
  after(clean: () => unknown): void;
}

/** What is opened once for all tests of the suite that this is called in; cleaned up in the reverse order after them. */
export function once<World>(open: (scope: Scope) => Promise<World>): () => World {
  const cleans: (() => unknown)[] = [];
  let world: World | undefined;
  before(async () => {
    world = await open({ after: (clean) => void cleans.push(clean) });
  });
  after(async () => {
    for (const clean of cleans.reverse()) await clean();
  });
  return () => {
    if (world === undefined) throw new Error('the suite has not begun');
    return world;
  };
}

/** A server in a folder of its own, which go when the scope is over. */
export async function openGrpc(t: Scope): Promise<GrpcWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-grpc-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const tutti = await startTutti({ data: folder, http: 0, grpc: 0 });
  t.after(() => tutti.close());
  const client = new Gateway(tutti.addresses.grpc, credentials.createInsecure());
  t.after(() => client.close());
  const until = ({ deadlineMs = 20_000 }: CallOptions = {}) => ({ deadline: Date.now() + deadlineMs });
  const method = (rpc: string) => (client[rpc] as (...args: unknown[]) => unknown).bind(client);
  const world: GrpcWorld = {
    tutti,
    call: (rpc, request, options) =>
      new Promise((resolve, reject) => {
        method(rpc)(request, until(options), (error: ServiceError | null, answer: Value) =>
          error ? reject(error) : resolve(answer),
        );
      }),
    stream: (rpc, request, options) => method(rpc)(request, until(options)) as ClientReadableStream<Value>,
    collect: (rpc, request, options) =>
      new Promise((resolve, reject) => {
        const found: Value[] = [];
        world
          .stream(rpc, request, options)
          .on('data', (message) => found.push(message))
          .on('error', reject)
          .on('end', () => resolve(found));
      }),
    deploy: (name, xml) => world.call('DeployResource', { resources: [{ name, content: Buffer.from(xml) }] }),
  };
  return world;
}

/** A client of any service whose messages are raw bytes. */
export const RawClient = (service: string, rpc: string, responseStream = false) =>
  makeClientConstructor(
    {
      [rpc]: {
        path: `/${service}/${rpc}`,
        requestStream: false,
        responseStream,
        requestSerialize: (bytes: Buffer) => bytes,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
      },
    },
    service,
  );

/** A process of one service task of the type `work`, with the header `a`. */
export const oneTask = (id: string, type = 'work'): string =>
  processOf(
    id,
    `<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t"/>
   <bpmn:serviceTask id="t"><bpmn:extensionElements><zeebe:taskDefinition type="${type}"/>
   <zeebe:taskHeaders><zeebe:header key="a" value="b"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>
   <bpmn:sequenceFlow id="g" sourceRef="t" targetRef="e"/><bpmn:endEvent id="e"/>`,
  );

/** A process that is over at once. */
export const straight = (id: string): string =>
  processOf(
    id,
    '<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/><bpmn:endEvent id="e"/>',
  );

function processOf(id: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t"><bpmn:process id="${id}" isExecutable="true">${body}</bpmn:process></bpmn:definitions>`;
}
