import type { AttributeValue } from './attributes.ts';
import { isTimestamp } from './timestamp.ts';

/** The rule that a value breaks, undefined if it keeps it. */
type Rule = (value: AttributeValue) => string | undefined;

/**
 * Extensions of the specification (folder `cloudevents/extensions`) whose value decides what becomes of an event
 * here: one that cannot be read would be a wrong decision that nobody notices, so the sender is told. All other
 * extensions pass as they are, also those whose documents state a type (`docs/reference/cloudevents.md` lists them).
 */
const RULES: ReadonlyMap<string, Rule> = new Map([
  ['expirytime', timestamp],
  ['sampledrate', positiveInteger],
  ['sequence', filled],
  ['partitionkey', filled],
  ['correlationid', filled],
  ['causationid', filled],
]);

const POSITIVE_INTEGER = /^[1-9][0-9]{0,9}$/;
const MOST = 2_147_483_647;

/** The rule and remedy if `value` breaks the rule of the extension `name`; undefined for all that may pass. */
export function extensionProblem(name: string, value: AttributeValue): string | undefined {
  return RULES.get(name)?.(value);
}

function timestamp(value: AttributeValue): string | undefined {
  if (typeof value === 'string' && isTimestamp(value)) return undefined;
  return 'must be an RFC 3339 timestamp such as 2030-01-31T12:00:00Z, or the event would never expire; correct it or leave it out';
}

/** The canonical text counts: in binary mode an Integer comes as text. */
function positiveInteger(value: AttributeValue): string | undefined {
  const text = String(value);
  if (typeof value !== 'boolean' && POSITIVE_INTEGER.test(text) && Number(text) <= MOST) return undefined;
  return 'must be an integer from 1 to 2147483647: for how many events this one stands; correct it or leave it out';
}

function filled(value: AttributeValue): string | undefined {
  return value === '' ? 'must not be empty; give it a value or leave it out' : undefined;
}
