import { isZonedDateTime } from '../../bpmn/validation/timer-text.ts';

/** Epoch ms of an ISO 8601 date and time with offset or zone; undefined if the text is none. */
export function parseDateTime(dateTime: string): number | undefined {
  // The offset decides; a zone beside it (`Z[UTC]`) only tells where it comes from.
  const text = dateTime.replace(/(Z|[+-]\d\d(?::?\d\d)?)\[[^\]]+\]$/i, '$1');
  if (!isZonedDateTime(text)) return undefined;
  try {
    if (text.includes('[')) return Temporal.ZonedDateTime.from(text).epochMilliseconds;
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The text as Java shows such a date: without seconds if they are zero. */
export function zonedDateTimeText(text: string): string {
  return text.replace(/(T\d\d:\d\d):00(?:\.0+)?(?=Z|[+-]|\[|$)/i, '$1').replace(/[+-]00:?00(?=\[|$)/, 'Z');
}
