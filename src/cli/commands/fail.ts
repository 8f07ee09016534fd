import { keyOf, wholeNumber } from '../arguments.ts';
import { bodyOf, variablesOf } from '../body.ts';
import { type Server, send, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { search } from '../search.ts';
import type { PlainCommand } from '../spec.ts';
import type { Job } from './jobs.ts';

/** `tutti fail JOB`. */
export const fail: PlainCommand = {
  summary: 'says that a job has failed; without retries left it raises an incident',
  words: [{ name: 'JOB', help: 'the key of a job', least: 1, most: 1 }],
  options: [
    { flag: '--message', value: 'TEXT', help: 'why' },
    { flag: '--retries', value: 'N', help: 'attempts that are left (default one less than before)' },
    { flag: '--backoff', value: 'S', help: 'seconds before the next attempt (default 0)' },
    ...VARIABLE_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: [
    `tutti fail 2251799813685260 --message 'the bank does not answer' --backoff 60`,
    'tutti fail 2251799813685260 --retries 0',
  ],
  run: async (given, io) => {
    const server = serverOf(given, io);
    const key = keyOf(given.word(0), 'a job');
    const retries = wholeNumber(given, '--retries', 0, 1_000_000) ?? (await oneLess(server, key));
    const body = bodyOf({
      retries,
      errorMessage: given.one('--message'),
      retryBackOff: (wholeNumber(given, '--backoff', 0, 10_000_000) ?? 0) * 1000,
      variables: await variablesOf(given, io),
    });
    await send(server, `/v2/jobs/${key}/failure`, 'POST', body);
    if (given.has('--json')) io.out(JSON.stringify({ key, done: true, retries }));
    else if (retries > 0) io.out(`Job ${key} failed; ${retries} more attempt${retries === 1 ? '' : 's'}.`);
    else io.out(`Job ${key} failed and has no retries left: see tutti incidents.`);
    return EXIT.ok;
  },
};

/** What a worker would say: one attempt is used up. */
async function oneLess(server: Server, key: string): Promise<number> {
  const sort = { field: 'jobKey', order: 'ASC' } as const;
  const { items } = await search<Job>(server, 'jobs', { jobKey: key }, sort, 1);
  return Math.max(0, (items[0]?.retries ?? 1) - 1);
}
