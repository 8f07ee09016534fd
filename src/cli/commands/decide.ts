import { bodyOf, variablesOf } from '../body.ts';
import { send, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { layOut } from '../json-text.ts';
import type { PlainCommand } from '../spec.ts';
import { printable, printableLines } from '../terminal.ts';

interface Evaluation {
  /** JSON text. */
  readonly output: string;
  readonly failureMessage: string | null;
  readonly failedDecisionDefinitionId: string | null;
  readonly evaluatedDecisions: readonly {
    readonly decisionDefinitionId: string;
    readonly output: string;
    readonly evaluatedInputs: readonly { readonly inputName: string; readonly inputValue: string }[];
    readonly matchedRules: readonly { readonly ruleIndex: number }[];
  }[];
}

/** `tutti decide DECISION`. */
export const decide: PlainCommand = {
  summary: 'evaluates a decision (DMN)',
  words: [{ name: 'DECISION', help: 'the id of a decision, or the key of one version', least: 1, most: 1 }],
  options: [
    ...VARIABLE_OPTIONS,
    { flag: '--explain', help: 'tells the inputs and the rules of every decision on the way' },
    ...SERVER_OPTIONS,
  ],
  examples: [
    `tutti decide discount --variables '{"amount": 120}'`,
    'tutti decide discount --var amount=120 --explain',
  ],
  run: async (given, io) => {
    const decision = given.word(0);
    const body = bodyOf({
      ...(/^\d+$/.test(decision) ? { decisionDefinitionKey: decision } : { decisionDefinitionId: decision }),
      variables: await variablesOf(given, io),
    });
    const path = '/v2/decision-definitions/evaluation';
    const answer = (await send(serverOf(given, io), path, 'POST', body)) as Evaluation;
    if (given.has('--json')) io.out(JSON.stringify(answer));
    else {
      if (given.has('--explain')) for (const line of explanation(answer)) io.out(line);
      if (answer.failureMessage === null)
        for (const line of printableLines(layOut(answer.output))) io.out(line);
    }
    if (answer.failureMessage === null) return EXIT.ok;
    io.err(`tutti decide: ${answer.failedDecisionDefinitionId} failed: ${printable(answer.failureMessage)}`);
    return EXIT.failed;
  },
};

function explanation({ evaluatedDecisions }: Evaluation): string[] {
  return evaluatedDecisions.flatMap(({ decisionDefinitionId, output, evaluatedInputs, matchedRules }) => [
    printable(`${decisionDefinitionId} = ${output}`),
    ...evaluatedInputs.map(({ inputName, inputValue }) => printable(`  ${inputName}: ${inputValue}`)),
    ...(matchedRules.length === 0
      ? []
      : [
          `  rule${matchedRules.length === 1 ? '' : 's'} ${matchedRules.map(({ ruleIndex }) => ruleIndex).join(', ')}`,
        ]),
  ]);
}
