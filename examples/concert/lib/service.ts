/** The life of a service: settings, file, clock, outbox and server are opened, and closed in reverse. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { type ControllableClock, createClock } from './clock.ts';
import { type Database, DatabaseError, type Migrations, openDatabase } from './database.ts';
import { createEventOutbox, type EventOutbox, forgetOldEvents } from './events.ts';
import { closeServer, createServer, listen, objectBody, Problem } from './http.ts';
import { type RetryPace, sharedMigrations } from './outbox.ts';
import { type CommonSettings, SettingsError, type SettingsSource } from './settings.ts';

/** What a service is built from. */
export interface Parts {
  readonly app: FastifyInstance;
  readonly database: Database;
  readonly clock: ControllableClock;
  readonly events: EventOutbox;
  readonly log: Logger;
  readonly pace: RetryPace;
  /** A new unguessable id. */
  newId(): string;
  /** From 0 up to 1, for spreading; not for secrets. */
  random(): number;
}

/** What a built service does when it starts and stops. Both may be absent. */
export interface Behaviour {
  /** After the file is open and the routes are made, before the server listens. */
  start?(): void | Promise<void>;
  /** Before the outbox and the file are closed. */
  stop?(): void | Promise<void>;
}

/** A kind of service. */
export interface ServiceDefinition<Settings extends CommonSettings> {
  /** Such as `tickets`; events have the source `/tickets`. */
  readonly name: string;
  readonly migrations: readonly string[];
  build(parts: Parts, settings: Settings): Behaviour | Promise<Behaviour>;
}

/** What tests give instead of the system's. */
export interface Replacements {
  readonly clock?: ControllableClock;
  readonly pace?: RetryPace;
  newId?(): string;
  readonly logTo?: DestinationStream;
}

/** A service that listens. */
export interface RunningService {
  readonly port: number;
  /** Such as `http://127.0.0.1:8082`. */
  readonly url: string;
  readonly clock: ControllableClock;
  readonly database: Database;
  close(): Promise<void>;
}

const usualPace: RetryPace = { firstMs: 100, mostMs: 10_000 };
const inboxSweep = 3_600_000;

/**
 * Opens everything and listens on the loopback.
 * @throws DatabaseError if the file is in use; an Error with code EADDRINUSE if the port is.
 */
export async function startService<Settings extends CommonSettings>(
  definition: ServiceDefinition<Settings>,
  settings: Settings,
  replacements: Replacements = {},
): Promise<RunningService> {
  const log = pino(
    { name: definition.name, level: settings.logLevel },
    replacements.logTo ?? destination({ fd: 2, sync: true }),
  );
  const database = openDatabase(settings.data, [
    sharedMigrations,
    { component: definition.name, steps: definition.migrations } satisfies Migrations,
  ]);
  const clock = replacements.clock ?? createClock();
  const pace = replacements.pace ?? usualPace;
  const newId = replacements.newId ?? randomUUID;
  const warn = (message: string) => log.warn(message);
  const events = createEventOutbox({
    database,
    clock,
    source: `/${definition.name}`,
    brokerUrl: settings.brokerUrl,
    inFlight: settings.inFlight,
    pace,
    newId,
    random: Math.random,
    warn,
  });
  const app = createServer({
    log,
    allowedHosts: settings.allowedHosts,
    allowedOrigins: settings.allowedOrigins,
  });
  let behaviour: Behaviour = {};
  const close = async (): Promise<void> => {
    await closeServer(app);
    await behaviour.stop?.();
    clock.close();
    await events.outbox.close();
    database.close();
  };
  try {
    operatorRoutes(app, settings, clock, events);
    behaviour = await definition.build(
      { app, database, clock, events, log, pace, newId, random: Math.random },
      settings,
    );
    const receiver = { database, clock, reusedIdSources: settings.reusedIdSources };
    const sweep = clock.alarm(
      async () => {
        await forgetOldEvents(receiver);
        sweep.set(clock.now() + inboxSweep);
      },
      (error) => log.error({ err: error }, 'old event ids could not be removed'),
    );
    sweep.set(clock.now() + inboxSweep);
    await app.ready();
    await behaviour.start?.();
    const port = await listen(app, settings.port);
    events.outbox.start();
    return { port, url: `http://127.0.0.1:${port}`, clock, database, close: once(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Health, the outbox and, if settings allow it, the clock. */
function operatorRoutes(
  app: FastifyInstance,
  settings: CommonSettings,
  clock: ControllableClock,
  events: EventOutbox,
): void {
  app.get('/health', async () => ({ status: 'up' }));
  app.get('/outbox', async () => ({
    pending: events.outbox.pending,
    undeliverable: events.outbox.undeliverable(),
  }));
  app.post('/outbox/retry', async () => ({ retried: await events.outbox.sendAgain() }));
  if (settings.clock !== 'controllable') return;
  app.put('/clock', async (request, reply) => {
    const { timestamp } = objectBody(request.body);
    if (
      typeof timestamp !== 'number' ||
      !Number.isInteger(timestamp) ||
      timestamp < 0 ||
      timestamp > 8.64e15
    ) {
      throw new Problem(
        400,
        'badRequest',
        'timestamp must be a date in epoch milliseconds, such as 1790000000000.',
      );
    }
    await clock.moveTo(timestamp);
    return reply.code(204).send();
  });
  app.post('/clock/reset', async (_request, reply) => {
    await clock.reset();
    return reply.code(204).send();
  });
}

/** The parts of the world that a `main.ts` hands over. */
export interface ProcessParts extends SettingsSource {
  print(line: string): void;
  complain(line: string): void;
  exit(code: number): void;
  /** `disconnect`: who started this process by a channel is gone. */
  onSignal(signal: 'SIGTERM' | 'SIGINT' | 'disconnect', run: () => void): void;
}

/**
 * Runs a service as a process: one ready line on stdout, a clean close on SIGTERM and SIGINT within 3 s,
 * and one clear line with exit code 1 for a wrong setting, a port in use or a file in use.
 */
export async function runService<Settings extends CommonSettings>(
  definition: ServiceDefinition<Settings>,
  readSettings: (source: SettingsSource) => Settings,
  world: ProcessParts = nodeProcess(),
): Promise<void> {
  try {
    const settings = readSettings(world);
    const running = await startService(definition, settings);
    const stop = once(async () => {
      const late = setTimeout(() => world.exit(1), 3_000);
      late.unref();
      await running.close();
      world.exit(0);
    });
    for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const)
      world.onSignal(signal, () => void stop());
    world.print(`${definition.name} ready on ${running.url}`);
  } catch (error) {
    world.complain(`${definition.name}: ${plainReason(error)}`);
    world.exit(1);
  }
}

/** The running Node process. */
export function nodeProcess(): ProcessParts {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    exit: (code) => process.exit(code),
    onSignal: (signal, run) => void process.on(signal, run),
  };
}

function plainReason(error: unknown): string {
  if (error instanceof SettingsError || error instanceof DatabaseError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (Reflect.get(error, 'code') === 'EADDRINUSE') {
    return `port ${String(Reflect.get(error, 'port'))} is in use: stop the other program or give another --port.`;
  }
  return error.message;
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
