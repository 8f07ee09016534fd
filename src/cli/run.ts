import { unknownMessage } from '../config/suggest.ts';
import { readVersion } from '../version.ts';
import { checkArguments, splitArguments } from './arguments.ts';
import { allCommands, COMMANDS, isCommand } from './commands/index.ts';
import { EXIT, type ExitCode, explain } from './exit-codes.ts';
import { OptionError } from './flags.ts';
import { commandHelp, overview } from './help.ts';
import type { CommandIo } from './io.ts';
import { type CommandSpec, isGroup, optionsOf } from './spec.ts';

/** Runs one command line (without node and the script) and answers the exit code; never throws. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || args.includes('--help')) {
    const about = [name, rest[0]].find((word) => word !== undefined && isCommand(word));
    const lines =
      about !== undefined && isCommand(about)
        ? commandHelp(about, await COMMANDS[about]())
        : overview(await allCommands());
    for (const line of lines) io.out(line);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === 'version') {
    io.out(readVersion());
    return EXIT.ok;
  }
  if (!isCommand(name)) {
    const unknown = unknownMessage(`Unknown command '${name}'`, name, Object.keys(COMMANDS));
    io.err(`${unknown} See tutti --help.`);
    return EXIT.usage;
  }
  try {
    return await runCommand(name, await COMMANDS[name](), rest, io);
  } catch (error) {
    const known = explain(error);
    if (known === undefined) {
      io.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return EXIT.failed;
    }
    const usage = known.code === EXIT.usage ? ` See tutti ${name} --help.` : '';
    io.err(`tutti ${name}: ${known.line}${usage}`);
    return known.code;
  }
}

function runCommand(
  name: string,
  command: CommandSpec,
  args: readonly string[],
  io: CommandIo,
): Promise<ExitCode> {
  const given = splitArguments(args, optionsOf(command));
  if (!isGroup(command)) return command.run(checkArguments(given, command), io);
  const [first = ''] = given.words;
  const known = Object.keys(command.actions);
  const named = known.includes(first);
  const chosen = named ? first : (known[0] ?? '');
  const action = command.actions[chosen];
  if (action === undefined) throw new TypeError(`tutti ${name} has no actions`);
  // A word that is neither an action nor what the first action takes was meant to be an action.
  if (!named && first !== '' && ((action.words ?? []).length === 0 || !/^\d/.test(first))) {
    throw new OptionError(first, unknownMessage(`There is no tutti ${name} ${first}`, first, known));
  }
  const foreign = given.flags().find((flag) => !action.options.some((option) => option.flag === flag));
  if (foreign !== undefined) {
    const owners = known.filter((other) =>
      command.actions[other]?.options.some(({ flag }) => flag === foreign),
    );
    throw new OptionError(
      foreign,
      `${foreign} is no option of tutti ${name} ${chosen}, but of ${owners.join(' and ')}.`,
    );
  }
  const own = named ? splitArguments(withoutWord(args, first), action.options) : given;
  return action.run(checkArguments(own, action), io);
}

function withoutWord(args: readonly string[], word: string): string[] {
  const at = args.indexOf(word);
  return args.filter((_, index) => index !== at);
}
