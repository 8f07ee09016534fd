import type { RouteGroup } from '../http.ts';
import type { LegacyContext } from './context.ts';
import { legacyEventRoutes } from './event-routes.ts';
import { legacyTableRoutes } from './table-routes.ts';

export type { LegacyContext } from './context.ts';

/** The paths of the CloudEvents router of 2020, for those who come from it. */
export function legacyGroup(context: LegacyContext): RouteGroup {
  return { name: 'legacy2020', routes: [...legacyEventRoutes(context), ...legacyTableRoutes(context)] };
}
