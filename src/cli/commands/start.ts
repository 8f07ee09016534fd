import { wholeNumber } from '../arguments.ts';
import { bodyOf, variablesOf } from '../body.ts';
import { request, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { layOut, memberText } from '../json-text.ts';
import type { PlainCommand } from '../spec.ts';
import { printable, printableLines } from '../terminal.ts';

/** Of `--await`, seconds; the longest that an HTTP client waits for an answer. */
const WAIT_S = 10;
const MOST_WAIT_S = 280;

/** `tutti start PROCESS`. */
export const start: PlainCommand = {
  summary: 'starts an instance of a process; --await waits for its result',
  words: [{ name: 'PROCESS', help: 'the id of a process, or the key of one version', least: 1, most: 1 }],
  options: [
    ...VARIABLE_OPTIONS,
    { flag: '--version', value: 'N', help: 'of the process (default the latest)' },
    { flag: '--await', help: 'waits until the instance has completed, and shows its variables' },
    { flag: '--timeout', value: 'S', help: `with --await: at most so many seconds (default ${WAIT_S})` },
    { flag: '--fetch', value: 'NAME,NAME', help: 'with --await: only these variables', several: true },
    { flag: '--at', value: 'ELEMENT', help: 'begins at this element; repeatable', several: true },
    { flag: '--tag', value: 'TAG', help: 'a tag of the instance; repeatable', several: true },
    { flag: '--business-id', value: 'ID', help: 'how the business calls the instance' },
    ...SERVER_OPTIONS,
  ],
  examples: [
    `tutti start order --variables '{"orderId": "order-1", "amount": 12}'`,
    'tutti start order --var orderId=order-1 --var amount=12',
    'tutti start price --variables @basket.json --await --fetch total',
  ],
  run: async (given, io) => {
    const process = given.word(0);
    const awaits = given.has('--await');
    const wait = wholeNumber(given, '--timeout', 1, MOST_WAIT_S) ?? WAIT_S;
    // An id is an XML name and never begins with a digit, so digits alone are a key.
    const named = /^\d+$/.test(process)
      ? { processDefinitionKey: process }
      : {
          processDefinitionId: process,
          processDefinitionVersion: wholeNumber(given, '--version', 1, 2 ** 31 - 1),
        };
    const body = bodyOf({
      ...named,
      variables: await variablesOf(given, io),
      awaitCompletion: awaits ? true : undefined,
      requestTimeout: awaits ? wait * 1000 : undefined,
      fetchVariables: given.has('--fetch') ? given.list('--fetch') : undefined,
      startInstructions: given.has('--at')
        ? given.list('--at').map((elementId) => ({ elementId }))
        : undefined,
      tags: given.has('--tag') ? given.list('--tag') : undefined,
      businessId: given.one('--business-id'),
    });
    const headers = { 'content-type': 'application/json' };
    const response = await request(serverOf(given, io), '/v2/process-instances', {
      method: 'POST',
      headers,
      body,
    });
    const text = await response.text();
    if (given.has('--json')) {
      io.out(text);
      return EXIT.ok;
    }
    const { processInstanceKey, processDefinitionId, processDefinitionVersion } = JSON.parse(text);
    const what = `Instance ${processInstanceKey} of ${printable(processDefinitionId)} v${processDefinitionVersion}`;
    io.out(`${what} ${awaits ? 'completed' : 'started'}.`);
    if (awaits)
      for (const line of printableLines(layOut(memberText(text, 'variables') ?? '{}'))) io.out(line);
    return EXIT.ok;
  },
};
