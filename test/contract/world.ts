import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '../../src/engine/records/log.ts';
import { startGrpc } from '../../src/gateway/grpc/server.ts';
import { HostPolicy } from '../../src/gateway/hosts.ts';
import type { GatewayContext } from '../../src/gateway/rest/context.ts';
import { restGroup } from '../../src/gateway/rest/index.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { History, InlineReadModel, openJournalSource } from '../../src/history/index.ts';
import { batchesOver } from '../../src/runtime/batches/index.ts';
import type { DurableRuntime } from '../../src/runtime/client.ts';
import { startWithEvents } from '../../src/runtime/events/index.ts';
import { startInlineRuntime } from '../../src/runtime/inline.ts';
import { GrpcSurface } from './grpc.ts';
import { InProcessSurface } from './in-process.ts';
import { RestSurface } from './rest.ts';
import type { Surface } from './surface.ts';

export const SURFACES = ['in process', 'gRPC', 'REST'] as const;
export type SurfaceName = (typeof SURFACES)[number];

/** An empty engine on disk that is asked by one way only. */
export interface World {
  readonly surface: Surface;
  readonly runtime: DurableRuntime;
  /** `host:port` of gRPC and address of REST, where they are open. */
  readonly addresses: Addresses;
  /** The next records of the journal. */
  records(): readonly LogRecord[];
  close(): Promise<void>;
}

interface Addresses {
  readonly grpc?: string;
  readonly http?: string;
}

/** The writer, and in front of it the very gateway of the product. Its read model is asked by gRPC's deletion of history only. */
export async function openWorld(name: SurfaceName, startAt: number): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-contract-'));
  const closers: (() => unknown)[] = [() => rmSync(data, { recursive: true })];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  const mistakes: unknown[] = [];
  const onError = (error: unknown) => mistakes.push(error);
  try {
    const evented = await startWithEvents(
      startInlineRuntime,
      { data, clock: 'controllable' },
      // No job is the router's own: scenarios take them as workers do.
      { settings: { jobTypes: [] }, newId: randomUUID, onError },
    );
    const { runtime } = evented;
    closers.push(() => evented.close());
    await runtime.setClock(startAt);
    const journal = openJournalSource(data);
    closers.push(() => journal.close());
    let position = journal.last();
    const { surface, addresses } = await surfaceOf(name, data, runtime, closers, onError);
    return {
      surface,
      runtime,
      addresses,
      records: () => {
        const found = journal.read(position, 10_000);
        position = found.at(-1)?.position ?? position;
        return found.map(({ record }) => record);
      },
      close: async () => {
        await close();
        if (mistakes.length > 0) throw new AggregateError(mistakes, 'mistakes in the program');
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const GRACE_MS = 1000;

async function surfaceOf(
  name: SurfaceName,
  data: string,
  runtime: DurableRuntime,
  closers: (() => unknown)[],
  onError: (error: unknown) => void,
): Promise<Pick<World, 'surface' | 'addresses'>> {
  if (name === 'in process') return { surface: new InProcessSurface(runtime), addresses: {} };
  const host = '127.0.0.1';
  const gateway = await startGateway({
    groups: [restGroup({ runtime } as unknown as GatewayContext, () => ({ host, port: 0 }))],
    hosts: new HostPolicy([host], []),
    host,
    port: 0,
    onError,
  });
  closers.push(() => gateway.close(GRACE_MS));
  const rest = new RestSurface(gateway.url);
  if (name === 'REST') return { surface: rest, addresses: { http: gateway.url } };
  const history = new InlineReadModel(new History(':memory:', openJournalSource(data)));
  closers.push(() => history.close());
  const batches = batchesOver(runtime);
  const port = await startGrpc({ runtime, history, batches, host, port: 0, onError });
  closers.push(() => port.close(GRACE_MS));
  const address = `${host}:${port.port}`;
  const grpc = new GrpcSurface(address, rest);
  closers.push(() => grpc.close());
  return { surface: grpc, addresses: { http: gateway.url, grpc: address } };
}
