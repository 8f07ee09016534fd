import type { Receive } from './receive.ts';

/** What is needed of a request of `node:http`. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What is needed of a response of `node:http`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body?: Uint8Array): unknown;
}

/** Serves a web-standard handler on a server of `node:http`: `createServer(nodeListener(receiveEvents(…)))`. */
export function nodeListener(receive: Receive): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => {
    serve(receive, request, response).catch(() => {
      response.writeHead(400, {});
      response.end();
    });
  };
}

async function serve(receive: Receive, request: NodeRequest, response: NodeResponse): Promise<void> {
  const { method = 'GET', headers: given } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one);
  const url = new URL(request.url ?? '/', 'http://localhost');
  const body = method === 'GET' || method === 'HEAD' ? null : streamOf(request);
  // `duplex` is what the standard asks of bodies that are streams; the types of the platform lag behind.
  const init = { method, headers, body, duplex: 'half' } as RequestInit;
  const answer = await receive(new Request(url, init));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(new Uint8Array(await answer.arrayBuffer()));
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
