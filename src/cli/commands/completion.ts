import { bashScript, fishScript, zshScript } from '../completion-scripts.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import type { PlainCommand } from '../spec.ts';
import { allCommands } from './index.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `tutti completion bash|zsh|fish`. */
export const completion: PlainCommand = {
  summary: 'prints what lets a shell complete commands, options and values',
  words: [
    { name: 'SHELL', help: 'which is bash, zsh or fish', least: 1, most: 1, choices: Object.keys(SCRIPTS) },
  ],
  options: [],
  examples: [
    'source <(tutti completion bash)              # in ~/.bashrc',
    'source <(tutti completion zsh)               # in ~/.zshrc, after compinit',
    'tutti completion fish > ~/.config/fish/completions/tutti.fish',
  ],
  run: async (given, io) => {
    const shell = given.word(0);
    const script = Object.entries(SCRIPTS).find(([name]) => name === shell)?.[1];
    if (script === undefined) throw new OptionError('SHELL', `There is no completion for '${shell}'.`);
    io.out(script(await allCommands()));
    return EXIT.ok;
  },
};
