import { createHash, createHmac } from 'node:crypto';
import { type CloudEvent, idOf, sourceOf } from '../cloudevents/index.ts';

export interface Signer {
  readonly key: Uint8Array;
  /** Header of the signature, lower case. */
  readonly header: string;
}

export const SIGNATURE_HEADER = 'webhook-signature';

/**
 * Header fields that sign a delivery as Standard Webhooks has it: HMAC-SHA256 of `id.timestamp.body`. Signed deliveries
 * are in structured mode, so that the signature covers the attributes too.
 * @param now epoch ms
 */
export function signatureHeaders(
  { key, header }: Signer,
  events: readonly CloudEvent[],
  body: Uint8Array,
  now: number,
): Record<string, string> {
  const id = messageId(events);
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, [header]: `v1,${signature}` };
}

/** The same at each attempt. A hash, as ids of events may hold what no header may. */
function messageId(events: readonly CloudEvent[]): string {
  const names = events.map((event) => [sourceOf(event), idOf(event)]);
  return `evt_${createHash('sha256').update(JSON.stringify(names)).digest('base64url').slice(0, 32)}`;
}
