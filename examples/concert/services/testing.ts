/** For tests: the tickets and payments services, really served, with files of their own and one clock. */
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControllableClock, createClock } from '../lib/clock.ts';
import { type RecordingBroker, startRecordingBroker } from '../lib/recording-broker.ts';
import { type RunningService, startService } from '../lib/service.ts';
import type { WireEvent } from '../lib/wire.ts';
import { paymentsService } from './payments/service.ts';
import { readPaymentsSettings } from './payments/settings.ts';
import { ticketsService } from './tickets/service.ts';
import { readTicketsSettings } from './tickets/settings.ts';

/** A moment in 2026: tests say what happens after it. */
export const saleOpens = Date.UTC(2026, 10, 23, 9);

/** Header of requests whose connection is not kept: the service may be restarted before the next one. */
export const notKept = { connection: 'close' } as const;

/** Settings as on the command line, without dashes: `{ 'turn-seconds': 60 }`. */
export type TestSettings = Readonly<Record<string, string | number>>;

export interface World {
  readonly broker: RecordingBroker;
  readonly clock: ControllableClock;
  readonly folder: string;
  /** All that the services logged. */
  readonly logged: () => string;
  readonly tickets: () => RunningService;
  readonly payments: () => RunningService;
  /** Sends an event in binary mode; answers the status. */
  send(
    path: string,
    type: string,
    data: unknown,
    more?: { id?: string; time?: string; to?: 'payments' },
  ): Promise<number>;
  /** The object of a GET. */
  ask(path: string, of?: 'payments'): Promise<Record<string, unknown>>;
  /** Waits until a GET of the tickets service satisfies. */
  untilAnswer(path: string, satisfied: (answer: Record<string, unknown>) => boolean): Promise<void>;
  /** Moves the clock on. */
  pass(seconds: number): Promise<void>;
  /** Data of the events of a type that the broker has, waiting for `count` of them. */
  told(type: string, count: number): Promise<readonly WireEvent[]>;
  /** Stops a service and starts it on its file; `killed`: on the file as it was before the stop. */
  restart(which: 'tickets' | 'payments', how: 'closed' | 'killed'): Promise<void>;
  close(): Promise<void>;
}

/** Opens a world; close it in the end. */
export async function openWorld(
  settings: { tickets?: TestSettings; payments?: TestSettings } = {},
): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'concert-'));
  const broker = await startRecordingBroker();
  const clock = createClock();
  await clock.moveTo(saleOpens);
  const lines: string[] = [];
  let life = 0;
  const files = { tickets: join(folder, 'tickets.sqlite'), payments: join(folder, 'payments.sqlite') };
  const replacements = {
    clock: notClosed(clock),
    pace: { firstMs: 5, mostMs: 20 },
    logTo: { write: (line: string) => void lines.push(line) },
  };
  const common = { 'broker-url': broker.url, clock: 'controllable' };
  const startPayments = (port: number) =>
    startService(
      paymentsService,
      readPaymentsSettings(source({ ...common, port, data: files.payments, ...settings.payments })),
      { ...replacements, clock: notClosed(clock) },
    );
  const startTickets = (port: number) =>
    startService(
      ticketsService,
      readTicketsSettings(
        source({
          ...common,
          port,
          data: files.tickets,
          'payments-url': payments.url,
          'return-url': 'http://127.0.0.1:8090/',
          ...settings.tickets,
        }),
      ),
      { ...replacements, clock: notClosed(clock) },
    );
  let payments = await startPayments(0);
  let tickets = await startTickets(0);
  const base = (of: 'payments' | undefined) => (of === undefined ? tickets.url : payments.url);
  const world: World = {
    broker,
    clock,
    folder,
    logged: () => lines.join(''),
    tickets: () => tickets,
    payments: () => payments,
    send: async (path, type, data, more = {}) => {
      const response = await fetch(base(more.to) + path, {
        method: 'POST',
        headers: {
          ...notKept,
          'content-type': 'application/json',
          'ce-specversion': '1.0',
          'ce-id': more.id ?? randomUUID(),
          'ce-source': '/test',
          'ce-type': type,
          ...(more.time === undefined ? {} : { 'ce-time': more.time }),
        },
        body: JSON.stringify(data),
      });
      await response.arrayBuffer();
      return response.status;
    },
    ask: async (path, of) => {
      const response = await fetch(base(of) + path, { headers: notKept });
      return (await response.json()) as Record<string, unknown>;
    },
    untilAnswer: async (path, satisfied) => {
      let good = false;
      let asking = false;
      await broker.until(() => {
        if (!asking && !good) {
          asking = true;
          void world.ask(path).then((answer) => {
            good = satisfied(answer);
            asking = false;
          });
        }
        return good;
      }, `${path} to satisfy`);
    },
    pass: (seconds) => clock.moveTo(clock.now() + seconds * 1_000),
    told: (type, count) =>
      broker.until(() => {
        const events = broker.ofType(type);
        return events.length >= count && events;
      }, `${count} x ${type}`),
    restart: async (which, how) => {
      const running = which === 'tickets' ? tickets : payments;
      const file = files[which];
      if (how === 'killed') {
        life += 1;
        const image = join(folder, `${which}-${life}.sqlite`);
        for (const suffix of ['', '-wal']) {
          if (existsSync(file + suffix)) copyFileSync(file + suffix, image + suffix);
        }
        files[which] = image;
      }
      await running.close();
      if (which === 'tickets') tickets = await startTickets(running.port);
      else payments = await startPayments(running.port);
    },
    close: async () => {
      await tickets.close();
      await payments.close();
      clock.close();
      await broker.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Runs a test in a world of its own. */
export async function withWorld(
  settings: Parameters<typeof openWorld>[0],
  run: (world: World) => Promise<void>,
): Promise<void> {
  const world = await openWorld(settings);
  try {
    await run(world);
  } finally {
    await world.close();
  }
}

/** The data of an event that must be there. */
export function dataOf(event: WireEvent | undefined): Record<string, unknown> {
  if (event === undefined) throw new Error('the event is missing');
  return event.data as Record<string, unknown>;
}

/** Names of the files of a world, to look for what must not be in them. */
export function filesOf(world: World): readonly string[] {
  return readdirSync(world.folder).map((name) => join(world.folder, name));
}

function source(settings: TestSettings): { argv: string[]; env: Record<string, never> } {
  return { argv: Object.entries(settings).map(([name, value]) => `--${name}=${value}`), env: {} };
}

/** The same clock for all lives of all services: closing a service closes its own alarms only. */
function notClosed(clock: ControllableClock): ControllableClock {
  const alarms = new Set<{ close(): void }>();
  return {
    now: () => clock.now(),
    alarm: (ring, onError) => {
      const alarm = clock.alarm(ring, onError);
      alarms.add(alarm);
      return alarm;
    },
    moveTo: (time) => clock.moveTo(time),
    reset: () => clock.reset(),
    close: () => {
      for (const alarm of alarms) alarm.close();
      alarms.clear();
    },
  };
}
