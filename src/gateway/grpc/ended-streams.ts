import type { Http2Server, Http2Stream, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

// A call is over in milliseconds, but a tenth of the server's CPU went into collecting what was left of it. A map of V8 whose
// entries come and go lays its table out anew now and then; the old table, grown old, leads to the new one, and all that
// was in both stays until the whole heap is collected. Node keeps the streams of a session in such a map, and
// a stream's listeners keep the call.

/**
 * Lets ended streams and their calls be collected soon. Call it when the server is bound. Answers false where grpc-js
 * keeps its servers, or Node its streams, in another way: all works as well then, with more garbage to collect.
 */
export function forgetEndedStreams(server: Server): boolean {
  const { http2Servers } = server as unknown as { readonly http2Servers?: ReadonlyMap<Http2Server, unknown> };
  for (const http2Server of http2Servers?.keys() ?? []) http2Server.on('session', forgetStreamsOf);
  return (http2Servers?.size ?? 0) > 0;
}

/** The same for one session that is new; false if Node keeps its streams in another way. */
export function forgetStreamsOf(session: ServerHttp2Session): boolean {
  const symbol = Object.getOwnPropertySymbols(session).find(({ description }) => description === 'state');
  const state =
    symbol &&
    (session as unknown as Record<symbol, { streams?: { readonly size?: number } } | undefined>)[symbol];
  if (state?.streams?.size !== 0) return false;
  state.streams = new OpenStreams();
  return true;
}

interface Box {
  stream: Http2Stream | undefined;
}

/** What Node uses of a map, over boxes. */
class OpenStreams extends Map<number, unknown> {
  /** Those that ended in this round of the event loop. */
  #ended: Http2Stream[] = [];

  override get(id: number): Http2Stream | undefined {
    return (super.get(id) as Box | undefined)?.stream;
  }

  override set(id: number, stream: Http2Stream): this {
    return super.set(id, { stream } satisfies Box);
  }

  override delete(id: number): boolean {
    const box = super.get(id) as Box | undefined;
    if (box?.stream === undefined) return false;
    if (this.#ended.length === 0) setImmediate(() => this.#forget());
    this.#ended.push(box.stream);
    box.stream = undefined;
    return super.delete(id);
  }

  override forEach(visit: (stream: unknown, id: number, map: Map<number, unknown>) => void): void {
    super.forEach((box, id) => void visit((box as Box).stream, id, this));
  }

  /** An ended stream hears of nothing any more; its listeners hold the whole call. */
  #forget(): void {
    const ended = this.#ended;
    this.#ended = [];
    for (const stream of ended)
      if (stream.closed && stream.destroyed) stream.removeAllListeners().on('error', ignore);
  }
}

function ignore(): void {}
