import { OPTION_SPECS } from '../options.ts';
import { CONFIG_HELP } from '../options-file.ts';
import { readVersion } from '../version.ts';
import { EXIT, type ExitCode, explain } from './exit-codes.ts';

/** What a command may touch of the process. */
export interface CommandIo {
  out(line: string): void;
  err(line: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Command = (args: readonly string[], io: CommandIo) => Promise<ExitCode>;

/** Loaded when they are called: `tutti instances` need not start what a server needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  deploy: async () => (await import('./deploy.ts')).deploy,
  instances: async () => (await import('./instances.ts')).instances,
};

/** Runs one command line (without node and the script) and answers the exit code; never throws. */
export async function run(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || args.includes('--help') || name === 'help') {
    io.out(helpText());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === 'version') {
    io.out(readVersion());
    return EXIT.ok;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    io.err(`Unknown command '${name}'; known are ${Object.keys(COMMANDS).join(', ')}. See tutti --help.`);
    return EXIT.usage;
  }
  try {
    return await (await load())(rest, io);
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

export function helpText(): string {
  const options = [CONFIG_HELP, ...OPTION_SPECS].map(
    ({ flag, value, help, environment }) => `  ${`${flag} ${value}`.padEnd(30)} ${help} [${environment}]`,
  );
  return [
    'Tutti orchestrates CloudEvents with BPMN.',
    '',
    'tutti serve [options]            runs the server until SIGTERM or SIGINT',
    ...options,
    '',
    'tutti deploy FILE…               deploys models to a running server',
    'tutti instances                  lists process instances of a running server, newest first',
    '  --url URL                      of the server (default http://127.0.0.1:8080) [TUTTI_URL]',
    '  --process ID, --state STATE    of tutti instances: only those; STATE is ACTIVE, COMPLETED or TERMINATED',
    '  --limit N                      of tutti instances: at most so many (default 20)',
    '',
    'tutti --help, tutti --version',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong command line, 3 data folder in use or unusable, 4 port in use,',
    '5 server not reached or it refused.',
  ].join('\n');
}
