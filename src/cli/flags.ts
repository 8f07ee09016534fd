import { unknownMessage } from '../config/suggest.ts';

/** An option that cannot be used, with what it should be. */
export class OptionError extends Error {
  readonly code = 'INVALID_OPTION';
  readonly option: string;
  constructor(option: string, message: string) {
    super(message);
    this.name = 'OptionError';
    this.option = option;
  }
}

/** `--flag value` and `--flag=value` pairs; refuses anything else. */
export function flagValues(
  args: readonly string[],
  known: readonly string[],
): { flag: string; value: string }[] {
  const found: { flag: string; value: string }[] = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (!argument.startsWith('--')) throw new OptionError(argument, `Unexpected argument '${argument}'.`);
    const equals = argument.indexOf('=');
    const flag = equals === -1 ? argument : argument.slice(0, equals);
    if (!known.includes(flag))
      throw new OptionError(flag, unknownMessage(`Unknown option ${flag}`, flag, known));
    const next = args[at + 1];
    if (equals !== -1) found.push({ flag, value: argument.slice(equals + 1) });
    else if (next === undefined || next.startsWith('--'))
      throw new OptionError(flag, `${flag} needs a value.`);
    else {
      found.push({ flag, value: next });
      at += 1;
    }
  }
  return found;
}
