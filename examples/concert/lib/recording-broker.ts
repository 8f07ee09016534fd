/** A broker for tests: keeps every event it is given, over real HTTP, and can be told to fail. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeRequest, type WireEvent } from './wire.ts';

export interface RecordingBroker {
  /** Address for `brokerUrl`. */
  readonly url: string;
  /** Events that were taken, in order. */
  readonly taken: readonly WireEvent[];
  /** Events that were sent, also those that were refused. */
  readonly attempts: readonly WireEvent[];
  /** Chooses the status of each answer; 202 unless told. 0 cuts the connection. */
  answer(status: (event: WireEvent) => number): void;
  /** The taken events of a type. */
  ofType(type: string): readonly WireEvent[];
  /** Waits until `found` answers something other than undefined or false; fails after 10 s. */
  until<T>(found: () => T | undefined | false, what: string): Promise<T>;
  close(): Promise<void>;
}

export async function startRecordingBroker(): Promise<RecordingBroker> {
  const taken: WireEvent[] = [];
  const attempts: WireEvent[] = [];
  const waiters = new Set<() => void>();
  let choose: (event: WireEvent) => number = () => 202;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const events = decodeRequest(request.headers, Buffer.concat(chunks));
    let status = 202;
    for (const event of events) {
      attempts.push(event);
      status = choose(event);
      if (status >= 200 && status < 300) taken.push(event);
    }
    if (status === 0) response.destroy();
    else response.writeHead(status).end();
    for (const waiter of [...waiters]) waiter();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events`,
    taken,
    attempts,
    answer: (status) => {
      choose = status;
    },
    ofType: (type) => taken.filter((event) => event.type === type),
    until: (found, what) => until(waiters, found, what),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function until<T>(waiters: Set<() => void>, found: () => T | undefined | false, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const value = found();
      if (value === undefined || value === false) return;
      stop();
      resolve(value);
    };
    const stop = (): void => {
      clearTimeout(deadline);
      clearInterval(again);
      waiters.delete(look);
    };
    const deadline = setTimeout(() => {
      stop();
      reject(new Error(`waited 10 s in vain for ${what}`));
    }, 10_000);
    // Some conditions are states of a service, not events: these are looked at from time to time.
    const again = setInterval(look, 10);
    waiters.add(look);
    look();
  });
}
