/** How options are taken from a `tutti.yaml`: where it is found, and what its section `server` means. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OptionError } from './cli/flags.ts';
import { CONFIG_NAME, loadConfig, type TuttiConfig, unknownMessage } from './config/index.ts';
import type { Draft, OptionSpec } from './option-specs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the configuration is named: on the command line, or in the environment. */
export const CONFIG_FLAG = '--config';
const CONFIG_ENVIRONMENT = 'TUTTI_CONFIG';
export const CONFIG_HELP = {
  flag: CONFIG_FLAG,
  environment: CONFIG_ENVIRONMENT,
  value: 'FILE',
  help: `configuration (default ${CONFIG_NAME} of the data folder, if there is one); flags and environment win`,
};

/** The configuration that is named, else that of the data folder. Throws `ConfigError`, `OptionError`. */
export function configOf(
  given: readonly { readonly flag: string; readonly value: string }[],
  environment: Environment,
  defaultData: string,
): TuttiConfig | undefined {
  const flags = given.filter(({ flag }) => flag === CONFIG_FLAG);
  if (flags.length > 1) throw new OptionError(CONFIG_FLAG, `${CONFIG_FLAG} is given twice; give it once.`);
  const named = flags[0]?.value ?? environment[CONFIG_ENVIRONMENT];
  if (named !== undefined && named !== '') return loadConfig(named, environment);
  const data = given.find(({ flag }) => flag === '--data')?.value ?? environment['TUTTI_DATA'];
  return configOfFolder(data === undefined || data === '' ? defaultData : data, environment);
}

export function configOfFolder(data: string, environment: Environment): TuttiConfig | undefined {
  const file = join(data, CONFIG_NAME);
  if (!existsSync(file)) return undefined;
  const config = loadConfig(file, environment);
  const moved = config.server.get('data');
  if (moved)
    throw moved.error('a configuration that lies in the data folder cannot name another one; remove it.');
  return config;
}

/** The name of an option in the configuration: that of its flag, in camel case. */
function settingName({ flag }: OptionSpec): string {
  return flag.slice(2).replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
}

/** Takes one option from the configuration, if that has it. */
export function applySetting(
  options: Draft,
  spec: OptionSpec,
  config: TuttiConfig | undefined,
  repeatable: boolean,
): void {
  const setting = config?.server.get(settingName(spec));
  if (setting === undefined) return;
  const texts = repeatable ? setting.texts : [setting.texts.join(',')];
  try {
    for (const text of texts) spec.apply(options, text);
  } catch (error) {
    if (error instanceof OptionError) throw setting.error(error.message);
    throw error;
  }
}

export function refuseUnknown({ server }: TuttiConfig, specs: readonly OptionSpec[]): void {
  const known = specs.map(settingName);
  for (const [name, setting] of server)
    if (!known.includes(name))
      throw setting.error(unknownMessage(`'${name}' is not known here`, name, known));
}
