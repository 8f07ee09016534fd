import { unknownMessage } from '../config/index.ts';
import { type Arguments, readArguments, wholeNumber } from './arguments.ts';
import { call, ServerRefusedError, send, serverOf } from './client.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { OptionError } from './flags.ts';
import type { Command, CommandIo } from './run.ts';
import { type Column, cellsOf, lineOf, widthsOf } from './table.ts';
import { localTime, paint, printable } from './terminal.ts';

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

const ACTIONS = ['list', 'resend', 'discard'] as const;
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

/** `tutti dead-letters [list|resend|discard]`. */
export const deadLetters: Command = async (args, io) => {
  const given = readArguments(args, {
    values: ['--url', '--limit', '--subscription'],
    switches: ['--json', '--all'],
    words: { name: 'ID', least: 0, most: 1000 },
  });
  const [word = 'list', ...ids] = given.words;
  const action = ACTIONS.find((known) => known === word);
  if (action === undefined) {
    throw new OptionError(word, unknownMessage(`There is no tutti dead-letters ${word}`, word, ACTIONS));
  }
  const url = serverOf(given, io);
  if (action === 'list') return list(url, given, io);
  if (given.has('--all') === ids.length > 0) {
    throw new OptionError('ID', `Name the ids to ${action}, or --all.`);
  }
  const wrong = ids.find((id) => !/^\d{1,15}$/.test(id));
  if (wrong !== undefined)
    throw new OptionError(wrong, `'${wrong}' is no id of a dead letter; they are numbers.`);
  const chosen = given.has('--all')
    ? (await all(url, given.one('--subscription'))).reverse().map(({ id }) => String(id))
    : ids;
  return each(action, chosen, url, given.has('--json'), io);
};

async function list(url: string, given: Arguments, io: CommandIo): Promise<ExitCode> {
  const limit = given.has('--all')
    ? Number.POSITIVE_INFINITY
    : (wholeNumber(given, '--limit', 1, 100_000) ?? LIMIT);
  const letters = await all(url, given.one('--subscription'), limit);
  if (given.has('--json')) {
    for (const letter of letters) io.out(JSON.stringify(letter));
    return EXIT.ok;
  }
  if (letters.length === 0) {
    io.out('No dead letters: every delivery has arrived or is still being tried.');
    return EXIT.ok;
  }
  const rows = letters.map(({ id, time, sequence, type, sink, reason }) =>
    [String(id), localTime(time), String(sequence), type, sink, reason].map(printable),
  );
  const widths = widthsOf(COLUMNS, rows, io.terminal?.columns);
  const titles = COLUMNS.map(({ title }) => title);
  io.out(paint(io, 'dim', lineOf(cellsOf(titles, widths))));
  for (const row of rows) io.out(lineOf(cellsOf(row, widths)));
  return EXIT.ok;
}

/** Dead letters, the newest first. */
async function all(
  url: string,
  subscription: string | undefined,
  limit = Number.POSITIVE_INFINITY,
): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for (let before: number | undefined; ; ) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (before !== undefined) query.set('before', String(before));
    const { items } = (await call(url, `/api/dead-letters?${query}`, {})) as { items: readonly DeadLetter[] };
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
  url: string,
  json: boolean,
  io: CommandIo,
): Promise<ExitCode> {
  let done = 0;
  let refused = 0;
  for (const id of ids) {
    try {
      if (action === 'resend') await send(url, `/api/dead-letters/${id}/resend`, 'POST');
      else await send(url, `/api/dead-letters/${id}`, 'DELETE');
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
