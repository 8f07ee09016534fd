import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { duplicateProcessProblem, parseBpmn, rejectionText } from './index.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Scenario {
  readonly looseMessages?: boolean;
  readonly steps: readonly { readonly deploy?: readonly string[] }[];
}
interface Expected {
  readonly steps: readonly { readonly rejection: { readonly message: string } | null }[];
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** Blocks of a refused deployment are compared in sorted order (FORMAT.md of the scenarios). */
function normalised(text: string): string {
  const [head, ...blocks] = text.split(/(?=- Element:)/);
  return [head, ...blocks.map((block) => `${block.trimEnd()}\n`).sort()].join('');
}

function reasonOf(message: string): string {
  return message.replace(/^Command 'CREATE' rejected with code '[A-Z_]+': /, '');
}

async function refusal(folder: string, files: readonly string[]): Promise<string | undefined> {
  const resources = [];
  for (const resourceName of files.filter((file) => file.endsWith('.bpmn'))) {
    resources.push({
      resourceName,
      parsed: await parseBpmn(resourceName, readFileSync(join(folder, resourceName), 'utf8')),
    });
  }
  const problems = resources.flatMap(({ parsed }) => (parsed.ok ? [] : parsed.problems));
  const accepted = resources.map(({ resourceName, parsed }) => ({
    resourceName,
    processes: parsed.ok ? parsed.processes : [],
  }));
  const duplicate = duplicateProcessProblem(accepted);
  if (duplicate !== undefined) problems.push(duplicate);
  return problems.length === 0 ? undefined : rejectionText(problems);
}

test('every deployment of the recorded scenarios is accepted or refused with the recorded text', async () => {
  const files = globSync('scenarios/*/*/scenario.json', { cwd: ROOT });
  let refused = 0;
  for (const file of files) {
    const folder = dirname(join(ROOT, file));
    const scenario = read<Scenario>(join(ROOT, file));
    const expected = read<Expected>(join(folder, 'expected.json'));
    for (const [index, { deploy }] of scenario.steps.entries()) {
      // What else is refused is not for this folder to tell; the scenarios themselves compare it.
      if (deploy === undefined || deploy.length !== 1 || !deploy[0]?.endsWith('.bpmn')) continue;
      const rejection = expected.steps[index]?.rejection ?? null;
      const expectedText = rejection === null ? undefined : reasonOf(rejection.message);
      const text = await refusal(folder, deploy);
      const place = `${file}, step ${index}`;
      if (scenario.looseMessages) {
        assert.equal(text !== undefined, expectedText !== undefined, `${place}: ${text ?? 'accepted'}`);
      } else {
        assert.equal(text && normalised(text), expectedText && normalised(expectedText), place);
      }
      if (expectedText !== undefined) refused += 1;
    }
  }
  assert.ok(refused >= 40, `the scenarios hold refused deployments, ${refused} of them`);
});

const MODELS = join(ROOT, '../shared/models');
const noModels = existsSync(MODELS) ? false : 'the models of 2020 are not beside this project';

/** Refused by Zeebe 8.6.0, by the list of the folder's README. */
const REFUSED = ['tickets-v4.bpmn', '2020-09-15-tickets-v4.bpmn'];

test('the models of 2020 are accepted or refused as they were by a real broker', {
  skip: noModels,
}, async () => {
  const files = globSync('**/*.bpmn', { cwd: MODELS });
  assert.equal(files.length, 26);
  for (const file of files) {
    const name = basename(file);
    const text = await refusal(dirname(join(MODELS, file)), [name]);
    if (!REFUSED.includes(name)) {
      assert.equal(text, undefined, file);
      continue;
    }
    assert.equal(
      text,
      `Expected to deploy new resources, but encountered the following errors:
'${name}': - Element: Flow_1f4cn6x > conditionExpression
    - ERROR: Expected expression but found static value 'ticketsQuantity < 10'. An expression must start with '=' (e.g. '=ticketsQuantity < 10').
- Element: Flow_1hrbf1f > conditionExpression
    - ERROR: Expected expression but found static value 'ticketsQuantity >= 10'. An expression must start with '=' (e.g. '=ticketsQuantity >= 10').
`,
    );
  }
});
