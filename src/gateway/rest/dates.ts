/** A date and time with an offset, seconds optional: RFC 3339, section 5.6, as Java's `OffsetDateTime` reads it. */
const MOMENT = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/i;

/** Epoch ms of a date and time; undefined if it is none. */
export function momentOf(text: string): number | undefined {
  const time = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
