/** Texts for people, made from what the server sends. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `2030-01-31 09:05:07`, in the time zone given (default: the reader's). */
export function dateTime(iso: string | null, timeZone?: string): string {
  if (iso === null) return '–';
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).formatToParts(new Date(iso));
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')}`;
}

/** `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${Math.floor(ms / 1000)} s`;
  if (ms < HOUR) return two(Math.floor(ms / MINUTE), 'min', Math.floor((ms % MINUTE) / 1000), 's');
  if (ms < DAY) return two(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'min');
  return two(Math.floor(ms / DAY), 'd', Math.floor((ms % DAY) / HOUR), 'h');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `5 min ago`, `in 5 min`, `now`. */
export function relative(iso: string, now: number): string {
  const away = now - Date.parse(iso);
  if (Math.abs(away) < 1000) return 'now';
  return away > 0 ? `${duration(away)} ago` : `in ${duration(-away)}`;
}

/** `SERVICE_TASK` → `service task`. */
export function words(constant: string): string {
  return constant.toLowerCase().replaceAll('_', ' ');
}

/** JSON text laid out to be read; as it came if it is no JSON. Numbers keep their digits. */
export function prettyJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return layOut(text);
}

/** Lays out valid JSON text token by token, so that no number is rounded on its way. */
function layOut(text: string): string {
  const tokens = text.match(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let out = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    if (token === '}' || token === ']') {
      depth -= 1;
      out += before === '{' || before === '[' ? token : line() + token;
      return;
    }
    if (before === '{' || before === '[') out += line();
    if (token === '{' || token === '[') depth += 1;
    out += token;
    if (token === ',') out += line();
    if (token === ':') out += ' ';
  });
  return out;
}
