import { connect, type Socket } from 'node:net';

/** One HTTP request as it goes over the wire, with what follows the head. */
export interface Wire {
  readonly head: string;
  readonly body: string;
}

export interface LoadOptions {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Connections, each with one request in flight. */
  readonly connections: number;
  /** Requests in all. */
  readonly requests: number;
  /** The request with this number, from 0. */
  readonly request: (number: number) => Wire;
  /** Requests a second that are begun at most; absent: as fast as answers come. */
  readonly rate?: number;
}

export interface LoadFigures {
  readonly perSecond: number;
  readonly seconds: number;
  /** ms from the moment a request should have gone out, so that a stall counts for all that it held up. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
}

/**
 * Sends requests over plain sockets, so that the client costs as little as it can: it shares two cores with the server.
 * Rejects at the first answer that is not 2xx.
 */
export async function load(options: LoadOptions): Promise<LoadFigures> {
  const { hostname, port } = new URL(options.url);
  const latencies: number[] = [];
  let begun = 0;
  const began = performance.now();
  const due = (number: number): number =>
    options.rate === undefined ? 0 : began + (number / options.rate) * 1000;
  await Promise.all(
    Array.from({ length: options.connections }, () =>
      drive(hostname, Number(port), (answered) => {
        if (answered) latencies.push(performance.now() - answered.since);
        if (begun >= options.requests) return undefined;
        const number = begun++;
        return { due: due(number), wire: () => options.request(number) };
      }),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  latencies.sort((one, other) => one - other);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  return {
    perSecond: options.requests / seconds,
    seconds,
    latency: { p50: at(0.5), p99: at(0.99), max: at(1) },
  };
}

type Next = (answered?: { readonly since: number }) => Turn | undefined;

/** A request that goes out at `due`, and is made then. */
interface Turn {
  readonly due: number;
  readonly wire: () => Wire;
}

/** One connection: a request, its answer, the next request. */
function drive(host: string, port: number, next: Next): Promise<void> {
  return new Promise((resolve, reject) => {
    // One buffer for all answers, past Node's streams: they cost more than to look at an answer.
    const buffer = Buffer.alloc(64 * 1024);
    const socket: Socket = connect({ host, port, noDelay: true, onread: { buffer, callback: received } });
    let since = 0;
    let waiting = '';
    const send = (answered?: { readonly since: number }): void => {
      const request = next(answered);
      if (!request) {
        socket.destroy();
        resolve();
        return;
      }
      const early = request.due - performance.now();
      const go = (): void => {
        since = request.due > 0 ? Math.min(request.due, performance.now()) : performance.now();
        const { head, body } = request.wire();
        socket.write(head + body, 'latin1');
      };
      if (early > 1) setTimeout(go, early);
      else go();
    };
    socket.on('connect', () => send());
    socket.on('error', reject);
    function received(bytes: number): boolean {
      waiting += buffer.toString('latin1', 0, bytes);
      const length = answerLength(waiting);
      if (length === undefined || waiting.length < length) return true;
      if (waiting.charCodeAt(9) !== 0x32) {
        socket.destroy();
        reject(new Error(waiting.slice(0, 500)));
        return false;
      }
      waiting = waiting.slice(length);
      send({ since });
      return true;
    }
  });
}

/** Characters of the answer that a text begins with; undefined while its head is not complete. */
function answerLength(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) return end + 4 + Number(length[1]);
  return /\r\ntransfer-encoding: *chunked/i.test(head) && !text.endsWith('0\r\n\r\n')
    ? undefined
    : text.length;
}

export interface EventParts {
  readonly id: string;
  readonly type: string;
  readonly key: string;
}

/** An event of an ordinary shop in binary mode: five attributes, 120 bytes of data. */
export function eventRequest({ id, type, key }: EventParts): Wire {
  const body = `{"orderId":"${key}","amount":123.5,"currency":"EUR","seats":["A-101","A-102"],"note":"${'x'.repeat(40)}"}`;
  const head =
    'POST /events HTTP/1.1\r\nHost: 127.0.0.1\r\n' +
    `ce-specversion: 1.0\r\nce-id: ${id}\r\nce-source: /bench\r\nce-type: ${type}\r\nce-correlationkey: ${key}\r\n` +
    `ce-time: 2026-01-01T00:00:00Z\r\nce-sent: ${Math.round(performance.timeOrigin + performance.now())}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return { head, body };
}
