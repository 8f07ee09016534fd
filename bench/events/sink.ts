/**
 * A receiver of events that costs little: a plain socket server that answers 204 to each request. Run as a child; tells its
 * port by IPC, and answers a message with what it has received; after `forget` it counts anew.
 */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

const ANSWER = 'HTTP/1.1 204 No Content\r\n\r\n';
let latencies: number[] = [];

const server = createServer({ noDelay: true }, (socket) => {
  let waiting = '';
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    waiting += chunk;
    for (;;) {
      const end = waiting.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = waiting.slice(0, end);
      const length = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (waiting.length < length) return;
      waiting = waiting.slice(length);
      const sent = Number(/\r\nce-sent: *(\d+)/i.exec(head)?.[1]);
      latencies.push(performance.timeOrigin + performance.now() - sent);
      socket.write(ANSWER);
    }
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', (question) => {
  if (question === 'forget') latencies = [];
  latencies.sort((one, other) => one - other);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? Number.NaN;
  process.send?.({ received: latencies.length, p50: at(0.5), p99: at(0.99) });
});
process.on('disconnect', () => process.exit());
