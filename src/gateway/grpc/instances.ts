import type { Answer, CreationRequest } from '../../engine/records/command.ts';
import type { CreationValue } from '../../engine/records/creation.ts';
import type { Document } from '../../engine/records/record.ts';
import type { DurableRuntime } from '../../runtime/client.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { documentText } from '../json.ts';
import { TENANT } from '../rest/context.ts';
import type { Unary } from './call.ts';
import { carryOut } from './carry-out.ts';
import { document, key, message, messages, number, tenant, text, texts } from './fields.ts';
import { modificationOf } from './modification.ts';
import type { Message } from './protocol.ts';

/** Zeebe's gateway waits so long for a result unless the request says otherwise. */
const RESULT_WAIT_MS = 15_000;

type CreationAnswer = CreationValue & { readonly variables?: Document };

/** Creating, cancelling, modifying and migrating process instances; their variables and incidents. */
export function instanceCalls(runtime: DurableRuntime, contactPoint: () => string): Record<string, Unary> {
  return {
    CreateProcessInstance: async (request) => {
      tenant('CreateProcessInstance', request);
      const value = creationOf(request, []);
      const answer = await runtime.execute({
        valueType: 'PROCESS_INSTANCE_CREATION',
        intent: 'CREATE',
        value,
      });
      return created(acceptedOf(answer as Answer<CreationAnswer>).value);
    },
    CreateProcessInstanceWithResult: async (request, { signal }) => {
      const creation = message(request, 'request') ?? NO_CREATION;
      tenant('CreateProcessInstanceWithResult', creation);
      const waitMs = number(request, 'requestTimeout') || RESULT_WAIT_MS;
      const value = creationOf(creation, texts(request, 'fetchVariables'));
      const answer = await runtime.createWithResult(
        { valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE_WITH_AWAITING_RESULT', value },
        waitMs,
        signal,
      );
      if (answer === undefined) {
        throw new GatewayError(
          'DEADLINE_EXCEEDED',
          `Time out between gateway and broker: Request command-api-1 to ${contactPoint()} timed out in PT${waitMs / 1000}S`,
        );
      }
      const instance = acceptedOf(answer as Answer<CreationAnswer>).value;
      return { ...created(instance), variables: documentText(instance.variables ?? new Map()) };
    },
    CancelProcessInstance: (request) =>
      carryOut(runtime, {
        valueType: 'PROCESS_INSTANCE',
        intent: 'CANCEL',
        key: key(request, 'processInstanceKey'),
      }),
    ModifyProcessInstance: async (request) => {
      // As in Zeebe, variables are looked at before the key.
      const value = modificationOf(request);
      return carryOut(runtime, {
        valueType: 'PROCESS_INSTANCE_MODIFICATION',
        intent: 'MODIFY',
        key: key(request, 'processInstanceKey'),
        value,
      });
    },
    MigrateProcessInstance: async (request) => {
      const plan = message(request, 'migrationPlan');
      const mappings = (plan ? messages(plan, 'mappingInstructions') : []).map((mapping) => ({
        sourceElementId: text(mapping, 'sourceElementId'),
        targetElementId: text(mapping, 'targetElementId'),
      }));
      const targetProcessDefinitionKey = plan ? number(plan, 'targetProcessDefinitionKey') : 0;
      return carryOut(runtime, {
        valueType: 'PROCESS_INSTANCE_MIGRATION',
        intent: 'MIGRATE',
        key: key(request, 'processInstanceKey'),
        value: { targetProcessDefinitionKey, mappings },
      });
    },
    SetVariables: async (request) => {
      const variables = document(request);
      const accepted = acceptedOf(
        await runtime.execute({
          valueType: 'VARIABLE_DOCUMENT',
          intent: 'UPDATE',
          value: {
            scopeKey: key(request, 'elementInstanceKey'),
            updateSemantics: request['local'] === true ? 'LOCAL' : 'PROPAGATE',
            variables,
          },
        }),
      );
      return { key: accepted.key };
    },
    ResolveIncident: (request) =>
      carryOut(runtime, {
        valueType: 'INCIDENT',
        intent: 'RESOLVE',
        key: key(request, 'incidentKey'),
      }),
  };
}

/** A creation of which nothing was sent. */
const NO_CREATION: Message = {
  processDefinitionKey: 0,
  bpmnProcessId: '',
  version: 0,
  variables: '',
  startInstructions: [],
  runtimeInstructions: [],
  tags: [],
  businessId: '',
  tenantId: '',
};

function creationOf(request: Message, fetchVariables: readonly string[]): CreationRequest {
  return {
    bpmnProcessId: text(request, 'bpmnProcessId'),
    processDefinitionKey: number(request, 'processDefinitionKey'),
    version: number(request, 'version'),
    variables: document(request),
    startInstructions: messages(request, 'startInstructions').map((instruction) => ({
      elementId: text(instruction, 'elementId'),
    })),
    runtimeInstructions: messages(request, 'runtimeInstructions').flatMap((instruction) => {
      const terminate = message(instruction, 'terminate');
      return terminate ? [{ afterElementId: text(terminate, 'afterElementId') }] : [];
    }),
    tags: texts(request, 'tags'),
    businessId: text(request, 'businessId') ?? '',
    fetchVariables,
  };
}

function created({
  processDefinitionKey,
  bpmnProcessId,
  version,
  processInstanceKey,
  tags = [],
  businessId,
}: CreationAnswer): Message {
  const named = businessId === undefined ? {} : { businessId };
  return {
    processDefinitionKey,
    bpmnProcessId,
    version,
    processInstanceKey,
    tenantId: TENANT,
    tags,
    ...named,
  };
}
