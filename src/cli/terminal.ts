import type { CommandIo } from './io.ts';

/** Texts for a terminal. */

export type Tone = 'good' | 'bad' | 'waiting' | 'dim' | 'strong' | 'plain';

const CODES: Readonly<Record<Tone, string>> = {
  good: '32',
  bad: '31',
  waiting: '33',
  dim: '2',
  strong: '1',
  plain: '',
};

/** Colours the text if the output is a terminal that wants colours. */
export function paint(io: CommandIo, tone: Tone, text: string): string {
  const code = CODES[tone];
  return io.terminal?.colours === true && code !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** One line without what would steer the terminal: senders choose what stands in an event. */
export function printable(text: string): string {
  return text.replaceAll(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As {@link printable}, but keeps lines and tabs. */
export function printableLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => printable(line.replaceAll('\t', '    ')));
}

/** `2030-01-31 09:05:07` in the zone of the reader. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
