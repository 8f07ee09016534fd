import type { CloudEvent } from '../cloudevents/index.ts';
import type { Letter } from './deliveries.ts';

/** Bytes of the answer's body that an attribute holds: few enough for a header, also when each is percent-encoded. */
const MOST_BYTES = 1024;
/** Control characters, which no attribute may hold; the line breaks of an HTML page are among them. */
const CONTROLS = /\p{Cc}+/gu;

/**
 * The event as a dead-letter sink gets it: with the error attributes of Knative, and else as it was. `knativeerrordata`
 * is the beginning of the answer's body on one line, or what went wrong if there was no answer.
 */
export function withErrorAttributes(event: CloudEvent, { sink, reason, response }: Letter): CloudEvent {
  const attributes = new Map(event.attributes);
  attributes.set('knativeerrordest', clean(sink));
  if (response) attributes.set('knativeerrorcode', response.status);
  else attributes.delete('knativeerrorcode');
  const data = clean(response ? response.body : reason);
  if (data === '') attributes.delete('knativeerrordata');
  else attributes.set('knativeerrordata', data);
  return { ...event, attributes };
}

/** Printable, well-formed text of at most {@link MOST_BYTES} bytes of UTF-8. */
function clean(text: string): string {
  const line = text
    .toWellFormed()
    .replace(CONTROLS, ' ')
    .replace(/[\p{Noncharacter_Code_Point}]/gu, '\ufffd')
    .trim();
  let bytes = 0;
  let end = 0;
  for (const character of line) {
    bytes += Buffer.byteLength(character);
    if (bytes > MOST_BYTES) break;
    end += character.length;
  }
  return line.slice(0, end);
}
