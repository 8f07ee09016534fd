import {
  type Attributes,
  type AttributeValue,
  canonicalText,
  checkAttribute,
  checkAttributeName,
  checkRequired,
  SPEC_VERSION,
} from './attributes.ts';
import { CloudEventError } from './errors.ts';
import { isJsonText } from './json.ts';
import { declaresJson, isUtf8, parseMediaType } from './media-type.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * How the data stood in the JSON format: `json` a JSON value (the bytes are valid JSON in UTF-8), `text` a
 * string holding the content (the bytes are valid UTF-8), `base64` base64. Kept so that an event leaves as
 * it came; absent if the event did not come in the JSON format.
 */
export type DataForm = 'json' | 'text' | 'base64';

/**
 * A valid CloudEvent 1.0: made by `makeEvent`, `decodeHttp` or `fromJsonText` only, which check the rules.
 * `data` is the exact payload; without it the event has no data (data that is JSON null is the bytes `null`).
 */
export interface CloudEvent {
  readonly attributes: Attributes;
  readonly data?: Uint8Array;
  readonly dataForm?: DataForm;
}

/** What `makeEvent` takes. Extensions of type number are 32-bit integers. */
export interface EventInput {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  readonly time?: string | undefined;
  readonly datacontenttype?: string | undefined;
  readonly dataschema?: string | undefined;
  readonly extensions?: Readonly<Record<string, AttributeValue | undefined>> | Attributes | undefined;
  readonly data?: Uint8Array | undefined;
}

/**
 * Makes an event and checks all rules of the specification; nothing is invented (no id, no time).
 * @throws CloudEventError naming the attribute and the remedy
 */
export function makeEvent(input: EventInput): CloudEvent {
  const attributes = new Map<string, AttributeValue>([['specversion', SPEC_VERSION]]);
  const { id, source, type, subject, time, datacontenttype, dataschema } = input;
  for (const [name, value] of Object.entries({
    id,
    source,
    type,
    subject,
    time,
    datacontenttype,
    dataschema,
  })) {
    if (value !== undefined) addAttribute(attributes, name, value);
  }
  const { extensions = {} } = input;
  const entries = extensions instanceof Map ? extensions.entries() : Object.entries(extensions);
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    checkAttributeName(name);
    addAttribute(attributes, name, value);
  }
  checkRequired(attributes);
  return eventOf(attributes, input.data);
}

/** The event of attributes that were checked before. For the codecs of this folder. */
export function eventOf(
  attributes: Attributes,
  data: Uint8Array | undefined,
  dataForm?: DataForm,
): CloudEvent {
  if (data === undefined) return { attributes };
  return dataForm === undefined ? { attributes, data } : { attributes, data, dataForm };
}

/** Checks an attribute whose name was checked before, and adds it. For the codecs of this folder. */
export function addAttribute(
  attributes: Map<string, AttributeValue>,
  name: string,
  value: AttributeValue,
): void {
  if (attributes.has(name)) {
    throw new CloudEventError('duplicateAttribute', 'occurs more than once; send it once', {
      attribute: name,
    });
  }
  checkAttribute(name, value);
  attributes.set(name, value);
}

/** The canonical text of an attribute, or undefined if the event does not have it. */
export function attribute(event: CloudEvent, name: string): string | undefined {
  const value = event.attributes.get(name);
  return value === undefined ? undefined : canonicalText(value);
}

/** The id: not empty, unique within the source. */
export function idOf(event: CloudEvent): string {
  return required(event, 'id');
}

/** The source: a URI-reference. */
export function sourceOf(event: CloudEvent): string {
  return required(event, 'source');
}

/** The type of the event. */
export function typeOf(event: CloudEvent): string {
  return required(event, 'type');
}

/** The subject, if any. */
export function subjectOf(event: CloudEvent): string | undefined {
  return attribute(event, 'subject');
}

/** The time (RFC 3339), if any. */
export function timeOf(event: CloudEvent): string | undefined {
  return attribute(event, 'time');
}

/**
 * The media type of the data. JSON data of a JSON event that states none counts as `application/json`
 * (JSON format, section 3.1.2); the attribute itself stays absent.
 */
export function contentTypeOf(event: CloudEvent): string | undefined {
  return attribute(event, 'datacontenttype') ?? (event.dataForm === 'json' ? 'application/json' : undefined);
}

/** The JSON text of the data, exactly as sent, if the event declares JSON and the data is valid JSON in UTF-8. */
export function dataAsJsonText(event: CloudEvent): string | undefined {
  const { data } = event;
  if (data === undefined) return undefined;
  if (event.dataForm === 'json') return decodeUtf8(data);
  const contentType = attribute(event, 'datacontenttype');
  if (contentType === undefined || !declaresUtf8Json(contentType)) return undefined;
  const text = decodeUtf8(data);
  return text !== undefined && isJsonText(text) ? text : undefined;
}

/** True if the media type declares JSON in UTF-8. */
export function declaresUtf8Json(contentType: string): boolean {
  if (contentType === 'application/json') return true;
  const media = parseMediaType(contentType);
  return media !== undefined && declaresJson(media) && isUtf8(media);
}

function required(event: CloudEvent, name: string): string {
  const value = attribute(event, name);
  if (value === undefined)
    throw new TypeError(`event without '${name}': make events with makeEvent or a decoder`);
  return value;
}
