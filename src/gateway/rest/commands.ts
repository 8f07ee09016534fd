import type { Answer } from '../../engine/records/command.ts';
import { deployResources, type NamedResource } from '../deploy.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import { type GatewayRequest, json, NO_CONTENT, type Route } from '../http.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { deployedDecisions } from './decisions.ts';

/** Bytes of one deployment: several models with their diagrams. */
const DEPLOYMENT_LIMIT = 16 * 1024 * 1024;

/** Deployments, messages, signals, variables and incidents. */
export function commandRoutes({ runtime }: GatewayContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/deployments',
      accepts: 'multipart',
      bodyLimit: DEPLOYMENT_LIMIT,
      handler: async (request) => {
        const { deploymentKey, processes, forms, ...deployed } = await deployResources(
          runtime,
          await readResources(request),
        );
        const nothing = {
          processDefinition: null,
          decisionDefinition: null,
          decisionRequirements: null,
          form: null,
          resource: null,
        };
        return json(200, {
          deploymentKey: String(deploymentKey),
          tenantId: TENANT,
          deployments: [
            ...processes.map((process) => ({
              ...nothing,
              processDefinition: {
                processDefinitionId: process.bpmnProcessId,
                processDefinitionVersion: process.version,
                processDefinitionKey: String(process.processDefinitionKey),
                resourceName: process.resourceName,
                tenantId: TENANT,
              },
            })),
            ...deployedDecisions(deployed).map((decision) => ({ ...nothing, ...decision })),
            ...forms.map((form) => ({
              ...nothing,
              form: {
                formId: form.formId,
                version: form.version,
                formKey: String(form.formKey),
                resourceName: form.resourceName,
                tenantId: TENANT,
              },
            })),
          ],
        });
      },
    },
    {
      method: 'POST',
      path: '/v2/resources/:resourceKey/deletion',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        body.ignore('operationReference', 'deleteHistory');
        body.end();
        const resourceKey = pathKey(request, 'resourceKey');
        acceptedOf(
          await runtime.execute({ valueType: 'RESOURCE_DELETION', intent: 'DELETE', value: { resourceKey } }),
        );
        return json(200, { resourceKey: String(resourceKey), batchOperation: null });
      },
    },
    {
      method: 'POST',
      path: '/v2/messages/publication',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const value = {
          name: body.requiredString('name'),
          correlationKey: body.string('correlationKey') ?? '',
          timeToLive: body.integer('timeToLive') ?? 0,
          messageId: body.string('messageId') ?? '',
          variables: body.document('variables'),
        };
        body.tenant();
        body.end();
        const { key } = acceptedOf(await runtime.execute({ valueType: 'MESSAGE', intent: 'PUBLISH', value }));
        return json(200, { messageKey: String(key), tenantId: TENANT });
      },
    },
    {
      method: 'POST',
      path: '/v2/messages/correlation',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const value = {
          name: body.requiredString('name'),
          correlationKey: body.string('correlationKey') ?? '',
          variables: body.document('variables'),
        };
        body.tenant();
        body.end();
        const answer = await runtime.execute({
          valueType: 'MESSAGE_CORRELATION',
          intent: 'CORRELATE',
          value,
        });
        const accepted = acceptedOf(answer as Answer<{ processInstanceKey: number; messageKey?: number }>);
        return json(200, {
          tenantId: TENANT,
          messageKey: String(accepted.value.messageKey ?? accepted.key),
          processInstanceKey: String(accepted.value.processInstanceKey),
        });
      },
    },
    {
      method: 'POST',
      path: '/v2/signals/broadcast',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const value = {
          signalName: body.requiredString('signalName'),
          variables: body.document('variables'),
        };
        body.tenant();
        body.end();
        const { key } = acceptedOf(
          await runtime.execute({ valueType: 'SIGNAL', intent: 'BROADCAST', value }),
        );
        return json(200, { signalKey: String(key), tenantId: TENANT });
      },
    },
    {
      method: 'PUT',
      path: '/v2/element-instances/:elementInstanceKey/variables',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        if (!body.has('variables')) throw new GatewayError('INVALID_ARGUMENT', 'No variables provided.');
        const variables = body.document('variables');
        const local = body.boolean('local') ?? false;
        body.ignore('operationReference');
        body.end();
        const scopeKey = pathKey(request, 'elementInstanceKey');
        acceptedOf(
          await runtime.execute({
            valueType: 'VARIABLE_DOCUMENT',
            intent: 'UPDATE',
            value: { scopeKey, updateSemantics: local ? 'LOCAL' : 'PROPAGATE', variables },
          }),
        );
        return NO_CONTENT;
      },
    },
    {
      method: 'POST',
      path: '/v2/incidents/:incidentKey/resolution',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        body.ignore('operationReference');
        body.end();
        const key = pathKey(request, 'incidentKey');
        acceptedOf(await runtime.execute({ valueType: 'INCIDENT', intent: 'RESOLVE', key }));
        return NO_CONTENT;
      },
    },
  ];
}

async function readResources(request: GatewayRequest): Promise<NamedResource[]> {
  const contentType = String(request.headers['content-type'] ?? '');
  let form: FormData;
  try {
    form = await new Response(Buffer.from(request.body), {
      headers: { 'content-type': contentType },
    }).formData();
  } catch {
    throw new GatewayError(
      'BAD_REQUEST',
      'The multipart body cannot be read; its boundary must be that of the Content-Type, with CRLF line ends.',
    );
  }
  const resources: NamedResource[] = [];
  for (const [name, part] of form.entries()) {
    if (name === 'tenantId') {
      if (part !== TENANT && part !== '') {
        throw new GatewayError(
          'INVALID_ARGUMENT',
          `Expected to handle request Deploy Resources with tenant identifier '${String(part)}', but multi-tenancy is disabled`,
        );
      }
    } else if (name !== 'resources') {
      throw new GatewayError(
        'BAD_REQUEST',
        `The part '${name}' is unknown; send files as parts named 'resources'.`,
      );
    } else if (typeof part === 'string') {
      throw new GatewayError(
        'BAD_REQUEST',
        "A part 'resources' has no file name; the name tells what the file is.",
      );
    } else {
      resources.push({ name: part.name, content: new Uint8Array(await part.arrayBuffer()) });
    }
  }
  if (resources.length === 0) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      "No resources provided: send at least one file as a part named 'resources'.",
    );
  }
  return resources;
}
