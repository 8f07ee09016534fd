import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { forgetEndedStreams, forgetStreamsOf } from './ended-streams.ts';

interface Session {
  readonly client: ClientHttp2Session;
  readonly session: ServerHttp2Session;
  /** What the server got, in order. */
  readonly streams: readonly ServerHttp2Stream[];
}

async function withSession(work: (session: Session) => Promise<void>): Promise<void> {
  const server = createServer();
  const streams: ServerHttp2Stream[] = [];
  server.on('session', (session) => assert.ok(forgetStreamsOf(session)));
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    streams.push(stream);
    stream.on('data', () => undefined);
    if (headers[':path'] === '/answered') stream.respond({ ':status': 200 }, { endStream: true });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const opened = once(server, 'session');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [session] = (await opened) as [ServerHttp2Session];
  try {
    await work({ client, session, streams });
  } finally {
    client.destroy();
    server.close();
  }
}

async function answered(client: ClientHttp2Session): Promise<void> {
  const request = client.request({ ':path': '/answered' });
  request.resume();
  await once(request, 'close');
}

function round(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

describe('ended streams', () => {
  test('have let go of their listeners, and open ones have not', () =>
    withSession(async ({ client, streams }) => {
      const open = client.request({ ':path': '/open' });
      await answered(client);
      while (streams.length < 2 || !streams[1]?.destroyed) await round();
      await round();
      const [first, second] = streams;
      assert.equal(second?.listenerCount('data'), 0);
      assert.equal(first?.listenerCount('data'), 1);
      // Whoever still tells an ended stream of an error brings nobody down.
      assert.doesNotThrow(() => second?.emit('error', new Error('late')));
      open.destroy();
    }));

  test('are not counted among those that a session ends with it', () =>
    withSession(async ({ client, session, streams }) => {
      for (let n = 0; n < 100; n++) await answered(client);
      const open = client.request({ ':path': '/open' });
      open.on('error', () => undefined);
      while (streams.length < 101) await round();
      const last = streams.at(-1);
      const closed = once(last as ServerHttp2Stream, 'close');
      session.destroy();
      await closed;
      assert.ok(last?.destroyed);
    }));

  test('of a server of grpc-js are forgotten', async () => {
    const server = new Server();
    await new Promise<void>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error) =>
        error ? reject(error) : resolve(),
      ),
    );
    assert.ok(forgetEndedStreams(server));
    server.forceShutdown();
  });
});
