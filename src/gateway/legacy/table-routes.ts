import type { StartMapping } from '../../runtime/events/index.ts';
import { deployResources } from '../deploy.ts';
import { GatewayError } from '../errors.ts';
import { Fields, parseKey } from '../fields.ts';
import { type GatewayRequest, json, type Route } from '../http.ts';
import type { LegacyContext } from './context.ts';

/** Bytes of `POST /deploy`: one model with its diagram, as a JSON string. */
const DEPLOYMENT_LIMIT = 16 * 1024 * 1024;

/** The tables of the router of 2020, its state and its deployments. Unknown members of bodies are ignored, as it did. */
export function legacyTableRoutes({ runtime, events, contactPoint, authorize }: LegacyContext): Route[] {
  const administer = async (request: GatewayRequest) => {
    await authorize?.(request, []);
    return Fields.ofBody(request);
  };
  // Who knows the key of a waiting job could answer it.
  const tablesFor = async (request: GatewayRequest) => {
    await authorize?.(request, []);
    return events.routerTables();
  };
  return [
    {
      method: 'GET',
      path: '/status',
      accepts: 'none',
      handler: () => json(200, { 'zeebe.broker.contactPoint': contactPoint(), plainTextConnection: true }),
    },
    {
      method: 'GET',
      path: '/actuator/health',
      accepts: 'none',
      handler: () => {
        const { ok, reason } = runtime.ready();
        return ok ? json(200, { status: 'UP' }) : json(503, { status: 'DOWN', details: { reason } });
      },
    },
    {
      method: 'GET',
      path: '/jobs',
      accepts: 'none',
      handler: async (request) => {
        const { waitingJobs } = await tablesFor(request);
        const byDefinition = Map.groupBy(waitingJobs, (job) => String(job.processDefinitionKey));
        const jobs = [...byDefinition].map(([definition, ofDefinition]) => {
          const byInstance = Map.groupBy(ofDefinition, (job) => String(job.processInstanceKey));
          const keys = [...byInstance].map(([key, list]) => [key, list.map(({ jobKey }) => String(jobKey))]);
          return [definition, Object.fromEntries(keys)] as const;
        });
        return json(200, Object.fromEntries(jobs));
      },
    },
    {
      method: 'GET',
      path: '/messages',
      accepts: 'none',
      handler: async (request) => {
        const { models, toldMessages } = await tablesFor(request);
        const names = new Map(
          models.map(({ processDefinitionKey, names: own }) => [String(processDefinitionKey), new Set(own)]),
        );
        for (const { workflowKey, name } of toldMessages)
          names.set(workflowKey, (names.get(workflowKey) ?? new Set()).add(name));
        const some = [...names].filter(([, own]) => own.size > 0).map(([key, own]) => [key, [...own]]);
        return json(200, Object.fromEntries(some));
      },
    },
    {
      method: 'POST',
      path: '/messages',
      accepts: 'json',
      handler: async (request) => {
        const body = await administer(request);
        const workflowKey = body.requiredString('workflowKey');
        const messageName = body.requiredString('messageName');
        await events.addMessageName(workflowKey, messageName);
        return json(200, { workflowKey, messageName });
      },
    },
    {
      method: 'GET',
      path: '/workflows',
      accepts: 'none',
      handler: async (request) => {
        const { startMappings } = await tablesFor(request);
        const byType = Map.groupBy(startMappings, ({ type }) => type);
        // One mapping for each type, as it was; all of them under `targets`.
        const shown = [...byType].map(([type, mappings]) => {
          const targets = mappings.map(showMapping);
          return [type, { ...targets.at(-1), targets }] as const;
        });
        return json(200, Object.fromEntries(shown));
      },
    },
    {
      method: 'POST',
      path: '/workflows',
      accepts: 'json',
      handler: async (request) => {
        const mapping = readMapping(await administer(request));
        await events.putStartMapping(mapping);
        return json(200, showMapping({ ...mapping, origin: 'request' }));
      },
    },
    {
      method: 'POST',
      path: '/deploy',
      accepts: 'json',
      bodyLimit: DEPLOYMENT_LIMIT,
      handler: async (request) => {
        const body = await administer(request);
        const name = body.requiredString('name');
        const content = new TextEncoder().encode(body.requiredString('workflowDefinition'));
        const resource = { name: /\.(?:bpmn|xml)$/i.test(name) ? name : `${name}.bpmn`, content };
        const { deploymentKey, processes } = await deployResources(runtime, [resource]);
        return json(200, {
          deploymentKey: String(deploymentKey),
          workflows: processes.map(({ bpmnProcessId, version, processDefinitionKey, resourceName }) => ({
            bpmnProcessId,
            version,
            workflowKey: String(processDefinitionKey),
            resourceName,
          })),
        });
      },
    },
  ];
}

function readMapping(body: Fields): Omit<StartMapping, 'origin'> {
  const type = body.requiredString('cloudEventType');
  const bpmnProcessId = body.string('bpmnProcessId') ?? '';
  const processDefinitionKey = numberOf(body, 'workflowKey');
  const version = numberOf(body, 'version');
  if (bpmnProcessId === '' && processDefinitionKey === undefined)
    throw new GatewayError('BAD_REQUEST', 'The mapping has no target. Set bpmnProcessId or workflowKey.');
  return {
    type,
    // A key names the version too; the engine takes one or the other.
    ...(processDefinitionKey === undefined
      ? { bpmnProcessId, ...(version !== undefined && { version }) }
      : { bpmnProcessId: '', processDefinitionKey }),
  };
}

/** A number that may stand in a string, as old clients send it. */
function numberOf(body: Fields, name: string): number | undefined {
  const value = body.value(name);
  if (value === undefined || value === '') return undefined;
  const number = parseKey(String(value));
  if (number !== undefined && number > 0) return number;
  throw new GatewayError(
    'BAD_REQUEST',
    `Request property [${name}] must be a number above 0, but was '${value}'.`,
  );
}

function showMapping({ type, bpmnProcessId, version, processDefinitionKey, filters, origin }: StartMapping) {
  return {
    cloudEventType: type,
    bpmnProcessId: bpmnProcessId || null,
    workflowKey: processDefinitionKey === undefined ? null : String(processDefinitionKey),
    version: version === undefined ? null : String(version),
    ...(filters !== undefined && { filters }),
    origin,
  };
}
