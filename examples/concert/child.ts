/** A process of the concert, watched: started again if it dies, stopped when the concert ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process did not start; `lines` are its own words. */
export class ChildError extends Error {
  readonly code = 'CHILD';
  readonly exitCode: number;

  constructor(name: string, exitCode: number, lines: readonly string[]) {
    super(
      lines.length > 0 ? lines.join('\n') : `${name} ended with exit code ${exitCode} before it was ready.`,
    );
    this.name = 'ChildError';
    this.exitCode = exitCode;
  }
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Ends it at once, as a crash would; it is started again. Resolves when the new one is ready. */
  kill(): Promise<void>;
  /** Ends it cleanly, for good. */
  stop(): Promise<void>;
}

const restartDelay = 500;
/** ms that a part may take to stop before it is ended at once; each promises to stop within five seconds. */
const stopLimit = 8_000;

/** Starts `node file args`; resolves when it has printed its ready line. */
export async function startChild(
  name: string,
  file: string,
  args: readonly string[],
  say: (line: string) => void,
): Promise<Child> {
  let stopping = false;
  let restarted: Promise<void> = Promise.resolve();
  let running = await begin(name, file, args, say);

  const watch = (): void => {
    running.once('exit', (code, signal) => {
      if (stopping) return;
      say(`${name} ended (${signal ?? `exit code ${code}`}); it is started again.`);
      restarted = again();
      // A failed restart is told to whoever asked for it, and tried again meanwhile.
      restarted.catch(() => {});
    });
  };
  const again = async (): Promise<void> => {
    for (;;) {
      if (stopping) return;
      try {
        running = await begin(name, file, args, say);
        watch();
        return;
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
        await new Promise((resolve) => setTimeout(resolve, restartDelay));
      }
    }
  };
  watch();

  return {
    name,
    get pid() {
      return running.pid ?? -1;
    },
    async kill() {
      await ended(running, 'SIGKILL');
      await restarted;
    },
    async stop() {
      stopping = true;
      await restarted.catch(() => {});
      await ended(running, 'SIGTERM');
    },
  };
}

function begin(
  name: string,
  file: string,
  args: readonly string[],
  say: (line: string) => void,
): Promise<ChildProcess> {
  // A group of its own: Ctrl-C in the terminal reaches only the launcher, which ends the parts in order. The channel
  // carries nothing: its end tells the part that the launcher is gone.
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new TypeError('the output of a part is read by pipes');
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    createInterface({ input: stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 20) lines.shift();
      say(`${name}: ${line}`);
    });
    createInterface({ input: stdout }).on('line', (line) => {
      if (/\bready\b/.test(line)) resolve(child);
    });
    child.once('error', reject);
    // `close` comes after the last line was read, so the error has the process's own words.
    child.once('close', (code) => reject(new ChildError(name, code ?? 1, lines)));
  });
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), stopLimit);
  await exit;
  clearTimeout(late);
}
