import type { Arguments } from '../arguments.ts';
import { call, getText, type Server, send, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import { readText } from '../input.ts';
import type { CommandIo } from '../io.ts';
import { layOut } from '../json-text.ts';
import type { GroupCommand, OptionSpec, WordSpec } from '../spec.ts';
import { type Column, cellsOf, lineOf, widthsOf } from '../table.ts';
import { paint, printable, printableLines, type Tone } from '../terminal.ts';

interface Subscription {
  readonly id: string;
  readonly source?: string;
  readonly types?: readonly string[];
  readonly filters?: readonly unknown[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly sink: string;
  readonly retired?: string;
}

const BODY_FLAGS = ['--sink', '--type', '--source', '--filter', '--sql', '--config'] as const;
const PAGE = 1000;
const COLUMNS: readonly Column[] = [
  { title: 'id', least: 8 },
  { title: 'state', least: 8 },
  { title: 'sink', least: 16 },
  { title: 'wants', least: 12 },
];

const ID: WordSpec = { name: 'ID', help: 'of the subscription', least: 1, most: 1 };
const BODY_OPTIONS: readonly OptionSpec[] = [
  { flag: '--sink', value: 'URL', help: 'where the events are posted' },
  { flag: '--type', value: 'T', help: 'only events of this type; repeatable', several: true },
  { flag: '--source', value: 'S', help: 'only events of this source' },
  {
    flag: '--filter',
    value: 'JSON',
    help: 'a filter, or an array of filters that all must match; repeatable',
    several: true,
  },
  { flag: '--sql', value: 'EXPR', help: 'a filter in CloudEvents SQL; repeatable', several: true },
  { flag: '--config', value: 'JSON', help: 'such as {"order": "all"}' },
  { flag: '--file', value: 'FILE', help: 'the whole subscription as JSON; - is standard input', file: true },
  ...SERVER_OPTIONS,
];

/** `tutti subscriptions [list|create|get|update|delete]`. */
export const subscriptions: GroupCommand = {
  summary: 'lists, creates, changes and deletes subscriptions',
  actions: {
    list: {
      summary: 'lists all, with their state and why they retired',
      options: SERVER_OPTIONS,
      run: (given, io) => list(serverOf(given, io), given.has('--json'), io),
    },
    create: {
      summary: 'creates one',
      options: BODY_OPTIONS,
      run: async (given, io) => {
        const body = await bodyOf(given, io);
        const created = (await send(serverOf(given, io), '/subscriptions', 'POST', body)) as Subscription;
        io.out(
          given.has('--json')
            ? JSON.stringify(created)
            : `Subscription ${created.id} created: ${printable(created.sink)} gets ${wants(created)}.`,
        );
        return EXIT.ok;
      },
    },
    get: {
      summary: 'shows one as JSON',
      words: [ID],
      options: SERVER_OPTIONS,
      run: async (given, io) => {
        const text = await getText(serverOf(given, io), pathOf(given));
        for (const line of given.has('--json') ? [text] : printableLines(layOut(text))) io.out(line);
        return EXIT.ok;
      },
    },
    update: {
      summary: 'changes one as a whole, and revives it if it has retired',
      words: [ID],
      options: BODY_OPTIONS,
      run: async (given, io) => {
        const body = await bodyOf(given, io);
        const updated = (await send(serverOf(given, io), pathOf(given), 'PUT', body)) as Subscription;
        io.out(given.has('--json') ? JSON.stringify(updated) : `Subscription ${updated.id} updated.`);
        return EXIT.ok;
      },
    },
    delete: {
      summary: 'deletes one',
      words: [ID],
      options: SERVER_OPTIONS,
      run: async (given, io) => {
        await send(serverOf(given, io), pathOf(given), 'DELETE');
        const id = given.word(0);
        io.out(given.has('--json') ? JSON.stringify({ id, deleted: true }) : `Subscription ${id} deleted.`);
        return EXIT.ok;
      },
    },
  },
  examples: [
    'tutti subscriptions create --sink http://127.0.0.1:9000/ --type Order.Placed',
    `tutti subscriptions create --sink http://127.0.0.1:9000/ --filter '{"prefix": {"type": "Order."}}'`,
    'tutti subscriptions get ID --json > s.json && tutti subscriptions update ID --file s.json',
  ],
};

function pathOf(given: Arguments): string {
  return `/subscriptions/${encodeURIComponent(given.word(0))}`;
}

async function list(server: Server, json: boolean, io: CommandIo): Promise<typeof EXIT.ok> {
  const all: Subscription[] = [];
  for (let after: string | undefined; ; after = all.at(-1)?.id) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after !== undefined && { after }) });
    const page = (await call(server, `/subscriptions?${query}`, {})) as readonly Subscription[];
    all.push(...page);
    if (page.length < PAGE) break;
  }
  if (json) {
    for (const subscription of all) io.out(JSON.stringify(subscription));
    return EXIT.ok;
  }
  if (all.length === 0) {
    io.out('No subscriptions. Create one: tutti subscriptions create --sink http://127.0.0.1:9000/');
    return EXIT.ok;
  }
  const rows = all.map((subscription) => [
    printable(subscription.id),
    stateOf(subscription).text,
    printable(subscription.sink),
    wants(subscription),
  ]);
  const widths = widthsOf(COLUMNS, rows, io.terminal?.columns);
  const titles = COLUMNS.map(({ title }) => title);
  io.out(paint(io, 'dim', lineOf(cellsOf(titles, widths))));
  for (const [index, row] of rows.entries()) {
    const subscription = all[index];
    const cells = cellsOf(row, widths);
    const tone: Tone = subscription === undefined ? 'plain' : stateOf(subscription).tone;
    io.out(lineOf(cells.map((cell, column) => (column === 1 ? paint(io, tone, cell) : cell))));
    if (subscription?.retired !== undefined) io.out(`  retired: ${printable(subscription.retired)}`);
  }
  return EXIT.ok;
}

function stateOf({ retired }: Subscription): { readonly text: string; readonly tone: Tone } {
  return retired === undefined ? { text: 'active', tone: 'good' } : { text: 'retired', tone: 'bad' };
}

/** What a subscription asks for, in few words. */
function wants({ types = [], source, filters = [], config }: Subscription): string {
  const parts = [types.length === 0 ? 'all types' : types.map(printable).join(', ')];
  if (source !== undefined) parts.push(`from ${printable(source)}`);
  if (filters.length > 0)
    parts.push(`where ${filters.map((filter) => printable(JSON.stringify(filter))).join(' and ')}`);
  if (config?.['order'] === 'all') parts.push('in order');
  return parts.join(' ');
}

/** The subscription as JSON: from a file, or from options. */
async function bodyOf(given: Arguments, io: CommandIo): Promise<string> {
  const file = given.one('--file');
  if (file !== undefined) {
    const other = BODY_FLAGS.find((flag) => given.has(flag));
    if (other !== undefined) throw new OptionError('--file', `--file holds all of it; leave out ${other}.`);
    const text = await readText(file, io);
    parsed('--file', text);
    return text;
  }
  const sink = given.one('--sink');
  if (sink === undefined) {
    throw new OptionError('--sink', 'Name the --sink, the http address that gets the events, or a --file.');
  }
  const types = given.all('--type');
  const source = given.one('--source');
  const config = given.one('--config');
  const filters = [
    ...given.all('--filter').flatMap((text) => parsed('--filter', text)),
    ...given.all('--sql').map((sql) => ({ sql })),
  ];
  return JSON.stringify({
    sink,
    protocol: 'HTTP',
    ...(types.length > 0 && { types }),
    ...(source !== undefined && { source }),
    ...(filters.length > 0 && { filters }),
    ...(config !== undefined && { config: parsed('--config', config) }),
  });
}

function parsed(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OptionError(flag, `${flag} is no JSON: ${error instanceof Error ? error.message : error}.`);
  }
}
