import type { RouteGroup } from '../http.ts';
import type { EventsContext } from './context.ts';
import { eventApiRoutes } from './event-api.ts';
import { filterEvaluationRoutes } from './filter-evaluation.ts';
import { ingressRoutes } from './ingress.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { waitRoutes } from './waits.ts';

export type { EventsContext } from './context.ts';
export { authorizer } from './senders.ts';

/** Events in, subscriptions, and what is known of events. */
export function eventsGroup(context: EventsContext): RouteGroup {
  return {
    name: 'events',
    routes: [
      ...ingressRoutes(context),
      ...subscriptionRoutes(context),
      ...eventApiRoutes(context),
      ...filterEvaluationRoutes(context),
      ...waitRoutes(context),
    ],
  };
}
