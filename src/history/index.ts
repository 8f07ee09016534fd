export { HistoryClient, type HistoryOptions } from './client.ts';
export { USER_TASK_AUDIT_FILTER } from './collections/audit-logs.ts';
export { rulesOf } from './collections/decision-instances.ts';
export { METRIC_MINUTE } from './collections/job-metrics.ts';
export {
  COLLECTIONS,
  type CollectionName,
  type CollectionSpec,
  collection,
  type FieldSpec,
  type FieldType,
  type RelationSpec,
  type Rendered,
  VALUE_PREVIEW,
} from './collections.ts';
export { forgetCompliance } from './compliance/forget.ts';
export type { ComplianceInstance } from './compliance/instance.ts';
export type {
  ComplianceFigures,
  ComplianceFilter,
  DeviationPage,
  DeviationQuery,
  DeviationRow,
  PlaceFigures,
  VerdictCounts,
} from './compliance/queries.ts';
export { History, type HistoryQueries, type HistoryQueryName } from './history.ts';
export { openJournalSource } from './journal-source.ts';
export {
  type HistoryAnswer,
  type HistoryChange,
  InlineReadModel,
  type ReadModel,
  ReadModelLagError,
} from './readmodel.ts';
export { Retention, type RetentionOptions } from './retention.ts';
export {
  COUNT_LIMIT,
  type ComparisonOperator,
  type Condition,
  InvalidCursorError,
  type Page,
  type Row,
  type Scalar,
  type SearchQuery,
  type SearchResult,
} from './search.ts';
export type { PositionedRecord, RecordSource } from './source.ts';
export {
  type DefinitionOverview,
  type ElementStatistics,
  type InstancePage,
  type InstanceSummary,
  type InstanceView,
  VIEW_LIMIT,
} from './views.ts';
