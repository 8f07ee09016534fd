import type {
  ExecutionListener,
  GraphElement,
  JobDefinition,
  ModelText,
  TaskListenerEvent,
} from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import type { JobKind, ListenerEvent } from '../records/record.ts';
import { type ElementRow, JOBS, type JobRow } from '../state/tables.ts';
import { evaluateNumber, evaluateString } from './expressions.ts';
import { ownerOf } from './incidents.ts';
import { NO_VARIABLES } from './variables.ts';

/** What a job's expressions gave. Evaluated before anything is written, so that a failure leaves no trace. */
export interface JobProperties {
  readonly type: string;
  readonly retries: number;
}

export function evaluateJob(
  w: Work,
  job: { readonly type: ModelText; readonly retries: ModelText },
  scopeKey: number,
): JobProperties {
  return { type: evaluateString(w, job.type, scopeKey), retries: evaluateNumber(w, job.retries, scopeKey) };
}

/** Of a listener's job: what kind of listener it is, and its number among those of its event, from 0. */
interface JobListener {
  readonly kind: Exclude<JobKind, 'BPMN_ELEMENT'>;
  readonly event: ExecutionListener['event'] | TaskListenerEvent;
  readonly index: number;
}

export function createJob(
  w: Work,
  row: ElementRow,
  properties: JobProperties,
  customHeaders: JobDefinition['headers'],
  kind: 'BPMN_ELEMENT' | 'AD_HOC_SUB_PROCESS' = 'BPMN_ELEMENT',
): void {
  emitCreated(w, row, properties, customHeaders, kind);
}

export function createListenerJob(
  w: Work,
  row: ElementRow,
  properties: JobProperties,
  customHeaders: JobDefinition['headers'],
  listener: JobListener,
): void {
  emitCreated(w, row, properties, customHeaders, listener.kind, listener);
}

function emitCreated(
  w: Work,
  row: ElementRow,
  properties: JobProperties,
  customHeaders: JobDefinition['headers'],
  kind: JobKind,
  listener?: JobListener,
): void {
  const tags = w.element(row.processInstanceKey)?.tags;
  w.emit(w.nextKey(), {
    valueType: 'JOB',
    intent: 'CREATED',
    value: {
      ...ownerOf(row),
      type: properties.type,
      retries: properties.retries,
      worker: '',
      deadline: -1,
      customHeaders,
      variables: NO_VARIABLES,
      errorMessage: '',
      errorCode: '',
      retryBackoff: 0,
      recurringTime: -1,
      jobKind: kind,
      jobListenerEventType: (listener?.event.toUpperCase() ?? 'UNSPECIFIED') as ListenerEvent,
      ...(tags !== undefined && { tags }),
      ...(listener !== undefined && { listenerIndex: listener.index }),
    },
  });
}

export function jobOf(w: Work, elementKey: number): JobRow | undefined {
  const jobKey = w.element(elementKey)?.jobKey ?? -1;
  return jobKey < 0 ? undefined : w.state.get(JOBS, jobKey);
}

export function cancelJobOf(w: Work, elementKey: number): void {
  const job = jobOf(w, elementKey);
  if (job === undefined) return;
  w.emit(job.key, { valueType: 'JOB', intent: 'CANCELED', value: job.value });
}

/** Starts a listener of a phase by its number; false if there is none of that number. */
export function startListener(
  w: Work,
  row: ElementRow,
  model: GraphElement,
  event: 'start' | 'end',
  index: number,
): boolean {
  const listener = model.listeners?.filter((candidate) => candidate.event === event)[index];
  if (listener === undefined) return false;
  const properties = evaluateJob(w, listener, row.key);
  createListenerJob(w, row, properties, {}, { kind: 'EXECUTION_LISTENER', event, index });
  return true;
}
