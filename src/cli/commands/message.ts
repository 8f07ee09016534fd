import { wholeNumber } from '../arguments.ts';
import { bodyOf, variablesOf } from '../body.ts';
import { send, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import type { PlainCommand } from '../spec.ts';

/** `tutti message NAME`. */
export const message: PlainCommand = {
  summary: 'publishes a BPMN message; --correlate tells which instance got it',
  words: [{ name: 'NAME', help: 'of the message', least: 1, most: 1 }],
  options: [
    { flag: '--key', value: 'K', help: 'the correlation key (default none: for start events)' },
    ...VARIABLE_OPTIONS,
    {
      flag: '--ttl',
      value: 'S',
      help: 'how long it waits for somebody who wants it, in seconds (default 0)',
    },
    { flag: '--id', value: 'I', help: 'refuses a second message with this id while the first one waits' },
    { flag: '--correlate', help: 'must find an instance at once; tells which one' },
    ...SERVER_OPTIONS,
  ],
  examples: [
    `tutti message Paid --key order-1 --variables '{"amount": 12}' --ttl 3600`,
    'tutti message Paid --key order-1 --correlate',
  ],
  run: async (given, io) => {
    const name = given.word(0);
    const correlates = given.has('--correlate');
    const foreign = ['--ttl', '--id'].find((flag) => given.has(flag));
    if (correlates && foreign !== undefined) {
      throw new OptionError(foreign, `A message with --correlate does not wait; leave out ${foreign}.`);
    }
    const ttl = wholeNumber(given, '--ttl', 0, 10_000_000);
    const body = bodyOf({
      name,
      correlationKey: given.one('--key'),
      variables: await variablesOf(given, io),
      timeToLive: ttl === undefined ? undefined : ttl * 1000,
      messageId: given.one('--id'),
    });
    const path = `/v2/messages/${correlates ? 'correlation' : 'publication'}`;
    const answer = (await send(serverOf(given, io), path, 'POST', body)) as {
      readonly messageKey: string;
      readonly processInstanceKey?: string;
    };
    if (given.has('--json')) io.out(JSON.stringify(answer));
    else if (correlates)
      io.out(`Message ${answer.messageKey} went to instance ${answer.processInstanceKey}.`);
    else io.out(`Message ${answer.messageKey} published.`);
    return EXIT.ok;
  },
};
