/** The whole concert in this process: website, tickets and payments service, joined by a broker that only fans out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControllableClock, createClock } from '../../lib/clock.ts';
import { startService } from '../../lib/service.ts';
import { paymentsService } from '../../services/payments/service.ts';
import { readPaymentsSettings } from '../../services/payments/settings.ts';
import { ticketsService } from '../../services/tickets/service.ts';
import { readTicketsSettings } from '../../services/tickets/settings.ts';
import { receivedTypes } from '../inbox.ts';
import { readWebsiteSettings } from '../settings.ts';
import { website } from '../website.ts';
import { bodyOf, open, shut } from './fixture.ts';

export interface Concert {
  readonly url: string;
  readonly paymentsUrl: string;
  readonly clock: ControllableClock;
  close(): Promise<void>;
}

/**
 * Wired as choreography: the services' own events carry the purchase from step to step, without a process.
 * @param port of the website; 0 takes any free one
 * @param seats such as `standing=2,balcony 1=1`
 */
export async function startConcert(seats: string, port = 0): Promise<Concert> {
  const folder = mkdtempSync(join(tmpdir(), 'concert-all-'));
  const clock = createClock();
  const sinks = new Map<string, string[]>();
  const broker = createServer(async (request, response) => {
    const type = String(request.headers['ce-type']);
    const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const body = await bodyOf(request);
    const deliveries = (sinks.get(type) ?? []).map((sink) =>
      fetch(sink, { method: 'POST', headers: headers as Record<string, string>, body }),
    );
    const answers = await Promise.allSettled(deliveries);
    const taken = answers.every((answer) => answer.status === 'fulfilled' && answer.value.ok);
    response.writeHead(taken ? 202 : 503).end();
  });
  const brokerUrl = `http://127.0.0.1:${await open(broker, 0)}/events`;
  const source = (settings: Record<string, string | number>) => ({
    env: {},
    argv: Object.entries({
      'broker-url': brokerUrl,
      clock: 'controllable',
      'log-level': 'silent',
      ...settings,
    }).map(([name, value]) => `--${name}=${value}`),
  });
  // Each service closes its clock when it stops; the alarms of the others must go on until they stop too.
  const replacements = {
    clock: { ...bound(clock), close: () => undefined },
    pace: { firstMs: 5, mostMs: 50 },
  };
  // The website's address must be known to both services before it runs.
  const probe = createServer();
  const sitePort = await open(probe, port);
  await shut(probe);
  const url = `http://127.0.0.1:${sitePort}`;
  const payments = await startService(
    paymentsService,
    readPaymentsSettings(source({ port: 0, data: join(folder, 'payments.db'), 'shop-origins': url })),
    replacements,
  );
  const tickets = await startService(
    ticketsService,
    readTicketsSettings(
      source({
        port: 0,
        data: join(folder, 'tickets.db'),
        'payments-url': payments.url,
        'return-url': url,
        seats,
      }),
    ),
    replacements,
  );
  const site = await startService(
    website,
    readWebsiteSettings(
      source({
        port: sitePort,
        data: join(folder, 'website.db'),
        'tickets-url': tickets.url,
        'payments-public-url': payments.url,
      }),
    ),
    replacements,
  );
  const wire = (sink: string, ...types: readonly string[]) => {
    for (const type of types) sinks.set(type, [...(sinks.get(type) ?? []), sink]);
  };
  wire(`${tickets.url}/queue`, 'Tickets.CustomerQueueJoined');
  wire(`${tickets.url}/abandon`, 'Queue.CustomerAbandoned');
  wire(`${tickets.url}/requests`, 'Tickets.Requested');
  wire(`${tickets.url}/checkout`, 'Tickets.Reserved');
  wire(`${tickets.url}/tickets/emit`, 'Payments.Authorized');
  wire(`${site.url}/events`, ...receivedTypes);
  return {
    url: site.url,
    paymentsUrl: payments.url,
    clock,
    close: async () => {
      await site.close();
      await tickets.close();
      await payments.close();
      clock.close();
      await shut(broker);
      rmSync(folder, { recursive: true });
    },
  };
}

/** The clock's methods as own properties, so that one of them can be replaced. */
function bound(clock: ControllableClock): ControllableClock {
  return {
    now: () => clock.now(),
    alarm: (ring, onError) => clock.alarm(ring, onError),
    moveTo: (time) => clock.moveTo(time),
    reset: () => clock.reset(),
    close: () => clock.close(),
  };
}
