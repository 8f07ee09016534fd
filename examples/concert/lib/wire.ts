/** Between HTTP messages and the plain events that services work with. */
import {
  attribute,
  CloudEventError,
  dataAsJsonText,
  decodeHttp,
  type EncodedMessage,
  encodeBinary,
  fromJsonText,
  type HttpHeaders,
  idOf,
  sourceOf,
  subjectOf,
  timeOf,
  typeOf,
} from 'tutti/cloudevents';
import { Problem } from './http.ts';

/** An event as it came in: `data` is the JSON value, or undefined if there is none or it is not JSON. */
export interface WireEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string | undefined;
  /** Epoch milliseconds. */
  readonly time: number | undefined;
  readonly correlationKey: string | undefined;
  readonly data: unknown;
}

/** Most events in one batch. */
const largestBatch = 1_000;

/**
 * The events of a request in any content mode; senders before CloudEvents 1.0 are understood.
 * @throws Problem 400, 413 or 415, naming the attribute and the remedy.
 */
export function decodeRequest(headers: HttpHeaders, body: Uint8Array): readonly WireEvent[] {
  try {
    const { events } = decodeHttp(headers, body, { maxEvents: largestBatch, legacy: true });
    return events.map((event) => {
      const text = dataAsJsonText(event);
      const time = timeOf(event);
      return {
        id: idOf(event),
        source: sourceOf(event),
        type: typeOf(event),
        subject: subjectOf(event),
        time: time === undefined ? undefined : Date.parse(time),
        correlationKey: attribute(event, 'correlationkey'),
        data: text === undefined ? undefined : (JSON.parse(text) as unknown),
      };
    });
  } catch (error) {
    if (error instanceof CloudEventError) throw new Problem(error.status, error.code, error.message);
    throw error;
  }
}

/** The binary-mode message of an event given in the JSON format. @throws CloudEventError if it is invalid. */
export function encodeRequest(event: unknown): EncodedMessage {
  return encodeBinary(fromJsonText(JSON.stringify(event)));
}
