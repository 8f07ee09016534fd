import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudEvent,
  CloudEventError,
  fromBatchText,
  fromJsonText,
  toJsonText,
} from '../cloudevents/index.ts';
import { request, type Server, ServerRefusedError } from './client.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { OptionError } from './flags.ts';
import { nameOf, readLines, readText } from './input.ts';
import type { CommandIo } from './io.ts';

/** What the server says of an event that it has taken. */
export interface Receipt {
  readonly source: string;
  readonly id: string;
  readonly sequence: number;
  readonly duplicate: boolean;
}

/** Bounds of one request; the server takes 1000 events and 4 MiB. */
const BATCH_EVENTS = 500;
const BATCH_CHARACTERS = 1024 * 1024;
const LONGEST_LINE = 8 * 1024 * 1024;
/** Attempts while the server has too much to do or is away, and ms between them unless it names them. */
const ATTEMPTS = 8;
const PAUSE_MS = 250;
const MOST_PAUSE_MS = 30_000;

/** Publishes a file batch by batch, in its order. A file named `.json` holds an event or a batch, others one event a line. */
export async function publishFile(
  file: string,
  { server, json }: { readonly server: Server; readonly json: boolean },
  io: CommandIo,
): Promise<ExitCode> {
  const total = { events: 0, repeats: 0, first: 0, last: 0 };
  try {
    for await (const batch of batches(eventsOf(file, io))) {
      for (const receipt of await publishBatch(server, batch)) {
        total.events += 1;
        if (receipt.duplicate) total.repeats += 1;
        else {
          if (total.first === 0) total.first = receipt.sequence;
          total.last = receipt.sequence;
        }
        if (json) io.out(JSON.stringify(receipt));
      }
      io.progress?.(`${total.events} published, ${total.repeats} of them repeats`);
    }
  } catch (error) {
    if (total.events > 0) {
      io.progress?.('');
      io.err(
        `${total.events} events were published before it stopped. Run the same command again when the cause is gone: repeats have no effect.`,
      );
    }
    throw error;
  }
  io.progress?.('');
  if (!json) io.out(summary(total));
  return EXIT.ok;
}

function summary({
  events,
  repeats,
  first,
  last,
}: {
  events: number;
  repeats: number;
  first: number;
  last: number;
}) {
  if (events === 0) return 'There were no events in it.';
  const count = `${events} event${events === 1 ? '' : 's'} published`;
  if (events === repeats) return `${count}, all known already: no effect.`;
  const known = repeats === 0 ? '' : `, ${repeats} of them known already`;
  return `${count}${known}; numbers ${first} to ${last}.`;
}

/** The events of a file, checked, in order. Throws `OptionError` that names the line. */
async function* eventsOf(file: string, io: CommandIo): AsyncGenerator<CloudEvent> {
  if (/\.json$/i.test(file)) {
    const text = await readText(file, io);
    const single = !text.trimStart().startsWith('[');
    yield* reading(file, () => (single ? [fromJsonText(text)] : fromBatchText(text)));
    return;
  }
  let number = 0;
  for await (const line of readLines(file, io, LONGEST_LINE)) {
    number += 1;
    if (line.trim() !== '') yield* reading(`${nameOf(file)}, line ${number}`, () => [fromJsonText(line)]);
  }
}

function reading(place: string, read: () => CloudEvent[]): CloudEvent[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CloudEventError)) throw error;
    const hint = error.code === 'invalidJson' ? ' A file with one event a line must not be named .json.' : '';
    throw new OptionError('--file', `${place}: ${error.message}.${hint}`);
  }
}

async function* batches(events: AsyncIterable<CloudEvent>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let characters = 0;
  for await (const event of events) {
    const text = toJsonText(event);
    if (batch.length > 0 && (batch.length >= BATCH_EVENTS || characters + text.length > BATCH_CHARACTERS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(text);
    characters += text.length;
  }
  if (batch.length > 0) yield batch;
}

/** Sends one batch; again after a while where the server asks for it. Repeats are harmless. */
async function publishBatch(server: Server, events: readonly string[]): Promise<readonly Receipt[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await request(server, '/events', {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: `[${events.join(',')}]`,
      });
      return ((await response.json()) as { accepted: readonly Receipt[] }).accepted;
    } catch (error) {
      const again = error instanceof ServerRefusedError && error.passing && error.status !== 0;
      if (!again || attempt >= ATTEMPTS) throw error;
      await sleep(Math.min(error.retryAfterMs ?? PAUSE_MS * 2 ** (attempt - 1), MOST_PAUSE_MS));
    }
  }
}
