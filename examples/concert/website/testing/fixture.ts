/** The website in this process, on real HTTP and SQLite, between a recording broker and a tickets service's answers. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControllableClock, createClock } from '../../lib/clock.ts';
import { type RunningService, startService } from '../../lib/service.ts';
import type { Offer, Place } from '../desk.ts';
import { website } from '../website.ts';
import { type Browser, createBrowser, notKept } from './browser.ts';

/** An event that the website sent to the broker. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly correlationkey: string;
  readonly data: Record<string, unknown>;
}

/** What the tickets service answers; change it at will. */
export interface DeskAnswers {
  offer: Offer;
  readonly places: Map<string, Place>;
  waiting: string[];
  size: number;
  exitsPerMinute: number;
  seats: { total: number; held: number; sold: number; left: number };
  /** The questions that were asked, as `METHOD path`. */
  readonly asked: string[];
}

export interface Fixture {
  readonly url: string;
  readonly clock: ControllableClock;
  readonly folder: string;
  readonly desk: DeskAnswers;
  readonly sent: SentEvent[];
  /** Resolves when an event of that type for that session has reached the broker. */
  sentEvent(type: string, sessionId: string): Promise<SentEvent>;
  /** An event from another service; answers the status. */
  tell(type: string, data: object, attributes?: Record<string, string>): Promise<number>;
  browser(): Browser;
  closeDesk(): Promise<void>;
  openDesk(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

const usualOffer: Offer = {
  currency: 'EUR',
  maxPerPurchase: 10,
  types: [
    { ticketsType: 'standing', label: 'Standing', price: 123.5, total: 100, left: 64 },
    { ticketsType: 'balcony 1', label: 'Left balcony', price: 149, total: 40, left: 7 },
    { ticketsType: 'balcony 2', label: 'Right balcony', price: 149, total: 40, left: 0 },
    { ticketsType: 'far away', label: 'Far away', price: 68.5, total: 20, left: 12 },
  ],
};

export async function startFixture(
  options: { port?: number; paymentsPublicUrl?: string } = {},
): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'concert-website-'));
  const clock = createClock();
  const sent: SentEvent[] = [];
  const listeners = new Set<() => void>();
  const broker = createServer(async (request, response) => {
    const data = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
    const attribute = (name: string) => String(request.headers[`ce-${name}`] ?? '');
    sent.push({
      id: attribute('id'),
      type: attribute('type'),
      source: attribute('source'),
      subject: attribute('subject'),
      correlationkey: attribute('correlationkey'),
      data,
    });
    response.writeHead(202).end();
    for (const listener of listeners) listener();
  });
  const brokerUrl = `http://127.0.0.1:${await open(broker, 0)}/events`;
  const desk: DeskAnswers = {
    offer: usualOffer,
    places: new Map(),
    waiting: [],
    size: 2_409,
    exitsPerMinute: 120,
    seats: { total: 200, held: 21, sold: 96, left: 83 },
    asked: [],
  };
  let tickets = deskServer(desk);
  const ticketsPort = await open(tickets, 0);
  const settings = {
    port: options.port ?? 0,
    data: join(folder, 'website.db'),
    brokerUrl,
    clock: 'controllable',
    allowedOrigins: [],
    allowedHosts: [],
    reusedIdSources: [],
    inFlight: 32,
    logLevel: 'silent',
    ticketsUrl: `http://127.0.0.1:${ticketsPort}`,
    paymentsPublicUrl: options.paymentsPublicUrl ?? 'http://payments.example',
    reminderEvery: 'PT45S',
    secureCookie: false,
  } as const;
  const startWebsite = (port: number): Promise<RunningService> =>
    startService(website, { ...settings, port }, { clock, pace: { firstMs: 5, mostMs: 20 } });
  let running = await startWebsite(settings.port);

  const fixture: Fixture = {
    url: running.url,
    clock,
    folder,
    desk,
    sent,
    sentEvent: (type, sessionId) =>
      new Promise((resolve) => {
        const look = () => {
          const found = sent.find((event) => event.type === type && event.subject === sessionId);
          if (!found) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    tell: async (type, data, attributes = {}) => {
      const headers = {
        'ce-specversion': '1.0',
        'ce-id': randomUUID(),
        'ce-source': '/tickets',
        'ce-type': type,
        'content-type': 'application/json',
        ...notKept,
        ...attributes,
      };
      const response = await fetch(`${running.url}/events`, {
        method: 'POST',
        headers,
        body: JSON.stringify(data),
      });
      await response.arrayBuffer();
      return response.status;
    },
    browser: () => createBrowser(() => running.url),
    closeDesk: () => shut(tickets),
    openDesk: async () => {
      tickets = deskServer(desk);
      await open(tickets, ticketsPort);
    },
    restart: async () => {
      const { port } = running;
      await running.close();
      running = await startWebsite(port);
    },
    close: async () => {
      await running.close();
      await shut(broker);
      await shut(tickets);
      rmSync(folder, { recursive: true });
    },
  };
  return fixture;
}

/** Answers the queue and offer calls of the contract. */
function deskServer(desk: DeskAnswers): Server {
  return createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://desk');
    desk.asked.push(`${request.method} ${url.pathname}`);
    const answer = deskAnswer(desk, url, await bodyOf(request));
    response
      .writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer ?? {}));
  });
}

function deskAnswer(desk: DeskAnswers, url: URL, body: string): object | undefined {
  switch (url.pathname) {
    case '/offer':
      return desk.offer;
    case '/stats':
      return { seats: desk.seats, waiting: desk.size, buying: 12 };
    case '/queue': {
      const sessions = url.searchParams.has('limit') ? { sessions: desk.waiting } : {};
      return { size: desk.size, buying: 12, exitsPerMinute: desk.exitsPerMinute, ...sessions };
    }
    case '/queue/positions': {
      const { sessionIds } = JSON.parse(body) as { sessionIds: string[] };
      const unknown = { state: 'unknown', position: -1, size: desk.size, waitSeconds: null };
      return { positions: Object.fromEntries(sessionIds.map((id) => [id, desk.places.get(id) ?? unknown])) };
    }
    default:
      return undefined;
  }
}

/** The text of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

/** Listens on the loopback; answers the port. */
export function open(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Cuts all connections and closes. */
export function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
