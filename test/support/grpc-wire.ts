import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';

/** gRPC by hand over a real HTTP/2 connection, to send what no client sends. */

export interface WireAnswer {
  /** Of HTTP; undefined if the stream ended without headers. */
  readonly http: number | undefined;
  /** Of gRPC; undefined if there was none. */
  readonly status: number | undefined;
  readonly message: string;
  /** The client's own end of it: it has waited long enough, or the stream was reset. */
  readonly ended: 'answered' | 'too late' | 'reset';
  readonly messages: number;
}

/** A message as it stands on the wire: a flag, its length, its bytes. */
export function framed(bytes: Uint8Array, flag = 0, length = bytes.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flag, 0);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, bytes]);
}

export class Wire {
  readonly session: ClientHttp2Session;

  constructor(address: string) {
    this.session = connect(`http://${address}`);
    // What the server does to the connection is told by the streams.
    this.session.on('error', () => undefined);
  }

  open(path: string, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
    const stream = this.session.request({
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => undefined);
    return stream;
  }

  /** Sends bytes to an rpc, ends the request, and gives the answer until `patienceMs` are over. */
  async send(
    rpc: string,
    bytes: Uint8Array,
    { patienceMs = 3000, headers = {} }: { patienceMs?: number; headers?: Record<string, string> } = {},
  ): Promise<WireAnswer> {
    const stream = this.open(`/gateway_protocol.Gateway/${rpc}`, headers);
    stream.end(bytes);
    return answerOf(stream, patienceMs);
  }

  close(): Promise<void> {
    if (this.session.destroyed) return Promise.resolve();
    const closed = new Promise<void>((resolve) => this.session.once('close', () => resolve()));
    this.session.destroy();
    return closed;
  }
}

export function answerOf(stream: ClientHttp2Stream, patienceMs = 3000): Promise<WireAnswer> {
  return new Promise((resolve) => {
    let http: number | undefined;
    let status: number | undefined;
    let message = '';
    let messages = 0;
    let ended: WireAnswer['ended'] = 'reset';
    const timer = setTimeout(() => {
      ended = 'too late';
      stream.close(constants.NGHTTP2_CANCEL);
    }, patienceMs);
    const read = (headers: Readonly<Record<string, unknown>>) => {
      if (headers['grpc-status'] === undefined) return;
      status = Number(headers['grpc-status']);
      message = decodeURIComponent(String(headers['grpc-message'] ?? ''));
      ended = 'answered';
    };
    stream.on('response', (headers) => {
      http = headers[':status'];
      read(headers);
    });
    stream.on('trailers', read);
    stream.on('data', () => {
      messages += 1;
    });
    stream.on('close', () => {
      clearTimeout(timer);
      resolve({ http, status, message, ended, messages });
    });
  });
}
