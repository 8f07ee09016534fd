import { bodyOf, variablesOf } from '../body.ts';
import { send, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import type { PlainCommand } from '../spec.ts';

/** `tutti signal NAME`. */
export const signal: PlainCommand = {
  summary: 'broadcasts a BPMN signal to all who wait for it',
  words: [{ name: 'NAME', help: 'of the signal', least: 1, most: 1 }],
  options: [...VARIABLE_OPTIONS, ...SERVER_OPTIONS],
  examples: ['tutti signal ShopClosed', 'tutti signal PriceChanged --var price=12.50'],
  run: async (given, io) => {
    const body = bodyOf({ signalName: given.word(0), variables: await variablesOf(given, io) });
    const answer = (await send(serverOf(given, io), '/v2/signals/broadcast', 'POST', body)) as {
      readonly signalKey: string;
    };
    io.out(given.has('--json') ? JSON.stringify(answer) : `Signal ${answer.signalKey} broadcast.`);
    return EXIT.ok;
  },
};
