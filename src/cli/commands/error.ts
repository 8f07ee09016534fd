import { keyOf } from '../arguments.ts';
import { bodyOf, variablesOf } from '../body.ts';
import { send, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import type { PlainCommand } from '../spec.ts';
import { printable } from '../terminal.ts';

/** `tutti error JOB CODE`. */
export const error: PlainCommand = {
  summary: 'throws a BPMN error from a job, for the model to catch',
  words: [
    { name: 'JOB', help: 'the key of a job', least: 1, most: 1 },
    { name: 'CODE', help: 'of the error, as the model catches it', least: 1, most: 1 },
  ],
  options: [
    { flag: '--message', value: 'TEXT', help: 'what happened' },
    ...VARIABLE_OPTIONS,
    ...SERVER_OPTIONS,
  ],
  examples: [`tutti error 2251799813685260 CARD_REFUSED --message 'expired in May'`],
  run: async (given, io) => {
    const key = keyOf(given.word(0), 'a job');
    const errorCode = given.word(1);
    const body = bodyOf({
      errorCode,
      errorMessage: given.one('--message'),
      variables: await variablesOf(given, io),
    });
    await send(serverOf(given, io), `/v2/jobs/${key}/error`, 'POST', body);
    io.out(
      given.has('--json')
        ? JSON.stringify({ key, done: true })
        : `Job ${key} has thrown the error ${printable(errorCode)}.`,
    );
    return EXIT.ok;
  },
};
