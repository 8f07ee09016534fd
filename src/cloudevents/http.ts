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
  headers: HttpHeaders,
  body: Uint8Array,
  options: DecodeOptions = {},
): DecodedMessage {
  const contentType = contentTypeHeader(headers);
  if (contentType === undefined || !isFamily(contentType)) {
    return { mode: 'binary', events: [decodeBinary(headers, contentType, body, options.legacy === true)] };
  }
  const mode = jsonMode(contentType);
  const text = bodyText(body);
  if (mode === 'structured') return { mode, events: [fromJsonText(text)] };
  return { mode, events: fromBatchText(text, options.maxEvents) };
}

/** True if the headers look like those of a message with events: for answers, which may hold one or not. */
export function carriesEvents(headers: HttpHeaders): boolean {
  const contentType = contentTypeHeader(headers);
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

function decodeBinary(
  headers: HttpHeaders,
  contentType: string | undefined,
  body: Uint8Array,
  legacy: boolean,
): CloudEvent {
  const attributes = new Map<string, AttributeValue>();
  for (const header of Object.keys(headers)) {
    if (!hasPrefix(header)) continue;
    const value = headers[header];
    if (value === undefined) continue;
    const name = attributeName(header);
    const text = headerText(name, value, legacy);
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

function attributeName(header: string): string {
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

function headerText(name: string, value: string | readonly string[], legacy: boolean): string {
  const text = decodeHeaderValue(single(name, value), { loosePercent: legacy });
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
function contentTypeHeader(headers: HttpHeaders): string | undefined {
  let value = headers['content-type'];
  if (value === undefined) {
    const name = Object.keys(headers).find(
      (key) => key.length === 12 && key.toLowerCase() === 'content-type',
    );
    value = name === undefined ? undefined : headers[name];
  }
  return value === undefined ? undefined : trimBlanks(single('datacontenttype', value));
}

function single(attribute: string, value: string | readonly string[]): string {
  if (typeof value === 'string') return value;
  const [first, ...others] = value;
  if (first !== undefined && others.length === 0) return first;
  throw new CloudEventError('duplicateAttribute', 'its header occurs more than once; send it once', {
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
