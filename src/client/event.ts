import {
  type AttributeValue,
  attribute,
  type CloudEvent,
  dataAsJsonText,
  decodeUtf8,
  encodeUtf8,
  makeEvent,
} from '../cloudevents/index.ts';

/** A CloudEvent as a plain object: its attributes by name, JSON data as a value. */
export interface Event {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time?: string;
  /** @defaultValue `application/json`, if there are data that are no bytes */
  readonly datacontenttype?: string;
  readonly dataschema?: string;
  /** A JSON value; a text if `datacontenttype` says that it is no JSON; or bytes. */
  readonly data?: unknown;
  /** Extension attributes, such as `correlationkey`. */
  readonly [extension: string]: unknown;
}

/** An event that is about to be made: what is missing is filled in. */
export type NewEvent = { readonly type: string } & Partial<Event>;

const CORE = new Set([
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'dataschema',
  'data',
  'specversion',
]);

/**
 * Checks a plain event by the rules of CloudEvents 1.0.
 * @throws CloudEventError naming the attribute and the remedy
 */
export function toCloudEvent(event: Event): CloudEvent {
  const { id, source, type, subject, time, datacontenttype, dataschema, data } = event;
  const extensions: Record<string, AttributeValue | undefined> = {};
  for (const [name, value] of Object.entries(event)) {
    if (CORE.has(name)) continue;
    // What is no attribute value is refused by name.
    if (value !== undefined && value !== null) extensions[name] = value as AttributeValue;
  }
  const bytes = data === undefined ? undefined : bytesOf(data, datacontenttype);
  const isBytes = data instanceof Uint8Array;
  const contentType = datacontenttype ?? (bytes === undefined || isBytes ? undefined : 'application/json');
  return makeEvent({
    id,
    source,
    type,
    subject,
    time,
    dataschema,
    datacontenttype: contentType,
    extensions,
    data: bytes,
  });
}

/** A checked event as a plain object. Integers beyond 2^53 in its data lose digits, as `JSON.parse` has it. */
export function fromCloudEvent(event: CloudEvent): Event {
  const plain: Record<string, unknown> = Object.fromEntries(event.attributes);
  const data = dataOf(event);
  if (data !== undefined) plain['data'] = data;
  return plain as unknown as Event;
}

function bytesOf(data: unknown, contentType: string | undefined): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === 'string' && contentType !== undefined && !/[/+]json\b/i.test(contentType))
    return encodeUtf8(data);
  const text = JSON.stringify(data);
  if (text === undefined) throw new TypeError(`data must be a JSON value or bytes, not a ${typeof data}.`);
  return encodeUtf8(text);
}

function dataOf(event: CloudEvent): unknown {
  const { data } = event;
  if (data === undefined) return undefined;
  const json = dataAsJsonText(event);
  if (json !== undefined) return JSON.parse(json);
  const isText = /^text\/|[/+]xml\b/i.test(attribute(event, 'datacontenttype') ?? '');
  return (isText ? decodeUtf8(data) : undefined) ?? data;
}
