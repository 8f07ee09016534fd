/** The fields of a cron text, as the library reads them that Zeebe uses (Spring 5.3). */
interface Field {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEK_DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS: readonly Field[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 7, names: WEEK_DAYS },
];
const MACROS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a cron text, in Zeebe's words; undefined if nothing. */
export function cronError(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return 'Empty expression!';
  if (MACROS.includes(trimmed)) return undefined;
  if (trimmed === '@reboot') return 'Nickname @reboot not supported!';
  const texts = trimmed.split(/\s+/);
  if (texts.length !== FIELDS.length)
    return `Cron expression contains ${texts.length} parts but we expect one of [${FIELDS.length}]`;
  for (const [at, field] of FIELDS.entries()) {
    const text = texts[at] ?? '';
    if (text.endsWith(',')) return `Invalid field value! Trailing commas not permitted! '${text}'`;
    for (const part of text.toUpperCase().split(',')) {
      const error = partError(part, field);
      if (error !== undefined) return `Failed to parse cron expression. ${error}`;
    }
  }
  return undefined;
}

function partError(text: string, field: Field): string | undefined {
  const [range = '', step, ...more] = text.split('/');
  if (step !== undefined && !/^\d+$/.test(step)) return `For input string: "${step}"`;
  const strange = strangeCharacters(text, field);
  if (strange !== '') return `Invalid chars in expression! Expression: ${text} Invalid chars: ${strange}`;
  if (more.length > 0) return `Invalid expression: ${text}`;
  if (range === '-') return `Missing values for range: ${range}`;
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.max))
    return `Period ${step} not in range [${field.min}, ${field.max}]`;
  const values: number[] = [];
  for (const end of range.split('-')) {
    const value = numberOf(end, field);
    if (value === undefined) continue;
    if (value < field.min || value > field.max)
      return `Value ${value} not in range [${field.min}, ${field.max}]`;
    values.push(value);
  }
  const [from, to] = values;
  return from !== undefined && to !== undefined && from > to ? `Invalid range! [${from},${to}]` : undefined;
}

/** What is left of a text without the names of its field and without what any field may hold. */
function strangeCharacters(text: string, field: Field): string {
  const names = [...field.names, 'LW', 'L', 'W'].join('|');
  return text.replaceAll(new RegExp(names, 'g'), '').replaceAll(/[\d*?/,#-]/g, '');
}

function numberOf(text: string, field: Field): number | undefined {
  const named = field.names.indexOf(text.replace(/L$/, ''));
  if (named >= 0) return named + field.min;
  const [number] = /^\d+/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
}
