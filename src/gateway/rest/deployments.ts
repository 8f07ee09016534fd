import { deployResources, type NamedResource } from '../deploy.ts';
import { GatewayError } from '../errors.ts';
import { json, type Route } from '../http.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { deployedDecisions } from './decisions.ts';
import { readForm } from './form.ts';
import { type JsonSchema, SHOWN, shown, shownList } from './schema.ts';

/** Bytes of one deployment: several models with their diagrams. */
const DEPLOYMENT_LIMIT = 16 * 1024 * 1024;

const NOTHING = {
  processDefinition: null,
  decisionDefinition: null,
  decisionRequirements: null,
  form: null,
  resource: null,
};

const ITEM: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(
    Object.keys(NOTHING).map((name) => [name, { type: ['object', 'null'], additionalProperties: true }]),
  ),
  required: Object.keys(NOTHING),
};

/** Deploying models. */
export function deploymentRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/deployments',
      accepts: 'multipart',
      bodyLimit: DEPLOYMENT_LIMIT,
      operation: {
        id: 'createDeployment',
        tag: 'Resource',
        summary: 'Deploys processes, decisions and forms together.',
        body: {
          type: 'object',
          properties: {
            resources: {
              type: 'array',
              minItems: 1,
              items: { type: 'string', contentMediaType: 'application/octet-stream' },
            },
            tenantId: { type: 'string' },
          },
          required: ['resources'],
        },
        bodyType: 'multipart/form-data',
        answers: {
          200: shown({ deploymentKey: SHOWN.key, tenantId: SHOWN.text, deployments: shownList(ITEM) }),
        },
      },
      handler: async (request) => {
        const resources = await resourcesOf(await readForm(request));
        const { deploymentKey, processes, forms, ...deployed } = await deployResources(runtime, resources);
        return json(200, {
          deploymentKey: String(deploymentKey),
          tenantId: TENANT,
          deployments: [
            ...processes.map((process) => ({
              ...NOTHING,
              processDefinition: {
                processDefinitionId: process.bpmnProcessId,
                processDefinitionVersion: process.version,
                processDefinitionKey: String(process.processDefinitionKey),
                resourceName: process.resourceName,
                tenantId: TENANT,
              },
            })),
            ...deployedDecisions(deployed).map((decision) => ({ ...NOTHING, ...decision })),
            ...forms.map((form) => ({
              ...NOTHING,
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
  ];
}

async function resourcesOf(form: FormData): Promise<readonly NamedResource[]> {
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
