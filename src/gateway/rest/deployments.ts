import { deployResources, type NamedResource } from '../deploy.ts';
import { GatewayError } from '../errors.ts';
import { json, type Route } from '../http.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { deployedDecisions } from './decisions.ts';
import { readForm } from './form.ts';
import { nullable, SHOWN, shown, shownList } from './schema.ts';
import { refuseTenant } from './shape.ts';

/** Bytes of one deployment: several models with their diagrams. */
const DEPLOYMENT_LIMIT = 16 * 1024 * 1024;

const NOTHING = {
  processDefinition: null,
  decisionDefinition: null,
  decisionRequirements: null,
  form: null,
  resource: null,
};

const PLACE = { resourceName: SHOWN.text, tenantId: SHOWN.text };

const ITEM = shown({
  processDefinition: nullable(
    shown({
      processDefinitionId: SHOWN.text,
      processDefinitionVersion: SHOWN.int,
      processDefinitionKey: SHOWN.key,
      ...PLACE,
    }),
  ),
  decisionDefinition: nullable(
    shown({
      decisionDefinitionId: SHOWN.text,
      version: SHOWN.int,
      name: SHOWN.text,
      tenantId: SHOWN.text,
      decisionRequirementsId: SHOWN.text,
      decisionDefinitionKey: SHOWN.key,
      decisionRequirementsKey: SHOWN.key,
    }),
  ),
  decisionRequirements: nullable(
    shown({
      decisionRequirementsId: SHOWN.text,
      decisionRequirementsName: SHOWN.text,
      version: SHOWN.int,
      decisionRequirementsKey: SHOWN.key,
      ...PLACE,
    }),
  ),
  form: nullable(shown({ formId: SHOWN.text, version: SHOWN.int, formKey: SHOWN.key, ...PLACE })),
  resource: nullable(shown({ resourceId: SHOWN.text, version: SHOWN.int, resourceKey: SHOWN.key, ...PLACE })),
});

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
      refuseTenant('Deploy Resources', String(part));
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
    throw new GatewayError('BAD_REQUEST', "Required part 'resources' is not present.");
  }
  return resources;
}
