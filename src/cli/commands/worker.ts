import { wholeNumber } from '../arguments.ts';
import { serverOf } from '../client.ts';
import { URL_OPTION } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import type { PlainCommand } from '../spec.ts';
import { JobWorker } from '../worker.ts';

const TIMEOUT_S = 300;
const MAX = 4;

/** `tutti worker TYPE --handler COMMAND`. */
export const worker: PlainCommand = {
  summary: 'works on jobs: runs a command of yours for each, until Ctrl-C',
  words: [{ name: 'TYPE', help: 'of the jobs', least: 1, most: 1 }],
  options: [
    { flag: '--handler', value: 'COMMAND', help: 'what is run for each job, by the shell' },
    { flag: '--max', value: 'N', help: `jobs at the same time (default ${MAX})` },
    { flag: '--timeout', value: 'S', help: `seconds that one job may take (default ${TIMEOUT_S})` },
    { flag: '--name', value: 'NAME', help: 'of the worker (default tutti-cli)' },
    { flag: '--backoff', value: 'S', help: 'seconds before a failed job is tried again (default 0)' },
    { flag: '--fetch', value: 'NAME,NAME', help: 'only these variables', several: true },
    { flag: '--jobs', value: 'N', help: 'ends after so many jobs' },
    URL_OPTION,
  ],
  notes: [
    'The handler gets the variables of the job as JSON on its standard input, and TUTTI_JOB_KEY, TUTTI_JOB_TYPE,',
    'TUTTI_JOB_RETRIES, TUTTI_JOB_HEADERS (JSON), TUTTI_ELEMENT_ID, TUTTI_PROCESS_ID and TUTTI_INSTANCE_KEY in its',
    'environment. What it ends with says what becomes of the job:',
    '  0      completed, with the JSON object on its standard output, if there is one, as variables',
    '  3      BPMN error: {"errorCode": "…", "errorMessage": "…", "variables": {…}} on its standard output',
    '  other  failed, with the end of its standard error as the message, and one retry less',
  ],
  examples: [
    `tutti worker payment --handler 'node pay.js'`,
    `tutti worker greet --handler 'jq "{greeting: (\\"Hello \\" + .name)}"' --max 1`,
  ],
  run: async (given, io) => {
    const handler = given.one('--handler');
    if (handler === undefined || handler.trim() === '') {
      throw new OptionError('--handler', `Name the --handler, such as --handler 'node pay.js'.`);
    }
    const jobs = new JobWorker(
      {
        server: serverOf(given, io),
        type: given.word(0),
        handler,
        most: wholeNumber(given, '--max', 1, 1000) ?? MAX,
        timeoutMs: (wholeNumber(given, '--timeout', 1, 1_000_000) ?? TIMEOUT_S) * 1000,
        backoffMs: (wholeNumber(given, '--backoff', 0, 1_000_000) ?? 0) * 1000,
        name: given.one('--name') ?? 'tutti-cli',
        fetch: given.list('--fetch'),
        total: wholeNumber(given, '--jobs', 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY,
      },
      io,
    );
    await jobs.run(io.interrupted?.() ?? new AbortController().signal);
    return EXIT.ok;
  },
};
