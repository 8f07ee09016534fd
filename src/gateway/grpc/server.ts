import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, type ServingStatus } from 'grpc-health-check';
import type { ReadModel } from '../../history/index.ts';
import type { Batches } from '../../runtime/batches/index.ts';
import type { DurableRuntime } from '../../runtime/client.ts';
import { batchStarts } from '../rest/batch-starts.ts';
import { type CallContext, streaming, unary } from './call.ts';
import { decisionCalls } from './decisions.ts';
import { forgetEndedStreams } from './ended-streams.ts';
import { instanceCalls } from './instances.ts';
import { jobCalls, jobStreams } from './jobs.ts';
import { messageCalls } from './messages.ts';
import { GATEWAY, gatewayService, packageDefinition } from './protocol.ts';
import { resourceCalls } from './resources.ts';
import { topologyCalls } from './topology.ts';

export interface GrpcOptions {
  readonly runtime: DurableRuntime;
  readonly history: ReadModel;
  readonly batches: Batches;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Mistakes in the program. */
  readonly onError: CallContext['onError'];
}

/** The open gRPC port. */
export interface GrpcGateway {
  readonly port: number;
  /** Ends long polls and streams, lets other calls finish for at most `graceMs`, and closes the port. */
  close(graceMs: number): Promise<void>;
}

/** Bytes of one request, as Zeebe's gateway takes them. */
const MESSAGE_LIMIT = 4 * 1024 * 1024;
const HEALTH_MS = 1000;

/**
 * Opens the port of Zeebe's gRPC protocol, with health check and reflection.
 * @throws an Error with code EADDRINUSE if the port is in use
 */
export async function startGrpc(options: GrpcOptions): Promise<GrpcGateway> {
  const { runtime, host, port, onError } = options;
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_LIMIT,
    // It would note down each call for a service that is not offered.
    'grpc.enable_channelz': 0,
  });
  const stopping = new AbortController();
  const context: CallContext = { stopping: stopping.signal, onError };
  let bound = port;
  const contactPoint = (): string => `${host.includes(':') ? `[${host}]` : host}:${bound}`;
  const calls = {
    ...topologyCalls(runtime, contactPoint),
    ...resourceCalls(runtime, batchStarts(options).deletionOfHistory),
    ...instanceCalls(runtime, contactPoint),
    ...jobCalls(runtime),
    ...messageCalls(runtime),
    ...decisionCalls(runtime),
  };
  server.addService(gatewayService, {
    ...Object.fromEntries(Object.entries(calls).map(([rpc, call]) => [rpc, unary(rpc, call, context)])),
    ...Object.fromEntries(
      Object.entries(jobStreams(runtime)).map(([rpc, call]) => [rpc, streaming(rpc, call, context)]),
    ),
  });
  new ReflectionService(packageDefinition).addToServer(server);
  const endHealth = offerHealth(server, runtime);
  bound = await bind(server, host, port);
  forgetEndedStreams(server);
  return {
    port: bound,
    close: async (graceMs) => {
      stopping.abort();
      endHealth();
      const late = setTimeout(() => server.forceShutdown(), graceMs);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(late);
    },
  };
}

/** The standard health check: of the server as a whole, and of the gateway's service. */
function offerHealth(server: Server, runtime: DurableRuntime): () => void {
  const names = ['', GATEWAY];
  const now = (): ServingStatus => (runtime.ready().ok ? 'SERVING' : 'NOT_SERVING');
  let told = now();
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, told])));
  health.addToServer(server);
  const timer = setInterval(() => {
    const next = now();
    if (next === told) return;
    told = next;
    for (const name of names) health.setStatus(name, told);
  }, HEALTH_MS);
  return () => {
    clearInterval(timer);
    for (const name of names) health.setStatus(name, 'NOT_SERVING');
  };
}

function bind(server: Server, host: string, port: number): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, actual) => {
      if (error) reject(/EADDRINUSE/.test(error.message) ? portInUse(host, port) : error);
      else resolve(actual);
    });
  });
}

/** As Node tells it of other servers. */
function portInUse(host: string, port: number): Error {
  const error = new Error(`listen EADDRINUSE: address already in use ${host}:${port}`);
  return Object.assign(error, { code: 'EADDRINUSE', address: host, port });
}
