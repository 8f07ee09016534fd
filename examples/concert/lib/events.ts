/**
 * CloudEvents in and out of a service.
 *
 * Invariants
 * E1. An event is answered with 204 only after its effect is on disk, in one transaction with its (source, id).
 * E2. A repeated (source, id) has no second effect at the same handler.
 * E3. An event that the service emits leaves the outbox with the id it was given when it was appended.
 */
import type { FastifyInstance } from 'fastify';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import { Problem } from './http.ts';
import { createOutbox, type Outbox, outcomeOfStatus, type RetryPace } from './outbox.ts';
import { decodeRequest, encodeRequest, type WireEvent } from './wire.ts';

/** An event that came in, its data decoded to an object. */
export interface ReceivedEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | undefined;
  /** Epoch milliseconds of the attribute `time`. */
  readonly time: number | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is done with an event of some type. */
export interface EventHandler {
  /** Scope of the check for repetition: an event may be wired to several handlers. */
  readonly name: string;
  /** True if the change looks at the state itself and may run again for a repeated event. */
  readonly repeatable?: boolean;
  /** Checks the event and answers the change to be run in the transaction. @throws Problem 400 */
  prepare(event: ReceivedEvent): () => void;
}

/** Handlers by event type; other types are taken and ignored. */
export type EventHandlers = Readonly<Record<string, EventHandler>>;

/** An event that a service makes. */
export interface OutgoingEvent {
  readonly type: string;
  readonly sessionId: string;
  /** Key by which a process finds the event; the session id unless given. */
  readonly correlationKey?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Gives away events: inside `database.write`, so that they go out if and only if the change is kept. */
export interface EventOutbox {
  emit(event: OutgoingEvent): void;
  readonly outbox: Outbox;
}

export interface ReceiverParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Sources that reuse ids: not checked for repetition (R8). */
  readonly reusedIdSources: readonly string[];
}

/** Largest accepted body: a batch of 100 events of 64 KiB would be refused, 100 usual ones are not. */
const eventBodyLimit = 1_048_576;

/**
 * Serves `POST path` for single events (binary, structured) and batches, each path with its own handlers.
 * Answers 204, or 400 with a problem document if an event is malformed (then nothing of the batch is kept).
 */
export function receiveEvents(
  app: FastifyInstance,
  parts: ReceiverParts,
  paths: Readonly<Record<string, EventHandlers>>,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: eventBodyLimit },
      (_request, body, done) => {
        done(null, body);
      },
    );
    for (const [path, handlers] of Object.entries(paths)) {
      scope.post(path, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const events = decodeRequest(request.headers, body);
        const changes = events.flatMap((event) => preparedChange(parts, event, handlers));
        await Promise.all(changes.map((change) => parts.database.write(change)));
        return reply.code(204).send();
      });
    }
  });
}

/** The change for one event with its check for repetition, or nothing if no handler wants it. */
function preparedChange(parts: ReceiverParts, event: WireEvent, handlers: EventHandlers): (() => void)[] {
  const handler = Object.hasOwn(handlers, event.type) ? handlers[event.type] : undefined;
  if (handler === undefined) return [];
  const change = handler.prepare({ ...event, data: dataObject(event) });
  const checked = !parts.reusedIdSources.includes(event.source);
  return [
    () => {
      const first = !checked || remember(parts, handler.name, event);
      if (first || handler.repeatable === true) change();
    },
  ];
}

function remember(parts: ReceiverParts, handler: string, event: WireEvent): boolean {
  const changed = parts.database.run(
    'INSERT OR IGNORE INTO inbox (handler, source, id, received_at) VALUES (?, ?, ?, ?)',
    handler,
    event.source,
    event.id,
    parts.clock.now(),
  );
  return changed === 1;
}

/** Forgets received ids older than `ageMs`: later repeats meet handlers that look at the state. */
export async function forgetOldEvents(parts: ReceiverParts, ageMs = 7 * 86_400_000): Promise<void> {
  await parts.database.write(() => {
    parts.database.run('DELETE FROM inbox WHERE received_at < ?', parts.clock.now() - ageMs);
  });
}

/** Data as an object; text that holds JSON is decoded once more, as senders of 2020 encode twice. */
function dataObject(event: WireEvent): Readonly<Record<string, unknown>> {
  let data = event.data;
  if (typeof data === 'string') {
    try {
      data = JSON.parse(data);
    } catch {
      data = undefined;
    }
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new Problem(400, 'badData', `The data of ${event.type} must be a JSON object.`);
  }
  return data as Record<string, unknown>;
}

/**
 * A text that must be in the data.
 * @throws Problem 400 naming the field, if it is no text of 1 to `most` characters.
 */
export function textField(event: ReceivedEvent, name: string, most = 200): string {
  const value = event.data[name];
  if (typeof value !== 'string' || value.length === 0 || value.length > most) {
    throw new Problem(400, 'badData', `${event.type} needs data.${name}, a text of 1 to ${most} characters.`);
  }
  return value;
}

export interface EventOutboxOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Attribute `source` of all events, such as `/tickets`. */
  readonly source: string;
  readonly brokerUrl: string;
  readonly inFlight: number;
  readonly pace: RetryPace;
  newId(): string;
  random(): number;
  warn(message: string): void;
}

/** An outbox whose items are events for the broker; the lane is the session. */
export function createEventOutbox(options: EventOutboxOptions): EventOutbox {
  const { database, clock, source, brokerUrl, inFlight, pace, random, warn } = options;
  const outbox = createOutbox({
    database,
    name: 'events',
    inFlight,
    pace,
    random,
    warn,
    send: async (item, signal) => {
      const { headers, body } = encodeRequest(item);
      const answer = await fetch(brokerUrl, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.arrayBuffer();
      return outcomeOfStatus(answer.status, answer.headers.get('retry-after'));
    },
  });
  return {
    outbox,
    emit: ({ type, sessionId, correlationKey, data }) => {
      outbox.append(sessionId, {
        specversion: '1.0',
        id: options.newId(),
        source,
        type,
        subject: sessionId,
        partitionkey: sessionId,
        correlationkey: correlationKey ?? sessionId,
        time: new Date(clock.now()).toISOString(),
        datacontenttype: 'application/json',
        data,
      });
    },
  };
}
