import { getText, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import type { PlainCommand } from '../spec.ts';
import { storyLines } from '../story.ts';

/** `tutti event SEQUENCE` or `tutti event --source SOURCE --id ID`. */
export const event: PlainCommand = {
  summary: 'tells the whole story of one event',
  words: [{ name: 'SEQUENCE', help: 'its number in the log', least: 0, most: 1 }],
  options: [
    { flag: '--source', value: 'SOURCE', help: 'of the event, with its --id instead of the SEQUENCE' },
    { flag: '--id', value: 'ID', help: 'of the event, with its --source' },
    ...SERVER_OPTIONS,
  ],
  examples: ['tutti event 12', 'tutti event --source /shop --id 4711'],
  run: async (given, io) => {
    const [sequence] = given.words;
    const source = given.one('--source');
    const id = given.one('--id');
    const byName = source !== undefined && id !== undefined;
    if (byName === (sequence !== undefined) || (sequence !== undefined && !/^\d{1,16}$/.test(sequence))) {
      throw new OptionError('SEQUENCE', 'Name the event by its SEQUENCE, or by --source and --id.');
    }
    const path = byName ? `lookup?${new URLSearchParams({ source, id })}` : sequence;
    const text = await getText(serverOf(given, io), `/api/events/${path}`);
    for (const line of given.has('--json') ? [text] : storyLines(io, text)) io.out(line);
    return EXIT.ok;
  },
};
