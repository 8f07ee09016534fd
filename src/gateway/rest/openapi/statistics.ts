import type { CollectionName } from '../../../history/index.ts';
import { type JsonSchema, SHOWN, shown } from '../schema.ts';
import { filterSchema, pageOf, pageSchema, rowSchema, sortSchema, TEXT_TEST } from './collections.ts';
import type { DescribedRead } from './reads.ts';

/** Statistics of instances, incidents, subscriptions and jobs as the document has them. */

const WINDOW = { from: SHOWN.date, to: SHOWN.date };
const OF_TYPE = { ...WINDOW, jobType: SHOWN.text };
const COUNT = shown({ count: SHOWN.int, lastUpdatedAt: SHOWN.nullableDate });
const COUNTS = { created: COUNT, completed: COUNT, failed: COUNT };

function asked(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties,
    ...(required.length > 0 && { required }),
  };
}

/** Paged by offset and sorted. */
function sorted(name: CollectionName, filter?: JsonSchema) {
  return {
    body: asked(
      { ...(filter && { filter }), sort: sortSchema(name), page: pageSchema('offset') },
      filter === undefined ? [] : ['filter'],
    ),
    ...(filter !== undefined && { bodyRequired: true as const }),
    answer: pageOf(rowSchema(name, false)),
  };
}

/** Paged by cursor, forward only. */
function forward(
  filter: JsonSchema,
  row: JsonSchema,
  required: readonly ['filter'] | readonly [] = ['filter'],
) {
  return {
    body: asked({ filter, page: pageSchema('forward') }, required),
    ...(required.length > 0 && { bodyRequired: true as const }),
    answer: pageOf(row),
  };
}

export function statistics(): Readonly<Record<string, DescribedRead>> {
  return {
    'POST /process-definitions/statistics/process-instances': {
      id: 'getProcessDefinitionInstanceStatistics',
      summary: 'Numbers of instances, by process.',
      ...sorted('definitionInstanceStatistics'),
    },
    'POST /process-definitions/statistics/process-instances-by-version': {
      id: 'getProcessDefinitionInstanceVersionStatistics',
      summary: 'Numbers of instances of a process, by version.',
      ...sorted(
        'versionInstanceStatistics',
        asked({ processDefinitionId: SHOWN.text, tenantId: SHOWN.text }, ['processDefinitionId']),
      ),
    },
    'POST /process-definitions/statistics/message-subscriptions': {
      id: 'getProcessDefinitionMessageSubscriptionStatistics',
      summary: 'Numbers of open message subscriptions, by process.',
      ...forward(filterSchema('messageSubscriptions'), rowSchema('subscriptionStatistics', false), []),
    },
    'POST /incidents/statistics/process-instances-by-error': {
      id: 'getProcessInstanceStatisticsByError',
      summary: 'Numbers of instances with incidents, by error.',
      ...sorted('incidentErrorStatistics'),
    },
    'POST /incidents/statistics/process-instances-by-definition': {
      id: 'getProcessInstanceStatisticsByDefinition',
      summary: 'Numbers of instances with the same error, by process.',
      ...sorted('incidentDefinitionStatistics', asked({ errorHashCode: SHOWN.int }, ['errorHashCode'])),
    },
    'GET /jobs/statistics/global': {
      id: 'getGlobalJobStatistics',
      summary: 'Numbers of jobs.',
      query: OF_TYPE,
      queryRequired: ['from', 'to'],
      answer: shown({ ...COUNTS, isIncomplete: SHOWN.flag }),
    },
    'POST /jobs/statistics/by-types': {
      id: 'getJobTypeStatistics',
      summary: 'Numbers of jobs, by type.',
      ...forward(
        asked({ ...WINDOW, jobType: TEXT_TEST }, ['from', 'to']),
        shown({ jobType: SHOWN.text, ...COUNTS, workers: SHOWN.int }),
        [],
      ),
    },
    'POST /jobs/statistics/by-workers': {
      id: 'getJobWorkerStatistics',
      summary: 'Numbers of jobs of a type, by worker.',
      ...forward(asked(OF_TYPE, Object.keys(OF_TYPE)), shown({ worker: SHOWN.text, ...COUNTS })),
    },
    'POST /jobs/statistics/time-series': {
      id: 'getJobTimeSeriesStatistics',
      summary: 'Numbers of jobs of a type, over time.',
      ...forward(
        asked(
          { ...OF_TYPE, resolution: { ...SHOWN.text, description: 'ISO 8601, of whole minutes.' } },
          Object.keys(OF_TYPE),
        ),
        shown({ time: SHOWN.date, ...COUNTS }),
      ),
    },
    'POST /jobs/statistics/errors': {
      id: 'getJobErrorStatistics',
      summary: 'Numbers of failed jobs of a type, by error.',
      ...forward(
        asked({ ...OF_TYPE, errorCode: TEXT_TEST, errorMessage: TEXT_TEST }, Object.keys(OF_TYPE)),
        shown({ errorCode: SHOWN.text, errorMessage: SHOWN.text, workers: SHOWN.int }),
      ),
    },
  };
}
