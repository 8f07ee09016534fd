import { type CloudEvent, decodeHttp, idOf, makeEvent, sourceOf, typeOf } from '../../cloudevents/index.ts';
import { GatewayError } from '../errors.ts';
import type { GatewayRequest } from '../http.ts';
import { objectMembers } from '../json.ts';

/** The header in which services of the first version (May 2020) carried the keys, as JSON with camel-case names. */
const V1_HEADER = 'zeebe';
/** A plain header, not an attribute. */
const KEY_HEADER = 'correlationkey';

/**
 * Reads the one event of a request as the router of 2020 understood it: `Ce-Specversion` may be missing or older, data
 * without a media type are JSON, and keys may stand in the headers `zeebe` and `correlationKey`.
 * @throws CloudEventError, GatewayError
 */
export function decodeLegacy(request: GatewayRequest): CloudEvent {
  const headers = headersOf(request);
  const { 'ce-id': id, 'content-type': contentType } = headers;
  if (id !== undefined) {
    headers['ce-specversion'] = '1.0';
    if (contentType === undefined && request.body.length > 0) headers['content-type'] = 'application/json';
  }
  const { events } = decodeHttp(headers, request.body, { maxEvents: 1 });
  const [event] = events;
  if (event === undefined)
    throw new GatewayError('BAD_REQUEST', 'The request holds no event. Send one event, not an empty batch.');
  const extra = { ...v1Keys(one(headers, V1_HEADER)), ...correlationKey(one(headers, KEY_HEADER)) };
  return withExtensions(event, extra);
}

/** The event with further extensions, where it does not have them. */
export function withExtensions(event: CloudEvent, extensions: Readonly<Record<string, string>>): CloudEvent {
  const missing = Object.entries(extensions).filter(([name]) => !event.attributes.has(name));
  if (missing.length === 0) return event;
  // Checks names and values.
  const checked = makeEvent({
    id: idOf(event),
    source: sourceOf(event),
    type: typeOf(event),
    extensions: Object.fromEntries(missing),
  });
  return { ...event, attributes: new Map([...checked.attributes, ...event.attributes]) };
}

/** Headers with a list where one occurs more than once, which no attribute may. */
function headersOf({ rawHeaders }: GatewayRequest): Record<string, string | string[]> {
  // Without a prototype, so that `__proto__` is a name like any other.
  const headers: Record<string, string | string[]> = Object.create(null);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    const known = headers[name];
    headers[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return headers;
}

function v1Keys(header: string | undefined): Record<string, string> {
  if (header === undefined) return {};
  let members: ReadonlyMap<string, string> | undefined;
  try {
    members = objectMembers(header);
  } catch {
    members = undefined;
  }
  if (members === undefined)
    throw new GatewayError(
      'BAD_REQUEST',
      `The header '${V1_HEADER}' must hold a JSON object, but was '${header}'.`,
    );
  const keys = [...members].flatMap(([name, text]) => {
    const value: unknown = JSON.parse(text);
    // The exact text of a number: keys may be larger than a double holds.
    const shown = typeof value === 'string' ? value : typeof value === 'number' ? text : '';
    return shown === '' ? [] : [[name.toLowerCase().replace(/[^a-z0-9]/g, ''), shown] as const];
  });
  return Object.fromEntries(keys);
}

function correlationKey(header: string | undefined): Record<string, string> {
  return header === undefined || header === '' ? {} : { correlationkey: header };
}

function one(headers: Readonly<Record<string, string | string[]>>, name: string): string | undefined {
  const value = headers[name];
  if (!Array.isArray(value)) return value;
  throw new GatewayError('BAD_REQUEST', `The header '${name}' occurs more than once; send it once.`);
}
