import {
  type CloudEvent,
  type EncodedMessage,
  encodeBatch,
  encodeBinary,
  encodeStructured,
} from '../cloudevents/index.ts';
import type { SinkReceiver } from './receivers.ts';
import { signatureHeaders } from './sign.ts';

/**
 * The request that delivers events to a sink: one event in binary mode, or structured if it is signed; several as a
 * batch.
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
  return structured ? encodeStructured(event) : encodeBinary(event);
}
