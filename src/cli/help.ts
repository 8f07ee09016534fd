import { OPTION_SPECS } from '../options.ts';
import { CONFIG_HELP } from '../options-file.ts';
import { FATES } from './fates.ts';

/** What `tutti COMMAND --help` prints, and one line for `tutti --help`. */
export interface CommandHelp {
  readonly summary: string;
  readonly usage: readonly string[];
  readonly options: readonly (readonly [string, string])[];
  readonly examples: readonly string[];
}

const URL_OPTION = ['--url URL', 'of the server (default http://127.0.0.1:8080) [TUTTI_URL]'] as const;
const JSON_OPTION = ['--json', 'for programs: one JSON document, or one a line for lists'] as const;

export const COMMAND_HELP = {
  serve: {
    summary: 'runs the server until SIGTERM or SIGINT',
    usage: ['tutti serve [options]'],
    options: [CONFIG_HELP, ...OPTION_SPECS].map(
      ({ flag, value, help, environment }) => [`${flag} ${value}`, `${help} [${environment}]`] as const,
    ),
    examples: ['tutti serve --data ./data', 'tutti serve --http 0 --grpc 0'],
  },
  deploy: {
    summary: 'deploys models to a running server',
    usage: ['tutti deploy FILE… [options]'],
    options: [URL_OPTION],
    examples: ['tutti deploy order.bpmn'],
  },
  instances: {
    summary: 'lists process instances, the newest first',
    usage: ['tutti instances [options]'],
    options: [
      ['--process ID', 'only those of this process'],
      ['--state STATE', 'only those that are ACTIVE, COMPLETED or TERMINATED'],
      ['--limit N', 'at most so many, up to 200 (default 20)'],
      URL_OPTION,
    ],
    examples: ['tutti instances --state ACTIVE'],
  },
  publish: {
    summary: 'publishes an event, or a file of events',
    usage: ['tutti publish TYPE [options]', 'tutti publish --file FILE [options]'],
    options: [
      ['--data JSON', 'the data; @FILE reads a file, - standard input'],
      ['--subject S', 'what the event is about'],
      ['--correlation-key K', 'which instance it is for; without it the subject decides'],
      ['--source S', 'who sends it (default /tutti/cli)'],
      ['--id I', 'unique for the source (default a new one); a repeat has no effect'],
      ['--time T', 'when it happened (default now)'],
      ['--ext NAME=VALUE', 'a further attribute; repeatable'],
      ['--content-type T', 'of the data (default application/json)'],
      ['--fate', 'waits and tells what became of it'],
      ['--wait S', 'with --fate: at most so many seconds (default 5)'],
      ['--file FILE', '.json: an event or a batch; others and - : one event a line, however many'],
      JSON_OPTION,
      URL_OPTION,
    ],
    examples: [
      `tutti publish Order.Placed --subject order-1 --data '{"amount": 12}' --fate`,
      'tutti publish Photo.Taken --data @cat.png --content-type image/png',
      'tutti publish --file events.ndjson',
    ],
  },
  events: {
    summary: 'lists events and what became of them, the newest first; --follow prints those that come',
    usage: ['tutti events [options]'],
    options: [
      ['--type T', 'only those of this type'],
      ['--source S', 'only those of this source'],
      ['--subject S', 'only those about this'],
      ['--key K', 'only those with this correlation key (or subject, if they have none)'],
      ['--fate F,F', `only those that had one of these fates: ${Object.keys(FATES).join(', ')}`],
      ['--from T, --to T', 'received then: 2030-01-31T12:00:00Z, or ago: 10m, 2h, 1d'],
      ['--limit N', 'at most so many (default 20; with --follow 10 to begin with)'],
      ['--follow', 'goes on with new events, in their order, until Ctrl-C; outlives lost connections'],
      ['--data', 'shows their data too'],
      JSON_OPTION,
      URL_OPTION,
    ],
    examples: [
      'tutti events --fate failed,deadLettered --from 1h',
      'tutti events --follow --key order-1 --data',
      `tutti events --follow --json | jq -r '.type'`,
    ],
  },
  event: {
    summary: 'tells the whole story of one event',
    usage: ['tutti event SEQUENCE', 'tutti event --source SOURCE --id ID'],
    options: [JSON_OPTION, URL_OPTION],
    examples: ['tutti event 12', 'tutti event --source /shop --id 4711'],
  },
  subscriptions: {
    summary: 'lists, creates, changes and deletes subscriptions',
    usage: [
      'tutti subscriptions [list]',
      'tutti subscriptions create --sink URL [options]',
      'tutti subscriptions get ID',
      'tutti subscriptions update ID --file FILE',
      'tutti subscriptions delete ID',
    ],
    options: [
      ['--sink URL', 'where the events are posted'],
      ['--type T', 'only events of this type; repeatable'],
      ['--source S', 'only events of this source'],
      ['--filter JSON', 'a filter, or an array of filters that all must match; repeatable'],
      ['--sql EXPR', 'a filter in CloudEvents SQL; repeatable'],
      ['--config JSON', 'such as {"order": "all"}'],
      ['--file FILE', 'the whole subscription as JSON; - is standard input'],
      JSON_OPTION,
      URL_OPTION,
    ],
    examples: [
      'tutti subscriptions create --sink http://127.0.0.1:9000/ --type Order.Placed',
      `tutti subscriptions create --sink http://127.0.0.1:9000/ --filter '{"prefix": {"type": "Order."}}'`,
      'tutti subscriptions get ID --json > s.json && tutti subscriptions update ID --file s.json',
    ],
  },
  'dead-letters': {
    summary: 'lists deliveries that were given up, sends them again or discards them',
    usage: [
      'tutti dead-letters [list]',
      'tutti dead-letters resend ID… | --all',
      'tutti dead-letters discard ID… | --all',
    ],
    options: [
      ['--all', 'all of them, the oldest first'],
      ['--subscription ID', 'only those of this subscription'],
      ['--limit N', 'of list: at most so many (default 20)'],
      JSON_OPTION,
      URL_OPTION,
    ],
    examples: ['tutti dead-letters', 'tutti dead-letters resend --all --subscription ID'],
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof COMMAND_HELP;

const EXIT_CODES = [
  'Exit codes: 0 done, 1 failed, 2 wrong command line, 3 data folder in use or unusable, 4 port in use,',
  '5 server not reached or it refused.',
];

/** The help of all commands in short, or of one in full. */
export function helpText(name?: CommandName): string {
  if (name !== undefined) return commandHelp(name, COMMAND_HELP[name]);
  const commands = Object.entries(COMMAND_HELP).map(
    ([command, { summary }]) => `  ${`tutti ${command}`.padEnd(22)} ${summary}`,
  );
  return [
    'Tutti orchestrates CloudEvents with BPMN.',
    '',
    ...commands,
    '',
    'tutti COMMAND --help tells its options, with examples. tutti --version',
    '',
    ...EXIT_CODES,
  ].join('\n');
}

function commandHelp(name: string, { summary, usage, options, examples }: CommandHelp): string {
  return [
    `tutti ${name}: ${summary}`,
    '',
    ...usage.map((line) => `  ${line}`),
    '',
    ...options.map(([option, text]) => `  ${option.padEnd(26)} ${text}`),
    '',
    'Examples:',
    ...examples.map((line) => `  ${line}`),
    '',
    ...EXIT_CODES,
  ].join('\n');
}
