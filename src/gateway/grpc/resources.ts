import type { FormMetadata, ProcessMetadata } from '../../engine/records/record.ts';
import type { DurableRuntime } from '../../runtime/client.ts';
import { deployResources } from '../deploy.ts';
import { acceptedOf } from '../errors.ts';
import type { BatchCreated } from '../rest/batch-starts.ts';
import { TENANT } from '../rest/context.ts';
import type { Unary } from './call.ts';
import { decisionMessage, requirementsMessage } from './decisions.ts';
import { key, messages, tenant, text } from './fields.ts';
import type { Message } from './protocol.ts';

/** Deploying and deleting resources. */
export function resourceCalls(
  runtime: DurableRuntime,
  deletionOfHistory: (resourceKey: number) => Promise<() => Promise<BatchCreated | null>>,
): Record<string, Unary> {
  return {
    DeployResource: async (request) => {
      tenant('DeployResource', request);
      const deployed = await deploy(runtime, request, 'resources', 'content');
      return {
        key: deployed.deploymentKey,
        deployments: [
          ...deployed.processes.map((process) => ({ process: processMessage(process) })),
          ...deployed.decisions.map((decision) => ({ decision: decisionMessage(decision) })),
          ...deployed.decisionRequirements.map((graph) => ({
            decisionRequirements: requirementsMessage(graph),
          })),
          ...deployed.forms.map((form) => ({ form: formMessage(form) })),
        ],
        tenantId: TENANT,
      };
    },
    DeployProcess: async (request) => {
      const { deploymentKey, processes } = await deploy(runtime, request, 'processes', 'definition');
      return { key: deploymentKey, processes: processes.map(processMessage) };
    },
    DeleteResource: async (request) => {
      const resourceKey = key(request, 'resourceKey');
      const value = { resourceKey };
      const deleteHistory =
        request['deleteHistory'] === true ? await deletionOfHistory(resourceKey) : async () => null;
      acceptedOf(await runtime.execute({ valueType: 'RESOURCE_DELETION', intent: 'DELETE', value }));
      return { resourceKey: String(resourceKey), batchOperation: await deleteHistory() };
    },
  };
}

function deploy(runtime: DurableRuntime, request: Message, list: string, content: string) {
  return deployResources(
    runtime,
    messages(request, list).map((resource) => ({
      name: text(resource, 'name'),
      content: resource[content] as Uint8Array,
    })),
  );
}

function processMessage(process: ProcessMetadata): Message {
  const { bpmnProcessId, version, processDefinitionKey, resourceName } = process;
  return { bpmnProcessId, version, processDefinitionKey, resourceName, tenantId: TENANT };
}

function formMessage({ formId, version, formKey, resourceName }: FormMetadata): Message {
  return { formId, version, formKey, resourceName, tenantId: TENANT };
}
