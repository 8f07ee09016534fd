import type { WebhookSettings } from '../../config/webhook.ts';
import type { Events } from '../../runtime/events/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { DataValidator } from '../../schemas/index.ts';
import type { SenderGate } from './senders.ts';

/** What the routes for events need of the rest of the house. */
export interface EventsContext {
  readonly runtime: Runtime;
  readonly events: Events;
  /** Refuses data that break a schema which says so. @defaultValue no schemas */
  readonly validator?: DataValidator;
  /** Bytes of one request to `POST /events`. @defaultValue 4 MiB */
  readonly bodyLimit?: number;
  /** Events of one batch. @defaultValue 1000 */
  readonly batchLimit?: number;
  /** Who may send events. @defaultValue everybody who reaches the port */
  readonly gate?: SenderGate | undefined;
  /** To which webhooks the receiver consents. @defaultValue that of a server on loopback */
  readonly webhook?: WebhookSettings;
}

export const DEFAULT_EVENT_LIMIT = 4 * 1024 * 1024;
export const DEFAULT_BATCH_LIMIT = 1000;
