/** A browser as far as HTTP goes, for tests. */
import type { View } from '../view.ts';

/** The website may be restarted before the next request, so no connection is kept for it. */
export const notKept = { connection: 'close' } as const;

/** Keeps the cookie. */
export interface Browser {
  cookie: string | undefined;
  call(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  /** Begins a purchase and answers its state. */
  begin(): Promise<View>;
  live(): Promise<LivePage>;
}

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & Partial<View> & { readonly state?: View };
  readonly headers: Headers;
}

/** An open stream. */
export interface LivePage {
  readonly states: View[];
  /** The first state, already told or yet to come, that the condition holds for. */
  until(condition: (view: View) => boolean): Promise<View>;
  /** Resolves when the server ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** @param url the website's present address */
export function createBrowser(url: () => string): Browser {
  const browser: Browser = {
    cookie: undefined,
    call: async (method, path, body, headers = {}) => {
      const response = await fetch(`${url()}${path}`, {
        method,
        headers: {
          ...notKept,
          ...(browser.cookie !== undefined && { cookie: browser.cookie }),
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const set = response.headers.get('set-cookie');
      if (set) browser.cookie = set.split(';')[0];
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {} };
    },
    begin: async () => {
      const { body } = await browser.call('POST', '/api/session');
      return body as unknown as View;
    },
    live: () => openLive(`${url()}/api/live`, browser.cookie),
  };
  return browser;
}

async function openLive(url: string, cookie: string | undefined): Promise<LivePage> {
  const cut = new AbortController();
  const response = await fetch(url, { headers: cookie ? { cookie } : {}, signal: cut.signal });
  if (!response.ok || !response.body) throw new Error(`GET /api/live answered ${response.status}`);
  const states: View[] = [];
  const listeners = new Set<() => void>();
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^event: state\ndata: (.*)$/s.exec(event)?.[1];
        if (data !== undefined) states.push(JSON.parse(data) as View);
      }
      for (const listener of listeners) listener();
    }
  };
  // A stream that is cut, by whichever side, has ended.
  const ended = read(response.body).catch(() => undefined);
  return {
    states,
    ended,
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          const found = states.find(condition);
          if (!found) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    close: () => cut.abort(),
  };
}
