import { keyOf } from '../arguments.ts';
import { send, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { eachOf } from '../each.ts';
import type { PlainCommand } from '../spec.ts';

/** `tutti cancel INSTANCE…`. */
export const cancel: PlainCommand = {
  summary: 'cancels process instances, with all that they have called',
  words: [{ name: 'INSTANCE', help: 'the key of a process instance', least: 1, most: 1000 }],
  options: SERVER_OPTIONS,
  examples: ['tutti cancel 2251799813685253'],
  run: (given, io) => {
    const server = serverOf(given, io);
    const keys = given.words.map((word) => keyOf(word, 'a process instance'));
    return eachOf(keys, given.has('--json'), io, async (key) => {
      await send(server, `/v2/process-instances/${key}/cancellation`, 'POST', '{}');
      return `Instance ${key} cancelled.`;
    });
  },
};
