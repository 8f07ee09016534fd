import { readVersion } from '../version.ts';
import { EXIT, type ExitCode, explain } from './exit-codes.ts';
import { type CommandName, helpText } from './help.ts';

/** What a command may touch of the process. */
export interface CommandIo {
  out(line: string): void;
  err(line: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Set if standard output is a terminal. */
  readonly terminal?: { readonly columns: number; readonly colours: boolean };
  /** Shows how far a long command is, on one line that is written over; absent if nobody would see it. */
  readonly progress?: (line: string) => void;
  /** Standard input. @defaultValue empty */
  readonly input?: () => AsyncIterable<Uint8Array>;
  /** Aborts when the user asks to end a command that goes on for ever. @defaultValue never */
  readonly interrupted?: () => AbortSignal;
}

export type Command = (args: readonly string[], io: CommandIo) => Promise<ExitCode>;

/** Loaded when they are called: `tutti instances` need not start what a server needs. */
const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  deploy: async () => (await import('./deploy.ts')).deploy,
  instances: async () => (await import('./instances.ts')).instances,
  publish: async () => (await import('./publish.ts')).publish,
  events: async () => (await import('./events.ts')).events,
  event: async () => (await import('./events.ts')).event,
  subscriptions: async () => (await import('./subscriptions.ts')).subscriptions,
  'dead-letters': async () => (await import('./dead-letters.ts')).deadLetters,
};

/** Runs one command line (without node and the script) and answers the exit code; never throws. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || args.includes('--help') || name === 'help') {
    const about = [name, rest[0]].find((word): word is CommandName => word !== undefined && isCommand(word));
    io.out(helpText(about));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === 'version') {
    io.out(readVersion());
    return EXIT.ok;
  }
  if (!isCommand(name)) {
    io.err(`Unknown command '${name}'; known are ${Object.keys(COMMANDS).join(', ')}. See tutti --help.`);
    return EXIT.usage;
  }
  try {
    return await (await COMMANDS[name]())(rest, io);
  } catch (error) {
    const known = explain(error);
    if (known === undefined) {
      io.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return EXIT.failed;
    }
    io.err(`tutti ${name}: ${known.line}`);
    return known.code;
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
