import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { splitArguments } from './arguments.ts';
import { cli, folderOf } from './cli.test-helper.ts';
import { allCommands } from './commands/index.ts';
import { isGroup, optionsOf } from './spec.ts';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

describe('Completion', { skip: has('bash') ? false : 'no bash here' }, () => {
  /** What bash offers for a command line whose last word is being written. */
  async function offered(folder: string, ...words: string[]): Promise<string[]> {
    const { out: script } = await cli('completion', 'bash');
    const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
    const ask = `${script}\n${line}; _tutti; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', ask], { cwd: folder, encoding: 'utf8' });
    assert.equal(stderr, '');
    return stdout.split('\n').filter((word) => word !== '');
  }

  it('offers commands, actions, options, values and files in bash', async (t) => {
    const folder = folderOf(t);
    writeFileSync(join(folder, 'order.bpmn'), '');
    mkdirSync(join(folder, 'orders'));
    const cases: readonly [string[], string[]][] = [
      [['tutti', 'sta'], ['start']],
      [['tutti', 'help', 'sta'], ['start']],
      [
        ['tutti', 'tasks', ''],
        ['list', 'complete', 'assign', 'unassign'],
      ],
      [
        ['tutti', 'start', 'order', '--va'],
        ['--variables', '--var'],
      ],
      [['tutti', 'instances', '--state', 'C'], ['COMPLETED']],
      [
        ['tutti', 'completion', ''],
        ['bash', 'zsh', 'fish'],
      ],
      [
        ['tutti', 'deploy', 'or'],
        ['order.bpmn', 'orders'],
      ],
      [['tutti', 'serve', '--config', 'order.'], ['order.bpmn']],
      [['tutti', 'start', 'order', '--tag', ''], []],
    ];
    for (const [words, expected] of cases) {
      assert.deepEqual((await offered(folder, ...words)).sort(), expected.toSorted(), words.join(' '));
    }
  });

  it('writes scripts that each shell can read, with every command and option', async (t) => {
    const commands = await allCommands();
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, out } = await cli('completion', shell);
      assert.equal(code, 0);
      for (const [name, command] of commands) {
        assert.ok(out.includes(name), `${shell}: ${name}`);
        for (const { flag } of optionsOf(command))
          assert.ok(out.includes(flag.slice(2)), `${shell}: ${flag}`);
      }
      if (!has(shell)) t.diagnostic(`${shell} is not installed: its script was not read by it`);
      else assert.equal(spawnSync(shell, ['-n'], { input: out, encoding: 'utf8' }).stderr, '');
    }
    const other = await cli('completion', 'csh');
    assert.deepEqual(
      [other.code, other.err],
      [2, "tutti completion: There is no completion for 'csh'. See tutti completion --help."],
    );
  });
});

describe('Help', () => {
  it('describes every command, and its examples are command lines that it takes', async () => {
    const overview = (await cli('--help')).out;
    for (const [name, command] of await allCommands()) {
      assert.ok(overview.includes(`tutti ${name} `), name);
      const { code, out } = await cli(name, '--help');
      assert.equal(code, 0);
      for (const { flag, help } of optionsOf(command))
        assert.ok(out.includes(flag) && out.includes(help), flag);
      assert.ok(command.examples.length > 0, name);
      for (const example of command.examples) {
        assert.ok(out.includes(example));
        assert.match(example, new RegExp(`tutti ${name}\\b`));
        const words = wordsOf(example.slice(example.indexOf(`tutti ${name}`)));
        const given = splitArguments(words.slice(2), optionsOf(command));
        const first = given.word(0);
        if (isGroup(command) && first !== '' && !/^\d/.test(first))
          assert.ok(first in command.actions, example);
      }
    }
  });
});

/** The words of the first command of a line for the shell. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|([^\s)]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const end = words.findIndex((word) => ['|', '>', '&&', '#'].includes(word));
  return end === -1 ? words : words.slice(0, end);
}
