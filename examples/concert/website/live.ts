/**
 * Live connections: server-sent events to every page that is open.
 *
 * Invariants
 * L1 A connection gets the present state first; after a loss the browser reconnects and gets it again (R14).
 * L2 A purchase's state is made once per change and written to all of its pages.
 * L3 A reader that does not read is cut off; it reconnects by itself.
 */
import type { ServerResponse } from 'node:http';
import type { View } from './view.ts';

/** Bytes that may wait for one slow reader. */
const mostUnread = 64 * 1024;
/** Pages open for one purchase; the oldest gives way. */
const mostPages = 20;
const heartbeatMs = 15_000;

interface Listeners {
  readonly pages: Set<ServerResponse>;
  last: View | undefined;
  /** When a state was last written, by the monotonic clock in ms. */
  sentAt: number;
}

export interface LiveHub {
  /** Number of open connections. */
  readonly connections: number;
  /** Opens a stream to a page. Send the present state with {@link push} afterwards. */
  open(sessionId: string, response: ServerResponse): void;
  has(sessionId: string): boolean;
  /** Writes a state to all pages of its purchase. */
  push(view: View): void;
  /** The purchases with open pages, with the state they were last given. */
  listening(): Iterable<{
    readonly sessionId: string;
    readonly last: View | undefined;
    readonly sentAt: number;
  }>;
  close(): void;
}

/** @param now the service's time in epoch ms, which the heartbeat carries */
export function createLiveHub(now: () => number): LiveHub {
  const bySession = new Map<string, Listeners>();
  let connections = 0;

  const write = (page: ServerResponse, text: string) => {
    if (page.writableLength > mostUnread) page.destroy();
    else page.write(text);
  };
  const heartbeat = setInterval(() => {
    const text = `event: time\ndata: ${now()}\n\n`;
    for (const { pages } of bySession.values()) for (const page of pages) write(page, text);
  }, heartbeatMs);
  heartbeat.unref();

  return {
    get connections() {
      return connections;
    },
    open: (sessionId, response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 1000\n\n');
      response.socket?.setNoDelay(true);
      let listeners = bySession.get(sessionId);
      if (!listeners) {
        listeners = { pages: new Set(), last: undefined, sentAt: Number.NEGATIVE_INFINITY };
        bySession.set(sessionId, listeners);
      }
      const { pages } = listeners;
      for (const oldest of pages) {
        if (pages.size < mostPages) break;
        pages.delete(oldest);
        oldest.end();
      }
      pages.add(response);
      connections += 1;
      // A reset connection is told by `close` too.
      response.on('error', () => undefined);
      response.on('close', () => {
        connections -= 1;
        pages.delete(response);
        if (pages.size === 0 && bySession.get(sessionId)?.pages === pages) bySession.delete(sessionId);
      });
    },
    has: (sessionId) => bySession.has(sessionId),
    push: (view) => {
      const listeners = bySession.get(view.sessionId);
      if (!listeners) return;
      listeners.last = view;
      listeners.sentAt = performance.now();
      const text = `event: state\ndata: ${JSON.stringify(view)}\n\n`;
      for (const page of listeners.pages) write(page, text);
    },
    *listening() {
      for (const [sessionId, { last, sentAt }] of bySession) yield { sessionId, last, sentAt };
    },
    close: () => {
      clearInterval(heartbeat);
      for (const { pages } of bySession.values()) for (const page of pages) page.end();
    },
  };
}
