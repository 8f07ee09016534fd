import { keyOf } from '../arguments.ts';
import { bodyOf, variablesOf } from '../body.ts';
import { send, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { eachOf } from '../each.ts';
import type { PlainCommand } from '../spec.ts';

/** `tutti complete JOB…`. */
export const complete: PlainCommand = {
  summary: 'completes jobs',
  words: [{ name: 'JOB', help: 'the key of a job', least: 1, most: 1000 }],
  options: [...VARIABLE_OPTIONS, ...SERVER_OPTIONS],
  examples: [`tutti complete 2251799813685260 --variables '{"paid": true}'`],
  run: async (given, io) => {
    const server = serverOf(given, io);
    const keys = given.words.map((word) => keyOf(word, 'a job'));
    const body = bodyOf({ variables: await variablesOf(given, io) });
    return eachOf(keys, given.has('--json'), io, async (key) => {
      await send(server, `/v2/jobs/${key}/completion`, 'POST', body);
      return `Job ${key} completed.`;
    });
  },
};
