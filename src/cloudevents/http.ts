import {
  type AttributeValue,
  canonicalText,
  checkAttributeBytes,
  checkAttributeName,
  checkRequired,
  SPEC_VERSION,
} from './attributes.ts';
import { CloudEventError, excerpt } from './errors.ts';
import { addAttribute, type CloudEvent, contentTypeOf, eventOf } from './event.ts';
import { fromBatchText, fromJsonText, toBatchText, toJsonText } from './json-format.ts';
import { isUtf8, parseMediaType } from './media-type.ts';
import { decodeHeaderValue, encodeHeaderValue, trimBlanks } from './percent.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** Headers of a message: names in any case, a list where a header occurs more than once. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers as they came: names in any case and values in turn, as Node's `rawHeaders`. */
export type HeaderList = readonly string[];

/** The content modes of the HTTP binding. */
export type ContentMode = 'binary' | 'structured' | 'batch';

/** The events of a message. A batch may be empty. */
export interface DecodedMessage {
  readonly mode: ContentMode;
  readonly events: readonly CloudEvent[];
}

/** A message to send: header names in lower case. */
export interface EncodedMessage {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** How `decodeHttp` reads. */
export interface DecodeOptions {
  /** Refuse batches with more events (`batchTooLarge`). Default: no limit. */
  readonly maxEvents?: number | undefined;
  /**
   * Accept what senders before CloudEvents 1.0 do in binary mode: specversion missing or 0.x is read as
   * 1.0, and a percent sign without two digits stands for itself. Default false.
   */
  readonly legacy?: boolean | undefined;
}

/** Media type of one event in the JSON format. */
export const EVENT_MEDIA_TYPE = 'application/cloudevents+json';
/** Media type of a batch in the JSON format. */
export const BATCH_MEDIA_TYPE = 'application/cloudevents-batch+json';

const FAMILY = 'application/cloudevents';
const NOT_IN_HEADER_NAME = /[^A-Za-z0-9]/;
const NO_BODY = new Uint8Array(0);
const BYTE_ORDER_MARK = '\ufeff';

/**
 * Reads the events of an HTTP request or response in any content mode (HTTP binding, section 3). The data
 * of a binary event is `body` itself, not a copy; an empty body is no data.
 * @throws CloudEventError; one bad event refuses the whole batch
 */
export function decodeHttp(
  headers: HttpHeaders | HeaderList,
  body: Uint8Array,
  options: DecodeOptions = {},
): DecodedMessage {
  const list = listOf(headers);
  const contentType = contentTypeIn(list);
  if (contentType === undefined || !isFamily(contentType)) {
    return { mode: 'binary', events: [decodeBinary(list, contentType, body, options.legacy === true)] };
  }
  const mode = jsonMode(contentType);
  const text = bodyText(body);
  if (mode === 'structured') return { mode, events: [fromJsonText(text)] };
  return { mode, events: fromBatchText(text, options.maxEvents) };
}

/** True if the headers look like those of a message with events: for answers, which may hold one or not. */
export function carriesEvents(headers: HttpHeaders): boolean {
  const contentType = contentTypeIn(listOf(headers));
  if (contentType !== undefined && isFamily(contentType)) return true;
  return Object.keys(headers).some((name) => name.toLowerCase() === 'ce-specversion');
}

/** Writes an event in binary mode: attributes in `ce-` headers, the data as body. */
export function encodeBinary(event: CloudEvent): EncodedMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of event.attributes) {
    if (name !== 'datacontenttype') headers[`ce-${name}`] = encodeHeaderValue(canonicalText(value));
  }
  const contentType = contentTypeOf(event);
  if (contentType !== undefined) headers['content-type'] = contentType;
  return { headers, body: event.data ?? NO_BODY };
}

/** Writes an event in structured mode, in the JSON format. */
export function encodeStructured(event: CloudEvent): EncodedMessage {
  return { headers: { 'content-type': EVENT_MEDIA_TYPE }, body: encodeUtf8(toJsonText(event)) };
}

/** Writes events as a batch. Send one only to receivers that asked for batches (HTTP binding, section 3). */
export function encodeBatch(events: readonly CloudEvent[]): EncodedMessage {
  return { headers: { 'content-type': BATCH_MEDIA_TYPE }, body: encodeUtf8(toBatchText(events)) };
}

function listOf(headers: HttpHeaders | HeaderList): HeaderList {
  if (isList(headers)) return headers;
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().flatMap((each) => [name, each]),
  );
}

function isList(headers: HttpHeaders | HeaderList): headers is HeaderList {
  return Array.isArray(headers);
}

function decodeBinary(
  headers: HeaderList,
  contentType: string | undefined,
  body: Uint8Array,
  legacy: boolean,
): CloudEvent {
  const attributes = new Map<string, AttributeValue>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const header = headers[at] as string;
    if (!hasPrefix(header)) continue;
    const name = attributeName(header, at);
    if (attributes.has(name)) throw repeated(name);
    const text = headerText(name, headers[at + 1] as string, legacy);
    addAttribute(attributes, name, legacy && name === 'specversion' ? modernVersion(text) : text);
  }
  if (legacy && !attributes.has('specversion')) attributes.set('specversion', SPEC_VERSION);
  if (contentType !== undefined) addAttribute(attributes, 'datacontenttype', contentType);
  checkRequired(attributes);
  checkAttributeBytes(attributes);
  return eventOf(attributes, body.length === 0 ? undefined : body);
}

function hasPrefix(header: string): boolean {
  return (
    (header.charCodeAt(0) | 0x20) === 0x63 &&
    (header.charCodeAt(1) | 0x20) === 0x65 &&
    header.charCodeAt(2) === 0x2d
  );
}

/** Header names that were seen before, of the attributes that they hold: they are few, and need not be checked again. */
const seen = new Map<string, string>();
const MOST_SEEN = 500;
const LONGEST_SEEN = 50;
/** What stood last at each of the first places of a message: the header of an attribute, and the attribute. */
const PLACES = 100;
const lastHeaders = new Array<string>(PLACES).fill('');
const lastNames = new Array<string>(PLACES).fill('');

/** @param at its place: senders send the same headers in turn, and to compare two texts costs less than to find one */
function attributeName(header: string, at: number): string {
  if (lastHeaders[at] === header) return lastNames[at] as string;
  const known = seen.get(header);
  const name = known ?? checkedName(header);
  if (header.length > LONGEST_SEEN) return name;
  if (known === undefined && seen.size < MOST_SEEN) seen.set(header, name);
  if (at < PLACES) {
    lastHeaders[at] = header;
    lastNames[at] = name;
  }
  return name;
}

function checkedName(header: string): string {
  const sent = header.slice(3);
  // Lower-casing may turn other characters into ASCII letters (the Kelvin sign into k).
  const name = NOT_IN_HEADER_NAME.test(sent) ? sent : sent.toLowerCase();
  checkAttributeName(name);
  if (name === 'datacontenttype') {
    throw new CloudEventError('invalidAttribute', 'must not be a ce- header; send it as Content-Type', {
      attribute: name,
    });
  }
  return name;
}

function headerText(name: string, value: string, legacy: boolean): string {
  const text = decodeHeaderValue(value, { loosePercent: legacy });
  if (text === undefined) {
    throw new CloudEventError(
      'invalidEncoding',
      'the header value must be percent-encoded UTF-8; write a percent sign as %25 and other characters as the escapes of their UTF-8 bytes',
      { attribute: name },
    );
  }
  return text;
}

function modernVersion(version: string): string {
  return /^0\.[0-9]+$/.test(version) ? SPEC_VERSION : version;
}

/** The Content-Type header, undefined if there is none. */
function contentTypeIn(headers: HeaderList): string | undefined {
  let found: string | undefined;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (!isHeader(headers[at] as string, 'content-type')) continue;
    if (found !== undefined) throw repeated('datacontenttype');
    found = trimBlanks(headers[at + 1] as string);
  }
  return found;
}

/** True if a header, in any case, has this name, in lower case. */
export function isHeader(header: string, name: string): boolean {
  return header.length === name.length && (header === name || header.toLowerCase() === name);
}

function repeated(attribute: string): CloudEventError {
  return new CloudEventError('duplicateAttribute', 'its header occurs more than once; send it once', {
    attribute,
  });
}

function isFamily(contentType: string): boolean {
  return contentType.length >= FAMILY.length && contentType.slice(0, FAMILY.length).toLowerCase() === FAMILY;
}

/** The mode of a content type that begins like those of CloudEvents; refuses other formats than JSON. */
function jsonMode(contentType: string): 'structured' | 'batch' {
  if (contentType === EVENT_MEDIA_TYPE) return 'structured';
  const media = parseMediaType(contentType);
  const subtype = media?.subtype;
  if (media === undefined || (subtype !== 'cloudevents+json' && subtype !== 'cloudevents-batch+json')) {
    throw new CloudEventError(
      'unsupportedMediaType',
      `Content-Type ${excerpt(contentType)} is not understood; send ${EVENT_MEDIA_TYPE}, ${BATCH_MEDIA_TYPE}, or binary mode`,
    );
  }
  if (!isUtf8(media)) {
    throw new CloudEventError(
      'unsupportedMediaType',
      'JSON events must be UTF-8; leave the charset out and send UTF-8',
    );
  }
  return subtype === 'cloudevents+json' ? 'structured' : 'batch';
}

function bodyText(body: Uint8Array): string {
  const text = decodeUtf8(body);
  if (text === undefined)
    throw new CloudEventError('invalidEncoding', 'the body must be UTF-8; encode it again');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
