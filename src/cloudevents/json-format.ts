import { type AttributeValue, checkAttributeBytes, checkAttributeName, checkRequired } from './attributes.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { CloudEventError } from './errors.ts';
import { addAttribute, attribute, type CloudEvent, declaresUtf8Json, eventOf } from './event.ts';
import { isJsonText, JsonScanner } from './json.ts';
import { declaresJson, declaresText, isUtf8, parseMediaType } from './media-type.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** So many attributes are read between looks at their bytes. */
const CHECK_EACH = 4096;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

/** Writes an event in the JSON format (CloudEvents JSON format, section 3). JSON data is copied as it is. */
export function toJsonText(event: CloudEvent): string {
  let text = '{';
  for (const [name, value] of event.attributes) {
    const written = typeof value === 'string' ? JSON.stringify(value) : String(value);
    text += text.length === 1 ? `"${name}":${written}` : `,"${name}":${written}`;
  }
  return `${text}${dataMember(event)}}`;
}

/**
 * Reads an event in the JSON format.
 * @throws CloudEventError
 */
export function fromJsonText(text: string): CloudEvent {
  const scanner = new JsonScanner(text);
  const event = readEvent(scanner);
  scanner.expectEnd();
  return event;
}

/** Writes events in the JSON batch format. */
export function toBatchText(events: readonly CloudEvent[]): string {
  return `[${events.map(toJsonText).join(',')}]`;
}

/**
 * Reads events in the JSON batch format; one bad event refuses all.
 * @param maxEvents refuse more events than this
 * @throws CloudEventError with the `index` of the bad event
 */
export function fromBatchText(text: string, maxEvents = Number.POSITIVE_INFINITY): CloudEvent[] {
  const scanner = new JsonScanner(text);
  if (!scanner.take('[')) {
    throw new CloudEventError(
      'invalidJson',
      'a batch must be a JSON array of events; send a single event as application/cloudevents+json',
    );
  }
  const events: CloudEvent[] = [];
  if (!scanner.take(']')) {
    do {
      if (events.length >= maxEvents) {
        throw new CloudEventError('batchTooLarge', `a batch may hold ${maxEvents} events; send it in parts`);
      }
      events.push(readMember(scanner, events.length));
    } while (scanner.take(','));
    scanner.expect(']');
  }
  scanner.expectEnd();
  return events;
}

function readMember(scanner: JsonScanner, index: number): CloudEvent {
  try {
    return readEvent(scanner);
  } catch (error) {
    throw error instanceof CloudEventError ? error.inBatch(index) : error;
  }
}

/** The members of a JSON event as they are read; data is judged when the content type is known. */
interface Members {
  readonly attributes: Map<string, AttributeValue>;
  /** Names of members that are null, created at the first one. */
  nulls?: Set<string>;
  /** Source text of `data`. */
  data?: string;
  /** The text of `data_base64`, null for an explicit null. */
  base64?: string | null;
}

function readEvent(scanner: JsonScanner): CloudEvent {
  if (!scanner.take('{')) {
    throw new CloudEventError(
      'invalidJson',
      'an event must be a JSON object; send several events as application/cloudevents-batch+json',
    );
  }
  const members: Members = { attributes: new Map() };
  if (!scanner.take('}')) {
    do {
      const name = scanner.readString();
      scanner.expect(':');
      readEventMember(scanner, members, name);
    } while (scanner.take(','));
    scanner.expect('}');
  }
  checkRequired(members.attributes);
  checkAttributeBytes(members.attributes);
  return withData(members);
}

function readEventMember(scanner: JsonScanner, members: Members, name: string): void {
  if (name === 'data') {
    if (members.data !== undefined) throw duplicate(name);
    members.data = scanner.readSource();
    return;
  }
  if (name === 'data_base64') {
    if (members.base64 !== undefined) throw duplicate(name);
    members.base64 = readBase64Text(scanner);
    return;
  }
  checkAttributeName(name);
  const value = readAttributeValue(scanner, name);
  if (members.nulls?.has(name) || (value === null && members.attributes.has(name))) throw duplicate(name);
  if (value !== null) {
    addAttribute(members.attributes, name, value);
    // A million of them shall not be read before they are refused.
    if (members.attributes.size % CHECK_EACH === 0) checkAttributeBytes(members.attributes);
    return;
  }
  members.nulls ??= new Set();
  members.nulls.add(name);
}

/** The value of an attribute; null means that it is not set. */
function readAttributeValue(scanner: JsonScanner, name: string): AttributeValue | null {
  const first = String.fromCharCode(scanner.peek());
  if (first === '"') return scanner.readString();
  if (first === '{' || first === '[') {
    throw new CloudEventError(
      'invalidAttribute',
      `must be a string, an integer, a Boolean or null, got ${first === '{' ? 'an object' : 'an array'}; move it to data`,
      { attribute: name },
    );
  }
  const source = scanner.readSource();
  if (source === 'null') return null;
  if (source === 'true' || source === 'false') return source === 'true';
  if (source.length > 11 || !INTEGER.test(source)) {
    throw new CloudEventError(
      'invalidAttribute',
      'numbers must be integers from -2147483648 to 2147483647 without fraction or exponent; send it as a string',
      { attribute: name },
    );
  }
  const value = Number(source);
  return value === 0 ? 0 : value; // -0 is 0
}

function readBase64Text(scanner: JsonScanner): string | null {
  const first = scanner.peek();
  if (first === 0x22) return scanner.readString();
  if (scanner.readSource() === 'null') return null;
  throw new CloudEventError(
    'invalidData',
    'data_base64 must be a string of base64; send JSON values as data',
  );
}

/** Joins attributes and data (JSON format, section 3.1.2). */
function withData(members: Members): CloudEvent {
  const { attributes, data, base64 } = members;
  if (typeof base64 === 'string') {
    if (data !== undefined) {
      throw new CloudEventError('invalidData', 'data and data_base64 exclude each other; send one of them');
    }
    const bytes = decodeBase64(base64);
    if (bytes === undefined) {
      throw new CloudEventError(
        'invalidData',
        'data_base64 must be base64 of RFC 4648 section 4, with padding and without white space; encode it again',
      );
    }
    return eventOf(attributes, bytes, 'base64');
  }
  if (data === undefined) return eventOf(attributes, undefined);
  const contentType = attributes.get('datacontenttype');
  if (contentType === undefined || contentType === 'application/json') return jsonData(attributes, data);
  const media = parseMediaType(String(contentType));
  if (media !== undefined && !isUtf8(media)) {
    throw new CloudEventError(
      'invalidData',
      'data in the JSON format is UTF-8, datacontenttype states another charset; use UTF-8 or send data_base64',
      { attribute: 'datacontenttype' },
    );
  }
  if (media !== undefined && declaresJson(media)) return jsonData(attributes, data);
  if (!data.startsWith('"')) {
    throw new CloudEventError(
      'invalidData',
      'data must be a string because datacontenttype is not JSON; send a string, data_base64, or a JSON datacontenttype',
    );
  }
  const text = new JsonScanner(data).readString();
  if (!text.isWellFormed()) {
    throw new CloudEventError('invalidData', 'data holds half of a surrogate pair; send whole characters');
  }
  return eventOf(attributes, encodeUtf8(text), 'text');
}

function jsonData(attributes: Map<string, AttributeValue>, source: string): CloudEvent {
  // A raw unpaired surrogate cannot come from UTF-8, but `fromJsonText` may be given any string.
  if (!source.isWellFormed()) {
    throw new CloudEventError('invalidData', 'data holds half of a surrogate pair; send whole characters');
  }
  return eventOf(attributes, encodeUtf8(source), 'json');
}

/** The member `data` or `data_base64` with its leading comma, or nothing. */
function dataMember(event: CloudEvent): string {
  const { data, dataForm } = event;
  if (data === undefined) return '';
  const form = dataForm ?? likelyForm(event);
  const text = form === 'base64' ? undefined : decodeUtf8(data);
  if (text !== undefined) {
    if (form === 'text') return `,"data":${JSON.stringify(text)}`;
    if (dataForm === 'json' || isJsonText(text)) return `,"data":${text}`;
  }
  return `,"data_base64":"${encodeBase64(data)}"`;
}

/** How to write data that did not come in the JSON format: by its media type, base64 if in doubt. */
function likelyForm(event: CloudEvent): 'json' | 'text' | 'base64' {
  const contentType = attribute(event, 'datacontenttype');
  if (contentType === undefined) return 'base64';
  if (declaresUtf8Json(contentType)) return 'json';
  const media = parseMediaType(contentType);
  return media !== undefined && isUtf8(media) && declaresText(media) ? 'text' : 'base64';
}

function duplicate(attributeName: string): CloudEventError {
  return new CloudEventError('duplicateAttribute', 'occurs more than once; send it once', {
    attribute: attributeName,
  });
}
