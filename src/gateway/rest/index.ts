import type { RouteGroup } from '../http.ts';
import { type Advertised, clusterRoutes } from './cluster.ts';
import { commandRoutes } from './commands.ts';
import type { GatewayContext } from './context.ts';
import { instanceRoutes } from './instances.ts';
import { jobRoutes } from './jobs.ts';
import { searchRoutes } from './search-routes.ts';
import { userTaskRoutes } from './user-tasks.ts';

/** Camunda 8's REST API (`/v2`), in the shape of release 8.9. */
export function restGroup(context: GatewayContext, advertised: () => Advertised): RouteGroup {
  return {
    name: 'rest',
    routes: [
      ...commandRoutes(context),
      ...instanceRoutes(context),
      ...jobRoutes(context),
      ...userTaskRoutes(context),
      ...searchRoutes(context),
      ...clusterRoutes(context, advertised),
    ],
  };
}
