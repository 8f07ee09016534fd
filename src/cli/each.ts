import { ServerRefusedError } from './client.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { CommandIo } from './io.ts';
import { printable } from './terminal.ts';

/**
 * Does something with one key after the other and tells each by itself: what is refused stops none of the others, and
 * makes the exit code that of a refusal. `act` answers what it has done, as a sentence.
 */
export async function eachOf(
  keys: readonly string[],
  json: boolean,
  io: CommandIo,
  act: (key: string) => Promise<string>,
): Promise<ExitCode> {
  let refused = 0;
  for (const key of keys) {
    try {
      const sentence = await act(key);
      io.out(json ? JSON.stringify({ key, done: true }) : printable(sentence));
    } catch (error) {
      if (!(error instanceof ServerRefusedError) || error.passing) throw error;
      refused += 1;
      io.err(`${key}: ${printable(error.message)}`);
      if (json) io.out(JSON.stringify({ key, done: false, reason: error.message }));
    }
  }
  return refused === 0 ? EXIT.ok : EXIT.server;
}
