import { spawn } from 'node:child_process';

/** A command of the user, run for one job. */
export interface HandlerRun {
  /** Null if it was ended by a signal. */
  readonly code: number | null;
  readonly output: string;
  /** The end of its standard error. */
  readonly errors: string;
  /** Why it could not be run to its end. */
  readonly problem?: string;
}

/** Bytes of standard output that a handler may write: variables of one job. */
const MOST_OUTPUT = 4 * 1024 * 1024;
/** Characters of standard error that become the message of a failure. */
const MOST_ERRORS = 2000;

/** Runs a command by the shell with a text on its standard input; ends it after `limitMs`. Never throws. */
export function runHandler(
  command: string,
  input: string,
  environment: Readonly<Record<string, string | undefined>>,
  limitMs: number,
): Promise<HandlerRun> {
  return new Promise((resolve) => {
    // A group of its own: what the shell has started ends with it, and Ctrl-C at the worker lets it finish.
    const child = spawn(command, { shell: true, detached: true, env: environment as NodeJS.ProcessEnv });
    const output: Buffer[] = [];
    let bytes = 0;
    let errors = '';
    let problem: string | undefined;
    const end = (why: string) => {
      problem ??= why;
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself meanwhile.
      }
    };
    const limit = setTimeout(() => end(`it took more than ${limitMs / 1000} s`), limitMs);
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_OUTPUT) end(`it wrote more than ${MOST_OUTPUT} bytes`);
      else output.push(chunk);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-MOST_ERRORS);
    });
    const done = (code: number | null) => {
      clearTimeout(limit);
      const run = { code, output: Buffer.concat(output).toString('utf8'), errors: errors.trim() };
      resolve(problem === undefined ? run : { ...run, problem });
    };
    child.on('error', (error) => {
      problem ??= `it cannot be run: ${error.message}`;
      done(null);
    });
    child.on('close', done);
    // A handler may end without having read its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
