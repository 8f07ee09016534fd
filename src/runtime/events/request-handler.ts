import type { RequestHandler, Tx } from '../module.ts';
import type { EventRequests } from './requests.ts';

/** A handler of the event side, typed by its kind. */
export function handler<Kind extends keyof EventRequests>(
  kind: Kind,
  handle: (body: EventRequests[Kind]['body'], tx: Tx) => EventRequests[Kind]['value'],
): RequestHandler<never> {
  return { kind, handle };
}
