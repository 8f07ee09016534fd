import {
  type CloudEvent,
  type EncodedMessage,
  encodeBatch,
  encodeBinary,
  encodeStructured,
} from '../cloudevents/index.ts';
import type { SinkReceiver } from './receivers.ts';
import { signatureHeaders } from './sign.ts';

/** Many servers take no more than 8 KiB of header fields, and there are others beside those of the event. */
const MOST_HEADER_BYTES = 7 * 1024;

/**
 * The request that delivers events to a sink: one event in binary mode, or structured if it is signed or its attributes are
 * longer than what servers take as header fields; several as a batch.
 * @param authorization value of the header, if the sink wants to know who sends
 * @param now epoch ms, for the signature
 */
export function messageFor(
  { headers, signer, settings }: SinkReceiver,
  events: readonly CloudEvent[],
  authorization: string | undefined,
  now: () => number,
): EncodedMessage {
  const { headers: own, body } = encoded(events, signer !== undefined);
  const all: Record<string, string> = {
    ...headers,
    ...own,
    'content-length': String(body.length),
    // Knative's data plane: says that an event in the answer is welcome.
    prefer: 'reply',
  };
  if (settings.webhook) all['webhook-request-origin'] = settings.webhook.origin;
  if (authorization !== undefined) all['authorization'] = authorization;
  if (signer) Object.assign(all, signatureHeaders(signer, events, body, now()));
  return { headers: all, body };
}

function encoded(events: readonly CloudEvent[], structured: boolean): EncodedMessage {
  const [event] = events;
  if (!event || events.length > 1) return encodeBatch(events);
  if (structured) return encodeStructured(event);
  const binary = encodeBinary(event);
  return headerBytes(binary) > MOST_HEADER_BYTES ? encodeStructured(event) : binary;
}

function headerBytes({ headers }: EncodedMessage): number {
  let bytes = 0;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0) + 4;
  return bytes;
}
