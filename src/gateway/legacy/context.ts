import type { CloudEvent } from '../../cloudevents/index.ts';
import type { EventsContext } from '../events/index.ts';
import type { GatewayRequest } from '../http.ts';

/** What the paths of the router of 2020 need of the rest of the house. */
export interface LegacyContext extends EventsContext {
  /** HOST:PORT of the gRPC surface, for `GET /status`. */
  contactPoint(): string;
  /**
   * The same check as at `POST /events`: rejects with a `GatewayError` (401, 403) if whoever sends the request may not
   * send these events; without events, if it may not administer. @defaultValue everybody may
   */
  authorize?(request: GatewayRequest, events: readonly CloudEvent[]): void | Promise<void>;
}
