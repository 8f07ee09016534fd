import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface RawSink {
  readonly url: string;
  readonly requests: readonly RawRequest[];
  answer: (response: ServerResponse, request: RawRequest) => void;
}

/** A server that takes whatever comes, as a sink, a token endpoint, or a sink that is asked for its consent. */
export async function openRawSink(t: TestContext, answer: RawSink['answer']): Promise<RawSink> {
  const requests: RawRequest[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(parts).toString() };
      requests.push(one);
      sink.answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: RawSink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sink?a=b`,
    requests,
    answer,
  };
  t.after(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return sink;
}
