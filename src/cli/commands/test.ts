import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { JSON_OPTION } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import type { PlainCommand } from '../spec.ts';
import { paint, printableLines } from '../terminal.ts';

/** `tutti test FOLDER…`. */
export const test: PlainCommand = {
  summary: 'plays process scenarios on an engine of their own and compares what happens',
  words: [{ name: 'FOLDER', help: 'a folder with scenarios', least: 1, most: 100, file: true }],
  options: [
    { flag: '--only', value: 'TEXT', help: 'only scenarios whose name has this in it' },
    { flag: '--update', help: 'writes down what happens now as what is expected, after your review' },
    JSON_OPTION,
  ],
  notes: [
    'A scenario is a folder with models, scenario.json (what is done) and expected.json (what happens then);',
    'scenarios/FORMAT.md describes both. Write scenario.json, run with --update, and read what it has written:',
    'from then on the test tells every change. No server is needed, and time moves only where a step moves it.',
  ],
  examples: ['tutti test tests/', 'tutti test tests/ --only payment', 'tutti test tests/refund --update'],
  run: async (given, io) => {
    const missing = given.words.find((folder) => !existsSync(folder));
    if (missing !== undefined) throw new OptionError('FOLDER', `There is no folder ${missing}.`);
    // The engine is loaded only to play: help and completion read this description too.
    const { play, scenariosOf } = await import('../scenario-tests.ts');
    const only = given.one('--only');
    const found = given.words
      .flatMap((folder) => scenariosOf(resolve(folder)))
      .filter(({ name }) => only === undefined || name.includes(only));
    if (found.length === 0) {
      io.err(
        only === undefined
          ? 'tutti test: there is no scenario.json at or below the folder.'
          : `tutti test: no scenario has '${only}' in its name.`,
      );
      return EXIT.failed;
    }
    const counts = { passed: 0, failed: 0, written: 0 };
    for (const scenario of found) {
      const outcome = await play(scenario, given.has('--update'));
      counts[outcome.state] += 1;
      if (given.has('--json')) {
        io.out(JSON.stringify({ name: scenario.name, ...outcome }));
        continue;
      }
      const tone = outcome.state === 'failed' ? 'bad' : 'good';
      const title = outcome.title === undefined ? '' : `: ${outcome.title}`;
      const [first = '', ...rest] = printableLines(`${scenario.name}${title}`);
      io.out(`${paint(io, tone, outcome.state.padEnd(7))} ${[first, ...rest].join(' ')}`);
      if (outcome.problem !== undefined)
        for (const line of printableLines(outcome.problem)) io.out(`  ${line}`);
    }
    const { passed, failed, written } = counts;
    if (!given.has('--json')) {
      io.out(`${passed} passed, ${failed} failed${written === 0 ? '' : `, ${written} written`}`);
    }
    return failed === 0 ? EXIT.ok : EXIT.failed;
  },
};
