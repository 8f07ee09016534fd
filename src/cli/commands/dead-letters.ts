import { type Arguments, wholeNumber } from '../arguments.ts';
import { call, type Server, ServerRefusedError, send, serverOf } from '../client.ts';
import { limitOption, SERVER_OPTIONS } from '../common-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import type { CommandIo } from '../io.ts';
import { printTable } from '../print-table.ts';
import type { GroupCommand, OptionSpec, WordSpec } from '../spec.ts';
import type { Column } from '../table.ts';
import { localTime } from '../terminal.ts';

interface DeadLetter {
  readonly id: number;
  readonly sequence: number;
  readonly type: string;
  readonly sink: string;
  readonly subscriptionId?: string;
  readonly attempts: number;
  readonly time: string;
  readonly reason: string;
}

const PAGE = 200;
const LIMIT = 20;
const COLUMNS: readonly Column[] = [
  { title: 'id', least: 4 },
  { title: 'given up', least: 19 },
  { title: 'event', least: 5 },
  { title: 'type', least: 12 },
  { title: 'sink', least: 14 },
  { title: 'why', least: 16 },
];

const SUBSCRIPTION: OptionSpec = {
  flag: '--subscription',
  value: 'ID',
  help: 'only those of this subscription',
};
const IDS: WordSpec = { name: 'ID', help: 'of a dead letter', least: 0, most: 1000 };
const ALL: OptionSpec = { flag: '--all', help: 'all of them, the oldest first' };

/** `tutti dead-letters [list|resend|discard]`. */
export const deadLetters: GroupCommand = {
  summary: 'lists deliveries that were given up, sends them again or discards them',
  actions: {
    list: {
      summary: 'lists them, the newest first',
      options: [{ flag: '--all', help: 'all of them' }, limitOption(LIMIT), SUBSCRIPTION, ...SERVER_OPTIONS],
      run: (given, io) => list(serverOf(given, io), given, io),
    },
    resend: {
      summary: 'sends them again',
      words: [IDS],
      options: [ALL, SUBSCRIPTION, ...SERVER_OPTIONS],
      run: (given, io) => change('resend', given, io),
    },
    discard: {
      summary: 'forgets them',
      words: [IDS],
      options: [ALL, SUBSCRIPTION, ...SERVER_OPTIONS],
      run: (given, io) => change('discard', given, io),
    },
  },
  examples: ['tutti dead-letters', 'tutti dead-letters resend --all --subscription ID'],
};

async function change(action: 'resend' | 'discard', given: Arguments, io: CommandIo): Promise<ExitCode> {
  const ids = given.words;
  if (given.has('--all') === ids.length > 0) {
    throw new OptionError('ID', `Name the ids to ${action}, or --all.`);
  }
  const wrong = ids.find((id) => !/^\d{1,15}$/.test(id));
  if (wrong !== undefined)
    throw new OptionError(wrong, `'${wrong}' is no id of a dead letter; they are numbers.`);
  const server = serverOf(given, io);
  const chosen = given.has('--all')
    ? (await all(server, given.one('--subscription'))).reverse().map(({ id }) => String(id))
    : ids;
  return each(action, chosen, server, given.has('--json'), io);
}

async function list(server: Server, given: Arguments, io: CommandIo): Promise<ExitCode> {
  const limit = given.has('--all')
    ? Number.POSITIVE_INFINITY
    : (wholeNumber(given, '--limit', 1, 100_000) ?? LIMIT);
  const letters = await all(server, given.one('--subscription'), limit);
  if (given.has('--json')) {
    for (const letter of letters) io.out(JSON.stringify(letter));
    return EXIT.ok;
  }
  if (letters.length === 0) {
    io.out('No dead letters: every delivery has arrived or is still being tried.');
    return EXIT.ok;
  }
  printTable(
    io,
    COLUMNS,
    letters.map(({ id, time, sequence, type, sink, reason }) => [
      String(id),
      localTime(time),
      String(sequence),
      type,
      sink,
      reason,
    ]),
  );
  return EXIT.ok;
}

/** Dead letters, the newest first. */
async function all(
  server: Server,
  subscription: string | undefined,
  limit = Number.POSITIVE_INFINITY,
): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for (let before: number | undefined; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (before !== undefined) query.set('before', String(before));
    const { items } = (await call(server, `/api/dead-letters?${query}`, {})) as {
      items: readonly DeadLetter[];
    };
    for (const letter of items) {
      if (subscription === undefined || letter.subscriptionId === subscription) found.push(letter);
    }
    before = items.at(-1)?.id;
    if (before === undefined || items.length < PAGE || found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** One after the other, the oldest first, so that receivers get them in order. What was refused is told at the end. */
async function each(
  action: 'resend' | 'discard',
  ids: readonly string[],
  server: Server,
  json: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  let done = 0;
  let refused = 0;
  for (const id of ids) {
    try {
      if (action === 'resend') await send(server, `/api/dead-letters/${id}/resend`, 'POST');
      else await send(server, `/api/dead-letters/${id}`, 'DELETE');
      done += 1;
      if (json) io.out(JSON.stringify({ id: Number(id), done: true }));
    } catch (error) {
      if (!(error instanceof ServerRefusedError) || error.passing) throw error;
      refused += 1;
      io.progress?.('');
      io.err(`${id}: ${error.message}`);
      if (json) io.out(JSON.stringify({ id: Number(id), done: false, reason: error.message }));
    }
    io.progress?.(`${done} of ${ids.length}`);
  }
  io.progress?.('');
  const what = action === 'resend' ? 'on the way again' : 'discarded';
  if (!json) {
    io.out(
      ids.length === 0 ? 'There are no dead letters.' : `${done} of ${ids.length} dead letters ${what}.`,
    );
  }
  return refused === 0 ? EXIT.ok : EXIT.server;
}
