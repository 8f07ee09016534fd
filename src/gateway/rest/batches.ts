import type { ClientCommand } from '../../engine/records/command.ts';
import { COLLECTIONS, type CollectionName, type Condition, collection } from '../../history/index.ts';
import type { BatchChange } from '../../runtime/batches/index.ts';
import { acceptedOf } from '../errors.ts';
import { json, NO_CONTENT, type Route } from '../http.ts';
import { ACTIVE, batchStarts, OVER } from './batch-starts.ts';
import { operation } from './command.ts';
import type { GatewayContext } from './context.ts';
import { readFilter } from './filter.ts';
import { MIGRATION, migrationOf } from './instances.ts';
import { filterSchema } from './openapi/collections.ts';
import { nullable, SHOWN, shown, shownWord } from './schema.ts';
import { foundByPath, notFound } from './search-routes.ts';
import { filledList, filledText, flag, invalid, operationReference, requiredNested } from './shape.ts';

const CREATED = shown({
  batchOperationKey: SHOWN.key,
  batchOperationType: shownWord(...COLLECTIONS.batchOperations.fields.batchOperationType.values),
});
const ROOT: Condition = { kind: 'exists', field: 'parentProcessInstanceKey', exists: false };

/** Doing the same with many entities, chosen by a filter, in the background; and deleting what is over. */
export function batchRoutes(context: GatewayContext): Route[] {
  const { runtime, history, batches } = context;
  const { rowsOf, instances, incidents, incidentsOf, evaluations, started, deletionOfHistory } =
    batchStarts(context);

  const filterOf = (name: CollectionName) => ({
    filter: {
      required: true as const,
      schema: filterSchema(name),
      read: (fields: Parameters<typeof readFilter>[0] & object, member: string): Condition[] => {
        const filter = fields.object(member);
        if (filter === undefined) throw invalid(`No ${member} provided.`);
        return readFilter(filter, collection(name));
      },
    },
    operationReference,
  });
  const ofInstances = filterOf('processInstances');
  const onInstances = { tag: 'Process instance', answers: { 200: CREATED } };

  const changes = (
    [
      ['cancelBatchOperation', 'cancellation', 'CANCEL', 'Ends a batch operation; what is done stays done.'],
      ['suspendBatchOperation', 'suspension', 'SUSPEND', 'Lets a batch operation rest.'],
      ['resumeBatchOperation', 'resumption', 'RESUME', 'Lets a batch operation go on.'],
    ] as const satisfies readonly (readonly [string, string, BatchChange, string])[]
  ).map(([id, path, intent, summary]) =>
    operation({
      id,
      tag: 'Batch operation',
      summary,
      path: `/v2/batch-operations/:batchOperationKey/${path}`,
      answers: { 204: undefined },
      answer: async ({ key }) => {
        acceptedOf(await batches.change(key, intent));
        return NO_CONTENT;
      },
    }),
  );

  return [
    ...changes,
    operation({
      ...onInstances,
      id: 'cancelProcessInstancesBatchOperation',
      summary: 'Ends all root instances that pass the filter and are active.',
      path: '/v2/process-instances/cancellation',
      body: ofInstances,
      answer: async ({ body: { filter } }) => {
        const where = [...without(filter, 'state', 'parentProcessInstanceKey'), ACTIVE, ROOT];
        return json(200, await started({ type: 'CANCEL_PROCESS_INSTANCE' }, instances(where)));
      },
    }),
    operation({
      ...onInstances,
      id: 'resolveIncidentsBatchOperation',
      summary: 'Resolves the incidents of all active instances that pass the filter.',
      path: '/v2/process-instances/incident-resolution',
      body: ofInstances,
      answer: async ({ body: { filter } }) => {
        const where = [...without(filter, 'state'), ACTIVE];
        return json(200, await started({ type: 'RESOLVE_INCIDENT' }, incidentsOf(where)));
      },
    }),
    operation({
      ...onInstances,
      id: 'migrateProcessInstancesBatchOperation',
      summary: 'Migrates all active instances that pass the filter.',
      path: '/v2/process-instances/migration',
      body: { ...ofInstances, migrationPlan: requiredNested(MIGRATION) },
      answer: async ({ body: { filter, migrationPlan } }) => {
        const where = [...without(filter, 'state'), ACTIVE];
        const plan = { type: 'MIGRATE_PROCESS_INSTANCE', migration: migrationOf(migrationPlan) } as const;
        return json(200, await started(plan, instances(where)));
      },
    }),
    operation({
      ...onInstances,
      id: 'modifyProcessInstancesBatchOperation',
      summary: 'Moves tokens in all active instances that pass the filter.',
      path: '/v2/process-instances/modification',
      body: {
        ...ofInstances,
        moveInstructions: filledList({ sourceElementId: filledText(), targetElementId: filledText() }),
      },
      answer: async ({ body: { filter, moveInstructions } }) => {
        const where = [...without(filter, 'state'), ACTIVE];
        const plan = { type: 'MODIFY_PROCESS_INSTANCE', moves: moveInstructions } as const;
        return json(200, await started(plan, instances(where)));
      },
    }),
    operation({
      ...onInstances,
      id: 'deleteProcessInstancesBatchOperation',
      summary: 'Deletes the history of all instances that pass the filter and are over.',
      path: '/v2/process-instances/deletion',
      body: ofInstances,
      answer: async ({ body: { filter } }) =>
        json(200, await started({ type: 'DELETE_PROCESS_INSTANCE' }, instances([...filter, OVER]))),
    }),
    operation({
      id: 'deleteDecisionInstancesBatchOperation',
      tag: 'Decision instance',
      summary: 'Deletes all evaluations of decisions that pass the filter.',
      path: '/v2/decision-instances/deletion',
      body: filterOf('decisionInstances'),
      answers: { 200: CREATED },
      answer: async ({ body: { filter } }) =>
        json(200, await started({ type: 'DELETE_DECISION_INSTANCE' }, evaluations(filter))),
    }),
    operation({
      ...onInstances,
      id: 'resolveProcessInstanceIncidents',
      summary: 'Resolves the incidents of an instance and of those that it called.',
      path: '/v2/process-instances/:processInstanceKey/incident-resolution',
      body: { operationReference },
      answer: async ({ key, request }) => {
        await foundByPath(history, 'processInstances', request);
        return json(
          200,
          await started({ type: 'RESOLVE_INCIDENT' }, incidents([{ kind: 'ofInstance', key }])),
        );
      },
    }),
    operation({
      id: 'deleteProcessInstance',
      tag: 'Process instance',
      summary: 'Deletes the history of an instance that is over.',
      path: '/v2/process-instances/:processInstanceKey/deletion',
      body: { operationReference },
      answers: { 204: undefined },
      answer: async ({ key, request }) => {
        await foundByPath(history, 'processInstances', request);
        acceptedOf(await runtime.execute(deletion(key, 'PROCESS_INSTANCE')));
        return NO_CONTENT;
      },
    }),
    operation({
      id: 'deleteDecisionInstance',
      tag: 'Decision instance',
      summary: 'Deletes an evaluation of decisions.',
      path: '/v2/decision-instances/:decisionEvaluationKey/deletion',
      body: { operationReference },
      answers: { 204: undefined },
      answer: async ({ key, request }) => {
        const where = [
          { kind: 'compare', field: 'decisionEvaluationKey', operator: 'eq', value: key },
        ] as const;
        const found = await rowsOf('decisionInstances', where).next();
        if (found.done) throw notFound('Decision Instance', request.params['decisionEvaluationKey'] ?? '');
        acceptedOf(await runtime.execute(deletion(key, 'DECISION_INSTANCE')));
        return NO_CONTENT;
      },
    }),
    operation({
      id: 'deleteResource',
      tag: 'Resource',
      summary: 'Deletes a deployed process, decision or form, with its history if asked to.',
      path: '/v2/resources/:resourceKey/deletion',
      body: { deleteHistory: flag(), operationReference },
      answers: {
        200: shown({ resourceKey: SHOWN.key, batchOperation: nullable(CREATED) }),
      },
      answer: async ({ body: { deleteHistory }, key }) => {
        const deleteIt = deleteHistory ? await deletionOfHistory(key) : async () => null;
        acceptedOf(
          await runtime.execute({
            valueType: 'RESOURCE_DELETION',
            intent: 'DELETE',
            value: { resourceKey: key },
          }),
        );
        return json(200, { resourceKey: String(key), batchOperation: await deleteIt() });
      },
    }),
  ];
}

function deletion(
  resourceKey: number,
  resourceType: 'PROCESS_INSTANCE' | 'DECISION_INSTANCE',
): ClientCommand {
  return { valueType: 'HISTORY_DELETION', intent: 'DELETE', value: { resourceKey, resourceType } };
}

/** A filter without its tests of fields that the operation decides by itself. */
function without(filter: readonly Condition[], ...fields: readonly string[]): readonly Condition[] {
  return filter.filter((condition) => !('field' in condition && fields.includes(condition.field)));
}
