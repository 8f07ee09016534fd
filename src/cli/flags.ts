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

/** A message that names what was probably meant, if anything is near. */
export function unknownMessage(start: string, name: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance)[0];
  return nearest !== undefined && nearest.distance <= 3
    ? `${start}; did you mean ${nearest.candidate}?`
    : `${start}; known are ${known.join(', ')}.`;
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
