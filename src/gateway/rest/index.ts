import { asGatewayError, GatewayError } from '../errors.ts';
import { type GatewayResponse, json, type Route, type RouteGroup } from '../http.ts';
import { adHocRoutes } from './ad-hoc.ts';
import { authenticationRoutes } from './authentication.ts';
import { batchRoutes } from './batches.ts';
import { type Advertised, clusterRoutes } from './cluster.ts';
import { clusterVariableRoutes } from './cluster-variables.ts';
import { commandRoutes } from './commands.ts';
import { conditionalRoutes } from './conditionals.ts';
import type { GatewayContext } from './context.ts';
import { decisionRoutes } from './decisions.ts';
import { deploymentRoutes } from './deployments.ts';
import { documentRoutes } from './documents.ts';
import { instanceRoutes } from './instances.ts';
import { jobRoutes } from './jobs.ts';
import { openApiDocument } from './openapi/document.ts';
import { readRoutes } from './read-routes.ts';
import { searchRoutes } from './search-routes.ts';
import { statisticsRoutes } from './statistics-routes.ts';
import { userTaskRoutes } from './user-tasks.ts';

/** Camunda 8's REST API (`/v2`), in the shape of release 8.9. */
export function restGroup(context: GatewayContext, advertised: () => Advertised): RouteGroup {
  const routes: Route[] = [
    ...deploymentRoutes(context),
    ...commandRoutes(context),
    ...conditionalRoutes(context),
    ...decisionRoutes(context),
    ...instanceRoutes(context),
    ...batchRoutes(context),
    ...jobRoutes(context),
    ...clusterVariableRoutes(context),
    ...documentRoutes(context),
    ...authenticationRoutes(),
    ...adHocRoutes(context),
    ...userTaskRoutes(context),
    ...searchRoutes(context),
    ...readRoutes(context),
    ...statisticsRoutes(context),
    ...clusterRoutes(context, advertised),
  ];
  let description: GatewayResponse | undefined;
  routes.push({
    method: 'GET',
    path: '/v2/openapi.json',
    accepts: 'none',
    operation: {
      id: 'getOpenApi',
      tag: 'Cluster',
      summary: 'This document.',
      answers: { 200: { type: 'object', additionalProperties: true } },
    },
    handler: () => {
      description ??= json(200, openApiDocument(routes, context.version));
      return description;
    },
  });
  return { name: 'rest', routes: routes.map(toldAsBackpressure) };
}

/** An overload is told to clients of Camunda's API in the way they know. */
function toldAsBackpressure(route: Route): Route {
  return {
    ...route,
    handler: async (request) => {
      try {
        return await route.handler(request);
      } catch (error) {
        const known = asGatewayError(error);
        if (known?.code !== 'RESOURCE_EXHAUSTED') throw error;
        throw new GatewayError('BACKPRESSURE', known.message, known.headers);
      }
    },
  };
}
