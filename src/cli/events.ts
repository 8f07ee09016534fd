import { unknownMessage } from '../config/index.ts';
import { type Arguments, readArguments, timeOf, wholeNumber } from './arguments.ts';
import { getText, serverOf } from './client.ts';
import { type EventSummary, EventTable, pageOf } from './event-table.ts';
import { EXIT } from './exit-codes.ts';
import { FATES } from './fates.ts';
import { OptionError } from './flags.ts';
import { type Feed, newEvents } from './follow.ts';
import type { Command, CommandIo } from './run.ts';
import { dataLines, storyLines } from './story.ts';

const LIMIT = 20;
const FOLLOWED = 10;
const PAGE = 200;

/** Options that become conditions of the search, under the server's names. */
const CONDITIONS = [
  ['--type', 'type'],
  ['--source', 'source'],
  ['--subject', 'subject'],
  ['--key', 'correlationKey'],
] as const;

/** `tutti events`: the newest first; with `--follow` the last few, then each that comes. */
export const events: Command = async (args, io) => {
  const given = readArguments(args, {
    values: ['--url', '--from', '--to', '--limit', '--fate', ...CONDITIONS.map(([flag]) => flag)],
    switches: ['--follow', '--data', '--json'],
  });
  const url = serverOf(given, io);
  const conditions = conditionsOf(given);
  const fates = fatesOf(given);
  const limit = wholeNumber(given, '--limit', given.has('--follow') ? 0 : 1, 10_000);
  const printer = new Printer(io, url, {
    json: given.has('--json'),
    data: given.has('--data'),
    follow: given.has('--follow'),
  });
  if (!given.has('--follow')) {
    if (fates.length > 0) conditions.set('fate', fates.join(','));
    await printer.show(await newest(url, conditions, limit ?? LIMIT));
    if (printer.count === 0 && !given.has('--json')) {
      io.out(
        conditions.size === 0 ? 'No events yet. Send one: tutti publish Order.Placed' : 'No event matches.',
      );
    }
    return EXIT.ok;
  }
  if (given.has('--to')) throw new OptionError('--to', '--follow goes on for ever; leave out --to.');
  const signal = io.interrupted?.() ?? new AbortController().signal;
  const last = await pageOf(url, new URLSearchParams({ limit: '1' }));
  const after = last.items[0]?.sequence ?? 0;
  const before = new URLSearchParams([...conditions, ['before', String(after + 1)]]);
  if (fates.length > 0) before.set('fate', fates.join(','));
  await printer.show((await newest(url, before, limit ?? FOLLOWED)).reverse());
  printer.beginStream();
  const feed: Feed = { url, conditions, after, signal, say: (line) => io.err(line) };
  for await (const found of newEvents(feed)) {
    await printer.show(found.filter(({ fate }) => fates.length === 0 || fates.includes(fate?.kind ?? '')));
  }
  return EXIT.ok;
};

/** `tutti event SEQUENCE` or `tutti event --source SOURCE --id ID`. */
export const event: Command = async (args, io) => {
  const given = readArguments(args, {
    values: ['--url', '--source', '--id'],
    switches: ['--json'],
    words: { name: 'SEQUENCE', least: 0, most: 1 },
  });
  const [sequence] = given.words;
  const source = given.one('--source');
  const id = given.one('--id');
  const byName = source !== undefined && id !== undefined;
  if (byName === (sequence !== undefined) || (sequence !== undefined && !/^\d{1,16}$/.test(sequence))) {
    throw new OptionError('SEQUENCE', 'Name the event by its SEQUENCE, or by --source and --id.');
  }
  const path = byName ? `lookup?${new URLSearchParams({ source, id })}` : sequence;
  const text = await getText(serverOf(given, io), `/api/events/${path}`);
  for (const line of given.has('--json') ? [text] : storyLines(io, text)) io.out(line);
  return EXIT.ok;
};

interface Form {
  readonly json: boolean;
  readonly data: boolean;
  readonly follow: boolean;
}

/** Prints events as they were asked for: a table, with data, or one JSON document a line. */
class Printer {
  count = 0;
  readonly #io: CommandIo;
  readonly #url: string;
  readonly #as: Form;
  #table: EventTable | undefined;

  constructor(io: CommandIo, url: string, as: Form) {
    this.#io = io;
    this.#url = url;
    this.#as = as;
  }

  /** Says that rows come one by one from now on. */
  beginStream(): void {
    if (!this.#as.json) this.#table ??= this.#begin([]);
  }

  async show(events: readonly EventSummary[]): Promise<void> {
    this.count += events.length;
    if (events.length > 0 && !this.#as.json) this.#table ??= this.#begin(events);
    for (const summary of events) {
      const story = this.#as.data ? await getText(this.#url, `/api/events/${summary.sequence}`) : undefined;
      if (this.#as.json) this.#io.out(story ?? JSON.stringify(summary));
      else {
        if (this.#table !== undefined) this.#io.out(this.#table.line(summary));
        if (story !== undefined) for (const line of dataLines(story)) this.#io.out(`    ${line}`);
      }
    }
  }

  #begin(events: readonly EventSummary[]): EventTable {
    const table = new EventTable(this.#io, events, this.#as.follow);
    this.#io.out(table.head());
    return table;
  }
}

/** At most `limit` events, the newest first. */
async function newest(url: string, conditions: URLSearchParams, limit: number): Promise<EventSummary[]> {
  const found: EventSummary[] = [];
  const query = new URLSearchParams(conditions);
  while (found.length < limit) {
    const wanted = Math.min(PAGE, limit - found.length);
    query.set('limit', String(wanted));
    const page = await pageOf(url, query);
    found.push(...page.items);
    if (page.next === undefined) break;
    query.set('before', String(page.next));
  }
  return found;
}

function conditionsOf(given: Arguments): URLSearchParams {
  const query = new URLSearchParams();
  for (const [flag, name] of CONDITIONS) {
    const value = given.one(flag);
    if (value !== undefined) query.set(name, value);
  }
  for (const name of ['from', 'to']) {
    const time = timeOf(given, `--${name}`, Date.now());
    if (time !== undefined) query.set(name, time);
  }
  return query;
}

/** `--fate failed,expired`; also given several times. */
function fatesOf(given: Arguments): string[] {
  const kinds = given.all('--fate').flatMap((text) => text.split(','));
  const known = Object.keys(FATES);
  const wrong = kinds.find((kind) => !known.includes(kind));
  if (wrong !== undefined) {
    throw new OptionError('--fate', unknownMessage(`There is no fate '${wrong}'`, wrong, known));
  }
  return kinds;
}
