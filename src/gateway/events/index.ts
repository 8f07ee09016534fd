import type { RouteGroup } from '../http.ts';
import { consentRoutes } from './consent.ts';
import type { EventsContext } from './context.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { eventApiRoutes } from './event-api.ts';
import { filterEvaluationRoutes } from './filter-evaluation.ts';
import { ingressRoutes } from './ingress.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { waitRoutes } from './waits.ts';

export type { EventsContext } from './context.ts';
export { authorizer, gateOf } from './senders.ts';

/** Events in, subscriptions, and what is known of events. */
export function eventsGroup(context: EventsContext): RouteGroup {
  return {
    name: 'events',
    routes: [
      ...ingressRoutes(context),
      ...subscriptionRoutes(context),
      ...consentRoutes(context),
      ...eventApiRoutes(context),
      ...deadLetterRoutes(context),
      ...filterEvaluationRoutes(context),
      ...waitRoutes(context),
    ],
  };
}
