import type { RouteGroup } from '../http.ts';
import { adHocRoutes } from './ad-hoc.ts';
import { type Advertised, clusterRoutes } from './cluster.ts';
import { commandRoutes } from './commands.ts';
import { conditionalRoutes } from './conditionals.ts';
import type { GatewayContext } from './context.ts';
import { decisionRoutes } from './decisions.ts';
import { instanceRoutes } from './instances.ts';
import { jobRoutes } from './jobs.ts';
import { readRoutes } from './read-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { statisticsRoutes } from './statistics-routes.ts';
import { userTaskRoutes } from './user-tasks.ts';

/** Camunda 8's REST API (`/v2`), in the shape of release 8.9. */
export function restGroup(context: GatewayContext, advertised: () => Advertised): RouteGroup {
  return {
    name: 'rest',
    routes: [
      ...commandRoutes(context),
      ...conditionalRoutes(context),
      ...decisionRoutes(context),
      ...instanceRoutes(context),
      ...jobRoutes(context),
      ...adHocRoutes(context),
      ...userTaskRoutes(context),
      ...searchRoutes(context),
      ...readRoutes(context),
      ...statisticsRoutes(context),
      ...clusterRoutes(context, advertised),
    ],
  };
}
