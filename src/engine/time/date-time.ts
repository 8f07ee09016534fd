import { isZonedDateTime } from '../../bpmn/validation/timer-text.ts';

/** Epoch ms of an ISO 8601 date and time with an offset; undefined if the text is none. */
export function parseDateTime(dateTime: string): number | undefined {
  if (!isZonedDateTime(dateTime)) return undefined;
  // The offset decides; a zone beside it (`Z[UTC]`) only tells where it comes from.
  return epochOf(() => Temporal.Instant.from(sixDigitYear(dateTime.replace(/\[[^\]]+\]$/, ''))));
}

/** Epoch ms of a FEEL date and time: with an offset, with only a zone in brackets, or with neither (then it is UTC). */
export function parseFeelDateTime(iso: string): number | undefined {
  const known = parseDateTime(iso);
  if (known !== undefined) return known;
  if (iso.endsWith(']')) return epochOf(() => Temporal.ZonedDateTime.from(iso));
  return parseDateTime(`${iso}Z`);
}

/** Years of more than four digits (and a sign) have six digits for `Temporal`. */
function sixDigitYear(dateTime: string): string {
  return dateTime
    .replace(/^([+-])(\d{5,9})-/, (_, sign, year) => `${sign}${Number(year).toString().padStart(6, '0')}-`)
    .replace(/^-(\d{4})-/, '-00$1-');
}

function epochOf(read: () => { readonly epochMilliseconds: number }): number | undefined {
  try {
    return read().epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The text as Java shows such a date: without seconds if they are zero. */
export function zonedDateTimeText(text: string): string {
  return text.replace(/(T\d\d:\d\d):00(?:\.0+)?(?=Z|[+-]|\[|$)/i, '$1').replace(/[+-]00:?00(?=\[|$)/, 'Z');
}
