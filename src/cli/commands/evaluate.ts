import { bodyOf } from '../body.ts';
import { request, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { layOut, memberText } from '../json-text.ts';
import type { PlainCommand } from '../spec.ts';
import { printable, printableLines } from '../terminal.ts';

/** `tutti evaluate EXPRESSION`: Camunda's `POST /v2/expression/evaluation`. */
export const evaluate: PlainCommand = {
  summary: 'evaluates a FEEL expression on the server',
  words: [{ name: 'EXPRESSION', help: 'with or without the = before it', least: 1, most: 1 }],
  options: SERVER_OPTIONS,
  examples: [`tutti evaluate 'now() + duration("P1D")'`],
  run: async (given, io) => {
    const text = given.word(0).trim();
    const body = bodyOf({ expression: text.startsWith('=') ? text : `=${text}` });
    const response = await request(serverOf(given, io), '/v2/expression/evaluation', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answer = await response.text();
    if (given.has('--json')) {
      io.out(answer);
      return EXIT.ok;
    }
    for (const line of printableLines(layOut(memberText(answer, 'result') ?? 'null'))) io.out(line);
    const { warnings = [] } = JSON.parse(answer) as { readonly warnings?: readonly unknown[] };
    for (const warning of warnings) {
      io.err(printable(`warning: ${typeof warning === 'string' ? warning : JSON.stringify(warning)}`));
    }
    return EXIT.ok;
  },
};
