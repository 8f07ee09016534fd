import { type CollectionSpec, field, NULLABLE, ONLY_SEARCHED } from './spec.ts';

/** Jobs are counted by minute; see `../job-metrics.ts`. */
export const METRIC_MINUTE = 60_000;

/** Counts of one minute, job type and worker (empty for what no worker did). Asked only in groups. */
export const jobMetrics = {
  table: 'job_metric',
  key: 'time',
  fields: {
    time: field('date', 't.minute'),
    jobType: field('string', 't.type'),
    worker: field('string', 't.worker'),
  },
} as const satisfies CollectionSpec;

const COUNTS = {
  created: 'sum(t.created)',
  completed: 'sum(t.completed)',
  failed: 'sum(t.failed)',
  created_last: 'max(t.created_last)',
  completed_last: 'max(t.completed_last)',
  failed_last: 'max(t.failed_last)',
};

const COUNT_FIELDS = {
  createdCount: field('int', 'coalesce(t.created, 0)'),
  createdLast: field('date', 't.created_last', NULLABLE),
  completedCount: field('int', 'coalesce(t.completed, 0)'),
  completedLast: field('date', 't.completed_last', NULLABLE),
  failedCount: field('int', 'coalesce(t.failed, 0)'),
  failedLast: field('date', 't.failed_last', NULLABLE),
} as const;

const WORKERS = `count(DISTINCT nullif(t.worker, ''))`;

export const jobTotals = {
  table: '',
  groups: { of: jobMetrics, columns: COUNTS, by: [] },
  key: 'place',
  fields: { ...COUNT_FIELDS, place: field('int', 'coalesce(t.created, 0)', ONLY_SEARCHED) },
} as const satisfies CollectionSpec;

export const jobTypeStatistics = {
  table: '',
  groups: { of: jobMetrics, columns: { type: 't.type', workers: WORKERS, ...COUNTS }, by: ['t.type'] },
  key: 'jobType',
  fields: { jobType: field('string', 't.type'), ...COUNT_FIELDS, workers: field('int', 't.workers') },
} as const satisfies CollectionSpec;

export const jobWorkerStatistics = {
  table: '',
  groups: {
    of: { ...jobMetrics, where: `t.worker <> ''` },
    columns: { worker: 't.worker', ...COUNTS },
    by: ['t.worker'],
  },
  key: 'worker',
  fields: { worker: field('string', 't.worker'), ...COUNT_FIELDS },
} as const satisfies CollectionSpec;

/** By time; the step of the query is the length of a bucket, ms. */
export const jobTimeStatistics = {
  table: '',
  groups: {
    of: jobMetrics,
    columns: { time: '(t.minute / :step * :step)', ...COUNTS },
    by: ['(t.minute / :step)'],
  },
  key: 'time',
  fields: { time: field('date', 't.time'), ...COUNT_FIELDS },
} as const satisfies CollectionSpec;
