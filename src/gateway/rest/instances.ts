import type { Answer, ClientCommand, CreationRequest } from '../../engine/records/command.ts';
import type { CreationValue } from '../../engine/records/creation.ts';
import type { Document } from '../../engine/records/record.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import { json, NO_CONTENT, type Route } from '../http.ts';
import { type GatewayContext, RESULT_WAIT_MS, TENANT } from './context.ts';
import { readModification } from './modification.ts';

/** Creating, cancelling, modifying and migrating process instances. */

interface Creation {
  readonly request: CreationRequest;
  readonly awaitCompletion: boolean;
  readonly waitMs: number;
}

type CreationAnswer = CreationValue & { readonly variables?: Document };

export function instanceRoutes({ runtime }: GatewayContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/process-instances',
      accepts: 'json',
      handler: async (request) => {
        const { request: value, awaitCompletion, waitMs } = readCreation(Fields.ofBody(request));
        const answer = awaitCompletion
          ? await runtime.createWithResult(
              { valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE_WITH_AWAITING_RESULT', value },
              waitMs,
              request.signal,
            )
          : await runtime.execute({ valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE', value });
        if (answer === undefined) {
          throw new GatewayError(
            'DEADLINE_EXCEEDED',
            `The instance was created and has not completed within ${waitMs} ms; it goes on. Raise requestTimeout to wait longer.`,
          );
        }
        const created = acceptedOf(answer as Answer<CreationAnswer>).value;
        return json(200, {
          processDefinitionId: created.bpmnProcessId,
          processDefinitionVersion: created.version,
          processDefinitionKey: String(created.processDefinitionKey),
          processInstanceKey: String(created.processInstanceKey),
          tenantId: TENANT,
          variables: awaitCompletion ? (created.variables ?? new Map()) : {},
          tags: created.tags ?? [],
          businessId: created.businessId ?? null,
        });
      },
    },
    {
      method: 'POST',
      path: '/v2/process-instances/:processInstanceKey/cancellation',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        body.ignore('operationReference');
        body.end();
        const key = pathKey(request, 'processInstanceKey');
        acceptedOf(await runtime.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key }));
        return NO_CONTENT;
      },
    },
    {
      method: 'POST',
      path: '/v2/process-instances/:processInstanceKey/modification',
      accepts: 'json',
      handler: async (request) => {
        const command = readModification(pathKey(request, 'processInstanceKey'), Fields.ofBody(request));
        acceptedOf(await runtime.execute(command));
        return NO_CONTENT;
      },
    },
    {
      method: 'POST',
      path: '/v2/process-instances/:processInstanceKey/migration',
      accepts: 'json',
      handler: async (request) => {
        const command = readMigration(pathKey(request, 'processInstanceKey'), Fields.ofBody(request));
        acceptedOf(await runtime.execute(command));
        return NO_CONTENT;
      },
    },
  ];
}

function readCreation(body: Fields): Creation {
  const processDefinitionKey = body.key('processDefinitionKey');
  const bpmnProcessId = body.string('processDefinitionId');
  const version = body.integer('processDefinitionVersion') ?? -1;
  const variables = body.document('variables');
  const startInstructions = (body.objects('startInstructions') ?? []).map((instruction) => {
    const elementId = instruction.requiredString('elementId');
    instruction.end();
    return { elementId };
  });
  const awaitCompletion = body.boolean('awaitCompletion') ?? false;
  const fetchVariables = body.strings('fetchVariables') ?? [];
  const requestTimeout = body.integer('requestTimeout', 0) ?? 0;
  body.tenant();
  const runtimeInstructions = (body.objects('runtimeInstructions') ?? []).map(readRuntimeInstruction);
  const tags = body.strings('tags') ?? [];
  const businessId = body.string('businessId') ?? '';
  body.ignore('operationReference');
  body.end();
  if (bpmnProcessId === undefined && processDefinitionKey === undefined) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      'At least one of [processDefinitionId, processDefinitionKey] is required',
    );
  }
  if (bpmnProcessId !== undefined && processDefinitionKey !== undefined) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      'Only one of [processDefinitionId, processDefinitionKey] is allowed',
    );
  }
  return {
    awaitCompletion,
    waitMs: requestTimeout === 0 ? RESULT_WAIT_MS : requestTimeout,
    request: {
      bpmnProcessId: bpmnProcessId ?? '',
      processDefinitionKey: processDefinitionKey ?? -1,
      version,
      variables,
      startInstructions,
      fetchVariables,
      runtimeInstructions,
      tags,
      businessId,
    },
  };
}

function readRuntimeInstruction(instruction: Fields) {
  const type = instruction.string('type') ?? 'TERMINATE_PROCESS_INSTANCE';
  const afterElementId = instruction.requiredString('afterElementId');
  instruction.end();
  if (type !== 'TERMINATE_PROCESS_INSTANCE') {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      `The value for runtimeInstructions.type is '${type}' but must be TERMINATE_PROCESS_INSTANCE.`,
    );
  }
  return { afterElementId };
}

function readMigration(key: number, body: Fields): ClientCommand {
  const targetProcessDefinitionKey = body.key('targetProcessDefinitionKey');
  if (targetProcessDefinitionKey === undefined) {
    throw new GatewayError('INVALID_ARGUMENT', 'No targetProcessDefinitionKey provided.');
  }
  const mappings = (body.objects('mappingInstructions') ?? []).map((item) => {
    const sourceElementId = item.requiredString('sourceElementId');
    const targetElementId = item.requiredString('targetElementId');
    item.end();
    return { sourceElementId, targetElementId };
  });
  if (mappings.length === 0) throw new GatewayError('INVALID_ARGUMENT', 'No mappingInstructions provided.');
  body.ignore('operationReference');
  body.end();
  return {
    valueType: 'PROCESS_INSTANCE_MIGRATION',
    intent: 'MIGRATE',
    key,
    value: { targetProcessDefinitionKey, mappings },
  };
}
