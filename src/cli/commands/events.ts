import { type Arguments, timeOf, wholeNumber } from '../arguments.ts';
import { getText, type Server, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { type EventSummary, EventTable, pageOf } from '../event-table.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { FATES } from '../fates.ts';
import { OptionError } from '../flags.ts';
import { type Feed, newEvents } from '../follow.ts';
import type { CommandIo } from '../io.ts';
import type { PlainCommand } from '../spec.ts';
import { dataLines } from '../story.ts';

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
export const events: PlainCommand = {
  summary: 'lists events and what became of them, the newest first; --follow prints those that come',
  options: [
    { flag: '--type', value: 'T', help: 'only those of this type' },
    { flag: '--source', value: 'S', help: 'only those of this source' },
    { flag: '--subject', value: 'S', help: 'only those about this' },
    {
      flag: '--key',
      value: 'K',
      help: 'only those with this correlation key (or subject, if they have none)',
    },
    {
      flag: '--fate',
      value: 'F,F',
      help: 'only those that had one of these fates',
      choices: Object.keys(FATES),
      several: true,
    },
    { flag: '--from', value: 'T', help: 'received since: 2030-01-31T12:00:00Z, or ago: 10m, 2h, 1d' },
    { flag: '--to', value: 'T', help: 'received until' },
    {
      flag: '--limit',
      value: 'N',
      help: `at most so many (default ${LIMIT}; with --follow ${FOLLOWED} to begin with)`,
    },
    {
      flag: '--follow',
      help: 'goes on with new events, in their order, until Ctrl-C; outlives lost connections',
    },
    { flag: '--data', help: 'shows their data too' },
    ...SERVER_OPTIONS,
  ],
  examples: [
    'tutti events --fate failed,deadLettered --from 1h',
    'tutti events --follow --key order-1 --data',
    `tutti events --follow --json | jq -r '.type'`,
  ],
  run: listEvents,
};

async function listEvents(given: Arguments, io: CommandIo): Promise<ExitCode> {
  const server = serverOf(given, io);
  const conditions = conditionsOf(given);
  const fates = given.list('--fate');
  const limit = wholeNumber(given, '--limit', given.has('--follow') ? 0 : 1, 10_000);
  const printer = new Printer(io, server, {
    json: given.has('--json'),
    data: given.has('--data'),
    follow: given.has('--follow'),
  });
  if (!given.has('--follow')) {
    if (fates.length > 0) conditions.set('fate', fates.join(','));
    await printer.show(await newest(server, conditions, limit ?? LIMIT));
    if (printer.count === 0 && !given.has('--json')) {
      io.out(
        conditions.size === 0 ? 'No events yet. Send one: tutti publish Order.Placed' : 'No event matches.',
      );
    }
    return EXIT.ok;
  }
  if (given.has('--to')) throw new OptionError('--to', '--follow goes on for ever; leave out --to.');
  const signal = io.interrupted?.() ?? new AbortController().signal;
  const last = await pageOf(server, new URLSearchParams({ limit: '1' }));
  const after = last.items[0]?.sequence ?? 0;
  const before = new URLSearchParams([...conditions, ['before', String(after + 1)]]);
  if (fates.length > 0) before.set('fate', fates.join(','));
  await printer.show((await newest(server, before, limit ?? FOLLOWED)).reverse());
  printer.beginStream();
  const feed: Feed = { server, conditions, after, signal, say: (line) => io.err(line) };
  for await (const found of newEvents(feed)) {
    await printer.show(found.filter(({ fate }) => fates.length === 0 || fates.includes(fate?.kind ?? '')));
  }
  return EXIT.ok;
}

interface Form {
  readonly json: boolean;
  readonly data: boolean;
  readonly follow: boolean;
}

/** Prints events as they were asked for: a table, with data, or one JSON document a line. */
class Printer {
  count = 0;
  readonly #io: CommandIo;
  readonly #server: Server;
  readonly #as: Form;
  #table: EventTable | undefined;

  constructor(io: CommandIo, server: Server, as: Form) {
    this.#io = io;
    this.#server = server;
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
      const story = this.#as.data
        ? await getText(this.#server, `/api/events/${summary.sequence}`)
        : undefined;
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
async function newest(server: Server, conditions: URLSearchParams, limit: number): Promise<EventSummary[]> {
  const found: EventSummary[] = [];
  const query = new URLSearchParams(conditions);
  while (found.length < limit) {
    const wanted = Math.min(PAGE, limit - found.length);
    query.set('limit', String(wanted));
    const page = await pageOf(server, query);
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
