import { arrayItems } from '../../gateway/json.ts';
import { type Arguments, keyOf, wholeNumber } from '../arguments.ts';
import { bodyOf } from '../body.ts';
import { request, serverOf } from '../client.ts';
import { limitOption, SERVER_OPTIONS } from '../common-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import type { CommandIo } from '../io.ts';
import { layOut, memberText } from '../json-text.ts';
import { type Cell, printTable } from '../print-table.ts';
import { limitOf, printLines, search, tellMore } from '../search.ts';
import type { PlainCommand } from '../spec.ts';
import { localTime, printable, printableLines, type Tone } from '../terminal.ts';

export interface Job {
  readonly jobKey: string;
  readonly type: string;
  readonly state: string;
  readonly retries: number;
  readonly worker: string | null;
  /** ISO 8601; until then the worker has it. */
  readonly deadline: string | null;
  readonly elementId: string;
  readonly processInstanceKey: string;
  readonly errorMessage: string | null;
  readonly errorCode: string | null;
}

const LIMIT = 20;
const TIMEOUT_S = 300;
/** Of Camunda's API; those that a job can end in are shown with `--all` only. */
const STATES = [
  'CREATED',
  'COMPLETED',
  'FAILED',
  'RETRIES_UPDATED',
  'TIMED_OUT',
  'CANCELED',
  'ERROR_THROWN',
  'MIGRATED',
];
/** States in which a worker may have it. */
const HELD = ['CREATED', 'RETRIES_UPDATED', 'MIGRATED'];
const ENDED = ['COMPLETED', 'CANCELED', 'ERROR_THROWN'];
export const JOB_COLUMNS = [
  { title: 'job', least: 16 },
  { title: 'type', least: 10 },
  { title: 'state', least: 8 },
  { title: 'retries', least: 7 },
  { title: 'instance', least: 16 },
  { title: 'element', least: 8 },
  { title: 'about', least: 16 },
];

export function jobRow(job: Job): Cell[] {
  const held =
    job.deadline === null || !HELD.includes(job.state) || Date.parse(job.deadline) < Date.now()
      ? ''
      : `until ${localTime(job.deadline)} with ${job.worker === null || job.worker === '' ? 'a worker' : job.worker}`;
  const tone: Tone = job.state === 'COMPLETED' ? 'good' : job.retries === 0 ? 'bad' : 'plain';
  return [
    job.jobKey,
    job.type,
    { text: job.state, tone },
    String(job.retries),
    job.processInstanceKey,
    job.elementId,
    [job.errorCode, job.errorMessage, held].filter((text) => text !== null && text !== '').join('; '),
  ];
}

/** `tutti jobs`, and `tutti jobs --activate --type TYPE`. */
export const jobs: PlainCommand = {
  summary: 'lists jobs, the newest first; --activate takes some to work on',
  options: [
    { flag: '--type', value: 'TYPE', help: 'only those of this type' },
    { flag: '--instance', value: 'KEY', help: 'only those of this process instance' },
    { flag: '--state', value: 'STATE', help: 'only those in this state', choices: STATES },
    { flag: '--all', help: 'those that have ended too' },
    limitOption(LIMIT),
    {
      flag: '--activate',
      help: 'takes jobs of the --type, at most --limit (default 1), and shows their variables',
    },
    {
      flag: '--timeout',
      value: 'S',
      help: `with --activate: how long they are yours (default ${TIMEOUT_S})`,
    },
    { flag: '--worker', value: 'NAME', help: 'with --activate: who takes them (default tutti-cli)' },
    { flag: '--wait', value: 'S', help: 'with --activate: how long to wait for one (default 0)' },
    ...SERVER_OPTIONS,
  ],
  examples: [
    'tutti jobs --type payment',
    'tutti jobs --activate --type payment --timeout 600',
    'tutti jobs --state FAILED --json | jq -r .errorMessage',
  ],
  run: (given, io) => (given.has('--activate') ? activate(given, io) : list(given, io)),
};

async function list(given: Arguments, io: CommandIo): Promise<ExitCode> {
  const foreign = ['--timeout', '--worker', '--wait'].find((flag) => given.has(flag));
  if (foreign !== undefined) throw new OptionError(foreign, `${foreign} is for --activate only.`);
  const instance = given.one('--instance');
  const state = given.one('--state');
  const filter = {
    type: given.one('--type'),
    processInstanceKey: instance === undefined ? undefined : keyOf(instance, 'a process instance'),
    state: state ?? (given.has('--all') ? undefined : { $notIn: ENDED }),
  };
  const sort = { field: 'jobKey', order: 'DESC' } as const;
  const found = await search<Job>(serverOf(given, io), 'jobs', filter, sort, limitOf(given, LIMIT));
  if (given.has('--json')) printLines(io, found.items);
  else if (found.items.length === 0) io.out('No jobs.');
  else {
    printTable(io, JOB_COLUMNS, found.items.map(jobRow));
    tellMore(io, found);
  }
  return EXIT.ok;
}

async function activate(given: Arguments, io: CommandIo): Promise<ExitCode> {
  const foreign = ['--instance', '--state', '--all'].find((flag) => given.has(flag));
  if (foreign !== undefined)
    throw new OptionError(foreign, `${foreign} cannot choose jobs to activate; leave it out.`);
  const type = given.one('--type');
  if (type === undefined) throw new OptionError('--type', 'Name the --type of the jobs to activate.');
  const wait = wholeNumber(given, '--wait', 0, 280) ?? 0;
  const body = bodyOf({
    type,
    worker: given.one('--worker') ?? 'tutti-cli',
    timeout: (wholeNumber(given, '--timeout', 1, 10_000_000) ?? TIMEOUT_S) * 1000,
    maxJobsToActivate: limitOf(given, 1),
    // Below zero: answered at once.
    requestTimeout: wait === 0 ? -1 : wait * 1000,
  });
  const response = await request(serverOf(given, io), '/v2/jobs/activation', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const found = arrayItems(memberText(await response.text(), 'jobs') ?? '[]') ?? [];
  if (given.has('--json')) for (const text of found) io.out(text);
  else if (found.length === 0) io.out(`No job of type ${printable(type)} waits for a worker.`);
  else for (const text of found) for (const line of activatedLines(text)) io.out(line);
  return EXIT.ok;
}

function activatedLines(text: string): string[] {
  const job = JSON.parse(text) as {
    readonly jobKey: string;
    readonly retries: number;
    readonly processInstanceKey: string;
    readonly elementId: string;
    readonly deadline: number;
    readonly customHeaders: Readonly<Record<string, unknown>>;
  };
  const until = localTime(new Date(job.deadline).toISOString());
  const headers = Object.entries(job.customHeaders).map(([name, value]) => `  header ${name}: ${value}`);
  return [
    `Job ${job.jobKey} of instance ${job.processInstanceKey} at ${printable(job.elementId)} is yours until ${until}; retries ${job.retries}.`,
    ...headers.map(printable),
    ...printableLines(layOut(memberText(text, 'variables') ?? '{}')).map((line) => `  ${line}`),
  ];
}
