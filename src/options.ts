/**
 * The options of the server, parsed and checked once. This is the only file, beside the command line, that reads the
 * environment.
 */

import { flagValues, OptionError } from './cli/flags.ts';
import { unknownMessage } from './config/index.ts';
import {
  BATCH_EVENTS,
  DEFAULT_OPTIONS,
  type Draft,
  EVENT_BYTES,
  OPTION_SPECS,
  REPEATABLE,
  type TuttiOptions,
} from './option-specs.ts';
import { integer, isAge, isKeptSize, LEAST_KEPT, port } from './option-values.ts';
import { applySetting, CONFIG_FLAG, configOf, configOfFolder, refuseUnknown } from './options-file.ts';

export { OptionError } from './cli/flags.ts';
export { DEFAULT_OPTIONS, type HostMapping, OPTION_SPECS, type TuttiOptions } from './option-specs.ts';

/**
 * Options from a command line (without the command's name) and an environment; flags win. Repeatable options take
 * a comma-separated list in the environment. Throws `OptionError`.
 */
export function parseOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TuttiOptions {
  const given = flagValues(args, [...OPTION_SPECS.map(({ flag }) => flag), CONFIG_FLAG]);
  const config = configOf(given, environment, DEFAULT_OPTIONS.data);
  const options: Draft = { ...DEFAULT_OPTIONS, ...(config && { config }) };
  for (const spec of OPTION_SPECS) {
    const flags = given.filter(({ flag }) => flag === spec.flag);
    if (flags.length > 1 && !REPEATABLE.has(spec.flag)) {
      throw new OptionError(spec.flag, `${spec.flag} is given twice; give it once.`);
    }
    for (const { value } of flags) spec.apply(options, value);
    if (flags.length > 0) continue;
    const text = environment[spec.environment];
    if (text === undefined || text === '') {
      applySetting(options, spec, config, REPEATABLE.has(spec.flag));
      continue;
    }
    for (const value of REPEATABLE.has(spec.flag) ? text.split(',') : [text])
      spec.apply(options, value.trim());
  }
  if (config) refuseUnknown(config, OPTION_SPECS);
  if (options.http !== 0 && options.http === options.grpc) {
    throw new OptionError('--grpc', `--http and --grpc cannot share port ${options.http}.`);
  }
  return options;
}

/** Checks options given as an object, fills in the defaults, and refuses misspelled names. Throws `OptionError`. */
export function resolveOptions(given: Partial<TuttiOptions>): TuttiOptions {
  const known = [...Object.keys(DEFAULT_OPTIONS), 'config'];
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new OptionError(name, unknownMessage(`Unknown option '${name}'`, name, known));
  }
  const config = given.config ?? configOfFolder(given.data ?? DEFAULT_OPTIONS.data, process.env);
  const options: Draft = { ...DEFAULT_OPTIONS, ...(config && { config }) };
  if (config) {
    refuseUnknown(config, OPTION_SPECS);
    for (const spec of OPTION_SPECS) applySetting(options, spec, config, REPEATABLE.has(spec.flag));
  }
  Object.assign(options, given);
  for (const name of ['http', 'grpc'] as const) port(name, String(options[name]));
  integer('maxEventBytes', String(options.maxEventBytes), EVENT_BYTES);
  integer('maxBatch', String(options.maxBatch), BATCH_EVENTS);
  if (!isAge(options.retentionAge))
    throw new OptionError('retentionAge', `The option retentionAge must be 1000 ms or more.`);
  if (!isKeptSize(options.retentionSize))
    throw new OptionError('retentionSize', `The option retentionSize must be ${LEAST_KEPT} bytes or more.`);
  if (typeof options.data !== 'string' || options.data === '') {
    throw new OptionError('data', `The option data must be a folder, but was '${String(options.data)}'.`);
  }
  if (options.clock !== 'system' && options.clock !== 'controllable') {
    throw new OptionError(
      'clock',
      `The option clock must be 'system' or 'controllable', but was '${String(options.clock)}'.`,
    );
  }
  return options;
}
