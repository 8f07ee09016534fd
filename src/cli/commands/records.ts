import { keyOf, wholeNumber } from '../arguments.ts';
import { serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import { type RecordFilter, recordsOf } from '../record-feed.ts';
import { RecordLines } from '../record-lines.ts';
import type { PlainCommand } from '../spec.ts';

/** Records that are shown where nothing says which. */
const LAST = 20;
const MOST_LAST = 100_000;

/** `tutti records`. */
export const records: PlainCommand = {
  summary: 'prints the journal: every record, in Zeebe’s words; --follow goes on with those that come',
  options: [
    { flag: '--type', value: 'T,T', help: 'only these value types, such as JOB,INCIDENT', several: true },
    { flag: '--intent', value: 'I,I', help: 'only these intents, such as CREATED', several: true },
    { flag: '--instance', value: 'KEY', help: 'only those of this process instance' },
    { flag: '--after', value: 'POSITION', help: 'those after this position; 0 is all that are kept' },
    {
      flag: '--last',
      value: 'N',
      help: `those among the last N (default ${LAST}; all kept with a filter; none with --follow)`,
    },
    { flag: '--limit', value: 'N', help: 'ends after so many' },
    { flag: '--follow', help: 'goes on until Ctrl-C; outlives lost connections' },
    ...SERVER_OPTIONS,
  ],
  examples: [
    'tutti records --type INCIDENT',
    'tutti records --follow --type JOB --intent CREATED,COMPLETED',
    'tutti records --instance 2251799813685253 --json | jq .value',
  ],
  run: async (given, io) => {
    const instance = given.one('--instance');
    const filter: RecordFilter = {
      valueTypes: given.list('--type').map((text) => text.toUpperCase()),
      intents: given.list('--intent').map((text) => text.toUpperCase()),
      ...(instance !== undefined && { instance: keyOf(instance, 'a process instance') }),
    };
    const after = wholeNumber(given, '--after', 0, Number.MAX_SAFE_INTEGER);
    const last = wholeNumber(given, '--last', 0, MOST_LAST);
    if (after !== undefined && last !== undefined) {
      throw new OptionError('--last', '--after and --last both say where to begin; give one.');
    }
    const follow = given.has('--follow');
    const filtered = filter.valueTypes.length > 0 || filter.intents.length > 0 || instance !== undefined;
    const otherwise = follow ? { last: 0 } : filtered ? { after: 0, fromOldest: true } : { last: LAST };
    const begin = after !== undefined ? { after } : last !== undefined ? { last } : otherwise;
    let left = wholeNumber(given, '--limit', 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
    const signal = io.interrupted?.() ?? new AbortController().signal;
    const lines = new RecordLines(io);
    let none = true;
    for await (const { text, record } of recordsOf(
      serverOf(given, io),
      filter,
      begin,
      follow,
      signal,
      (line) => io.err(line),
    )) {
      none = false;
      if (given.has('--json')) io.out(text);
      else lines.print(record);
      left -= 1;
      if (left === 0) break;
    }
    if (none && !follow && !given.has('--json')) io.out(filtered ? 'No record matches.' : 'No records yet.');
    return EXIT.ok;
  },
};
