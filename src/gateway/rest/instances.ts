import type { Answer, MigrationRequest } from '../../engine/records/command.ts';
import type { CreationValue } from '../../engine/records/creation.ts';
import type { Document } from '../../engine/records/record.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { json, type Route } from '../http.ts';
import { command, operation } from './command.ts';
import { type GatewayContext, RESULT_WAIT_MS, TENANT } from './context.ts';
import { MODIFICATION, modificationOf } from './modification.ts';
import { SHOWN, shown } from './schema.ts';
import {
  filledList,
  filledText,
  flag,
  givenText,
  invalid,
  key,
  list,
  oneOf,
  operationReference,
  read,
  readMembers,
  required,
  requiredKey,
  tenant,
  text,
  texts,
  variables,
  whole,
} from './shape.ts';
import { ownTagProblems } from './tags.ts';

/** Creating, cancelling, modifying and migrating process instances. */

type CreationAnswer = CreationValue & { readonly variables?: Document };

const TAG = 'Process instance';
const LONGEST_BUSINESS_ID = 256;

const CREATION = {
  processDefinitionId: text(),
  processDefinitionVersion: whole(undefined, '-1: the latest'),
  processDefinitionKey: key(),
  variables: variables(),
  startInstructions: list({ elementId: givenText() }),
  runtimeInstructions: list({
    type: read({ type: 'string', enum: ['TERMINATE_PROCESS_INSTANCE'] }, (fields, name) => {
      const type = fields.string(name) ?? 'TERMINATE_PROCESS_INSTANCE';
      if (type === 'TERMINATE_PROCESS_INSTANCE') return type;
      throw invalid(
        `The value for runtimeInstructions.type is '${type}' but must be TERMINATE_PROCESS_INSTANCE.`,
      );
    }),
    afterElementId: filledText(),
  }),
  awaitCompletion: flag(),
  fetchVariables: texts('With `awaitCompletion`: names of the variables to answer; empty: all.'),
  requestTimeout: whole(0, 'With `awaitCompletion`: ms to wait; 0: the standard time.'),
  tenantId: tenant('Create Process Instance'),
  tags: texts(),
  businessId: text(),
  operationReference,
};

/** What is missing in any of them is told once. */
const mappings = required(
  read(
    filledList({ sourceElementId: filledText(), targetElementId: filledText() }).schema,
    (fields, name): MigrationRequest['mappings'] => {
      const items = (fields.objects(name) ?? []).map((item) =>
        readMembers(item, { sourceElementId: text(), targetElementId: text() }),
      );
      if (items.length === 0) throw invalid(`No ${name} provided.`);
      return items.map(({ sourceElementId = '', targetElementId = '' }) => {
        if (sourceElementId === '' || targetElementId === '')
          throw invalid('All [sourceElementId, targetElementId] are required.');
        return { sourceElementId, targetElementId };
      });
    },
  ),
);

/** How elements of one definition become elements of another. */
export const MIGRATION = {
  targetProcessDefinitionKey: requiredKey(),
  mappingInstructions: mappings,
};

export function migrationOf(plan: {
  readonly targetProcessDefinitionKey: number;
  readonly mappingInstructions: MigrationRequest['mappings'];
}): MigrationRequest {
  return {
    targetProcessDefinitionKey: plan.targetProcessDefinitionKey,
    mappings: plan.mappingInstructions,
  };
}

export function instanceRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    operation({
      id: 'createProcessInstance',
      tag: TAG,
      summary: 'Starts an instance, and waits for its result if asked to.',
      path: '/v2/process-instances',
      bodyRequired: true,
      body: CREATION,
      check: ({ processDefinitionId, processDefinitionKey, businessId = '', tags = [] }) => [
        ...oneOf({ processDefinitionId, processDefinitionKey }),
        ...(businessId.length > LONGEST_BUSINESS_ID
          ? [`The provided businessId exceeds the limit of ${LONGEST_BUSINESS_ID} characters`]
          : []),
        ...ownTagProblems(tags),
      ],
      answers: {
        200: shown({
          processDefinitionId: SHOWN.text,
          processDefinitionVersion: SHOWN.int,
          processDefinitionKey: SHOWN.key,
          processInstanceKey: SHOWN.key,
          tenantId: SHOWN.text,
          variables: SHOWN.object,
          tags: SHOWN.texts,
          businessId: SHOWN.nullableText,
        }),
      },
      answer: async ({ body, request }) => {
        const { awaitCompletion, requestTimeout = 0 } = body;
        const waitMs = requestTimeout === 0 ? RESULT_WAIT_MS : requestTimeout;
        const value = {
          bpmnProcessId: body.processDefinitionId ?? '',
          processDefinitionKey: body.processDefinitionKey ?? -1,
          version: body.processDefinitionVersion ?? -1,
          variables: body.variables,
          startInstructions: body.startInstructions,
          fetchVariables: body.fetchVariables ?? [],
          runtimeInstructions: body.runtimeInstructions.map(({ afterElementId }) => ({ afterElementId })),
          tags: body.tags ?? [],
          businessId: body.businessId ?? '',
        };
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
    }),
    command(runtime, {
      id: 'cancelProcessInstance',
      tag: TAG,
      summary: 'Ends an instance.',
      path: '/v2/process-instances/:processInstanceKey/cancellation',
      body: { operationReference },
      command: ({ key }) => ({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key }),
    }),
    command(runtime, {
      id: 'modifyProcessInstance',
      tag: TAG,
      summary: 'Activates, moves and ends elements of an instance.',
      path: '/v2/process-instances/:processInstanceKey/modification',
      bodyRequired: true,
      body: MODIFICATION,
      command: ({ body, key }) => ({
        valueType: 'PROCESS_INSTANCE_MODIFICATION',
        intent: 'MODIFY',
        key,
        value: modificationOf(body),
      }),
    }),
    command(runtime, {
      id: 'migrateProcessInstance',
      tag: TAG,
      summary: 'Lets an instance go on with another definition.',
      path: '/v2/process-instances/:processInstanceKey/migration',
      body: { ...MIGRATION, operationReference },
      command: ({ body, key }) => ({
        valueType: 'PROCESS_INSTANCE_MIGRATION',
        intent: 'MIGRATE',
        key,
        value: migrationOf(body),
      }),
    }),
  ];
}
