import type { RetrySettings } from '../../broker/index.ts';
import type { SchemaSettings } from '../../schemas/index.ts';
import type { EventTypeSettings } from './rules.ts';

/** Settings of the event side; data only, as they go to the writer's thread. */
export interface EventsSettings {
  /** Job types that the router serves. @defaultValue `cloudevents`, `knative` */
  readonly jobTypes: readonly string[];
  /** Source of the events that processes send, a URI-reference; `{processId}` stands for the process. */
  readonly source: string;
  /** `bpmnactivityid` and `bpmnactivityname` as the router of 2020 set them. @defaultValue false */
  readonly legacyActivityIds: boolean;
  /** ms that an early event waits when neither the event nor a model says how long. @defaultValue 1 h */
  readonly timeToLive: number;
  /** ms during which a repeat of (source, id) is noticed, and a late reply told. @defaultValue 24 h */
  readonly windowMs: number;
  /** Sources whose events may share an id: their repeats are new events. @defaultValue none */
  readonly reuseIdSources: readonly string[];
  /** Events that may cause one another in a row. @defaultValue 32 */
  readonly maxHops: number;
  /** ms that events stay in the log. @defaultValue 7 days */
  readonly retentionMs: number;
  /** Bytes of events that stay in the log, about; within the window they always stay. @defaultValue 1 GiB */
  readonly retentionBytes: number;
  readonly retry: Partial<RetrySettings>;
  /** Address that gets what is given up, unless a subscription names another. @defaultValue none: the list keeps it */
  readonly deadLetterSink?: string;
  /** See `targetSettings` of the broker. */
  readonly hostMap: readonly { readonly from: string; readonly to: string }[];
  readonly allowTargets: readonly string[];
  /** What is known of single types of events. @defaultValue none */
  readonly events: readonly EventTypeSettings[];
  /** A JSON string that itself holds a JSON object counts as that object. @defaultValue true */
  readonly unwrapJsonText: boolean;
  /** The variable that takes data which are no JSON, as base64. @defaultValue none: they cannot be used */
  readonly binaryVariable?: string;
  /** JSON Schemas that data must keep to. @defaultValue none */
  readonly schemas: readonly SchemaSettings[];
}

const HOUR_MS = 60 * 60 * 1000;

export const defaultEventsSettings: EventsSettings = {
  jobTypes: ['cloudevents', 'knative'],
  source: '/process/{processId}',
  legacyActivityIds: false,
  timeToLive: HOUR_MS,
  windowMs: 24 * HOUR_MS,
  reuseIdSources: [],
  maxHops: 32,
  retentionMs: 7 * 24 * HOUR_MS,
  retentionBytes: 1024 ** 3,
  retry: {},
  hostMap: [],
  allowTargets: [],
  events: [],
  unwrapJsonText: true,
  schemas: [],
};
