import { type Client, type ClientReadableStream, credentials, makeClientConstructor } from '@grpc/grpc-js';
import { gatewayService, type Message } from '../../src/gateway/grpc/protocol.ts';

export interface Load {
  readonly instances: number;
  readonly perSecond: number;
  /** ms of one instance, from its creation to its end. */
  readonly p50: number;
}

/** A process and how its instances are driven to their end. */
export interface Workload {
  readonly name: string;
  readonly bpmn: string;
  /** Types of its jobs, which workers take over streams. */
  readonly jobs: readonly string[];
  /** When the instance with this order is created, or is being created. */
  readonly after?: (gateway: Gateway, order: string) => Promise<unknown>;
}

/** A client of the gateway, old or new. */
export class Gateway {
  /** How many calls were made, streams not counted. */
  calls = 0;
  readonly #client: Client;

  constructor(address: string) {
    const Constructor = makeClientConstructor(gatewayService, 'Gateway');
    this.#client = new Constructor(address, credentials.createInsecure());
  }

  call(rpc: string, request: Message): Promise<Message> {
    this.calls += 1;
    return new Promise((resolve, reject) => {
      // biome-ignore lint/suspicious/noExplicitAny: methods come from the protocol's file
      (this.#client as any)[rpc](request, (error: Error | null, answer: Message) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }

  stream(rpc: string, request: Message): ClientReadableStream<Message> {
    // biome-ignore lint/suspicious/noExplicitAny: methods come from the protocol's file
    return (this.#client as any)[rpc](request);
  }

  close(): void {
    this.#client.close();
  }
}

/** Runs instances in a closed loop for a time. */
export async function drive(
  gateway: Gateway,
  workload: Workload,
  concurrency: number,
  ms: number,
): Promise<Load> {
  const last = workload.jobs.at(-1);
  const waiting = new Map<number, () => void>();
  /** Instances whose last job was done before their creation was answered. */
  const early = new Set<number>();
  let done = 0;
  const complete = (type: string, job: Message): void => {
    const instance = Number(job['processInstanceKey']);
    void gateway.call('CompleteJob', { jobKey: job['key'], variables: '{"done":true}' }).then(() => {
      done += 1;
      if (type !== last) return;
      const resolve = waiting.get(instance);
      waiting.delete(instance);
      if (resolve) resolve();
      else early.add(instance);
    });
  };
  const streams = workload.jobs.map((type) =>
    gateway
      .stream('StreamActivatedJobs', { type, worker: 'bench', timeout: 60_000 })
      .on('error', () => undefined)
      .on('data', (job: Message) => complete(type, job)),
  );
  // Zeebe pushes no job that was made before it knew of the stream: clients poll beside their streams, here on a standstill.
  let doneBefore = 0;
  const poll = setInterval(() => {
    const stands = done === doneBefore;
    doneBefore = done;
    if (!stands) return;
    const request = { worker: 'bench', timeout: 60_000, maxJobsToActivate: 64, requestTimeout: -1 };
    for (const type of workload.jobs)
      gateway
        .stream('ActivateJobs', { ...request, type })
        .on('error', () => undefined)
        .on('data', ({ jobs }: { readonly jobs: readonly Message[] }) => {
          for (const job of jobs) complete(type, job);
        });
  }, 500);
  const latencies: number[] = [];
  const began = performance.now();
  let number = 0;
  const one = async (): Promise<void> => {
    const since = performance.now();
    number += 1;
    const order = `order-${number}-${Math.random().toString(36).slice(2)}`;
    const request = {
      bpmnProcessId: workload.name,
      version: -1,
      variables: JSON.stringify({ order, customer: 'c-1', amount: 120.5, seats: ['A-1', 'A-2'] }),
    };
    // Without a last job its result tells that an instance that waits has ended.
    if (last === undefined && workload.after) {
      const ended = gateway.call('CreateProcessInstanceWithResult', { request, requestTimeout: 60_000 });
      await Promise.all([ended, workload.after(gateway, order)]);
      latencies.push(performance.now() - since);
      return;
    }
    const { processInstanceKey } = await gateway.call('CreateProcessInstance', request);
    await workload.after?.(gateway, order);
    const key = Number(processInstanceKey);
    if (last !== undefined && !early.delete(key))
      await new Promise<void>((resolve) => waiting.set(key, resolve));
    latencies.push(performance.now() - since);
  };
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() - began < ms) await one();
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  clearInterval(poll);
  for (const stream of streams) stream.cancel();
  latencies.sort((a, b) => a - b);
  return {
    instances: latencies.length,
    perSecond: latencies.length / seconds,
    p50: latencies[Math.floor(latencies.length / 2)] ?? Number.NaN,
  };
}
