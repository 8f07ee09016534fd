import { OPTION_SPECS, REPEATABLE } from '../../option-specs.ts';
import { CONFIG_HELP } from '../../options-file.ts';
import { giveBackAfterStart } from '../../threads/give-back.ts';
import type { Tutti } from '../../tutti.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { OptionSpec, PlainCommand } from '../spec.ts';

/** ms after which a stop that hangs is cut off; orchestrators kill after 10 s and often less. */
const STOP_LIMIT_MS = 4500;

/** The options of the server, as `tutti serve` and `tutti doctor` take them. */
export const SERVE_OPTIONS: readonly OptionSpec[] = [CONFIG_HELP, ...OPTION_SPECS].map(
  ({ flag, value, help, environment }) => ({
    flag,
    value,
    help: `${help} [${environment}]`,
    several: REPEATABLE.has(flag),
    file: flag === '--config' || flag === '--data',
  }),
);

/** `tutti serve`: runs until SIGTERM or SIGINT. One line on standard output says that it is ready; logs go to standard error. */
export const serve: PlainCommand = {
  summary: 'runs the server until SIGTERM or SIGINT',
  options: SERVE_OPTIONS,
  examples: ['tutti serve --data ./data', 'tutti serve --http 0 --grpc 0'],
  run: async (given, io) => {
    // What a server needs is loaded only to run one: help and completion read this description too.
    const [{ default: pino }, { parseOptions }, { startTutti }] = await Promise.all([
      import('pino'),
      import('../../options.ts'),
      import('../../tutti.ts'),
    ]);
    const options = parseOptions(given.raw, io.environment);
    const logger = pino({ base: null }, pino.destination({ dest: 2, sync: true }));
    const stopSignal = nextStopSignal();
    const tutti = await startTutti({
      ...options,
      log: ({ level, message, error }) => logger[level](error === undefined ? {} : { err: error }, message),
    });
    io.out(
      `Tutti ${tutti.version} is ready at ${tutti.addresses.http} (console: ${tutti.addresses.http}/console, data: ${tutti.options.data})`,
    );
    giveBackAfterStart();
    await stopSignal;
    return stop(tutti);
  },
};

/** Resolves at the first signal to stop; the second one ends the process at once. */
function nextStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = () => {
      resolve();
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.off(signal, onSignal);
        process.on(signal, () => process.exit(EXIT.failed));
      }
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
    // Started by a launcher over a channel: its end is a stop too, or the server would outlive it unseen.
    process.once('disconnect', onSignal);
    // The channel itself must not keep the process alive once everything is closed.
    process.channel?.unref();
  });
}

async function stop(tutti: Tutti): Promise<ExitCode> {
  // All that was answered is on disk already, so being cut off loses nothing.
  const limit = setTimeout(() => process.exit(EXIT.ok), STOP_LIMIT_MS);
  await tutti.close();
  clearTimeout(limit);
  return EXIT.ok;
}
