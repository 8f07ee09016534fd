import type { Arguments } from './arguments.ts';
import type { ExitCode } from './exit-codes.ts';
import type { CommandIo } from './io.ts';

/** How a command describes itself. Parsing, help and completion come from it, and from nowhere else. */

export interface OptionSpec {
  /** Such as `--limit`. */
  readonly flag: string;
  /** How help calls the value; a switch has none. */
  readonly value?: string;
  readonly help: string;
  /** True if it may be given again, or holds several values with commas between. @defaultValue false */
  readonly several?: boolean;
  /** All values that are taken, if they can be listed. */
  readonly choices?: readonly string[];
  /** True if the value names a file, for completion. @defaultValue false */
  readonly file?: boolean;
}

/** A word that is no option, such as `PROCESS`. */
export interface WordSpec {
  readonly name: string;
  /** Goes on after "Name PROCESS, …". */
  readonly help: string;
  readonly least: 0 | 1;
  readonly most: number;
  /** True if the word names a file, for completion. @defaultValue false */
  readonly file?: boolean;
  /** All words that are taken, if they can be listed. */
  readonly choices?: readonly string[];
}

/** What is run, with what it takes. */
export interface ActionSpec {
  /** One line; without a capital and a full stop. */
  readonly summary: string;
  /** In their order; only the last may be repeated or left out. @defaultValue none */
  readonly words?: readonly WordSpec[];
  readonly options: readonly OptionSpec[];
  run(given: Arguments, io: CommandIo): Promise<ExitCode>;
}

/** `tutti COMMAND`. */
export interface PlainCommand extends ActionSpec {
  readonly examples: readonly string[];
  /** Further paragraphs of its help. */
  readonly notes?: readonly string[];
}

/** `tutti COMMAND ACTION`; the first action is meant where none is named. */
export interface GroupCommand {
  readonly summary: string;
  readonly actions: Readonly<Record<string, ActionSpec>>;
  readonly examples: readonly string[];
  readonly notes?: readonly string[];
}

export type CommandSpec = PlainCommand | GroupCommand;

export function isGroup(command: CommandSpec): command is GroupCommand {
  return 'actions' in command;
}

/** Every option that one of the actions takes, each once. */
export function optionsOf(command: CommandSpec): readonly OptionSpec[] {
  if (!isGroup(command)) return command.options;
  const all = new Map<string, OptionSpec>();
  for (const { options } of Object.values(command.actions)) {
    for (const option of options) all.set(option.flag, option);
  }
  return [...all.values()];
}
