import {
  type AttributeValue,
  type CloudEvent,
  CloudEventError,
  encodeUtf8,
  isJsonText,
  makeEvent,
} from '../cloudevents/index.ts';
import { declaresJson, parseMediaType } from '../cloudevents/media-type.ts';
import type { Document, JobValue } from '../engine/records/record.ts';
import { documentText } from './data.ts';
import { type FailureMapping, statusesOf, typesOf } from './failure-mapping.ts';
import {
  countOf,
  durationOf,
  feelJsonOf,
  HeaderError,
  type HeaderScope,
  type HeaderValue,
  textOf,
  wrong,
} from './header-values.ts';
import type { HeaderField } from './job-headers.ts';
import { type JobPlan, JobPlans } from './job-plan.ts';

export interface OutgoingSettings {
  /** Told apart from other data folders, so that receivers never take a new event for a repeated one. */
  readonly engineId: string;
  /** URI-reference; `{processId}` stands for the process. */
  readonly source: string;
  /**
   * True for receivers of 2020: `bpmnactivityid` is the key of the element's instance, `bpmnactivityname` its id.
   * @defaultValue false
   */
  readonly legacyActivityIds?: boolean;
}

/** What ties an event to those that led to it; the extensions of the same names. */
export interface Trace {
  readonly correlationid?: string;
  readonly causationid?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

export interface RouterJob {
  readonly key: number;
  readonly value: JobValue;
  /** All variables the job sees. */
  readonly variables: Document;
  /** Name of the element in the model. */
  readonly elementName?: string;
  /** Replies that the job had before and that did not complete it. @defaultValue 0 */
  readonly answers?: number;
  /** Extensions of the event, unless the task's headers set them. */
  readonly trace?: Trace;
}

/** How a job goes on after its event was stored. */
export interface Wait {
  /** What ends it: a reply, or that all receivers have confirmed. */
  readonly mode: 'reply' | 'confirm';
  readonly waitType?: string;
  readonly correlationKey?: string;
  /** ms it waits at most. */
  readonly timeout?: number;
  /** How often the job is tried in all, where its task says so in a header. */
  readonly retries?: number;
  readonly mapping?: FailureMapping;
}

export interface Outgoing {
  readonly event: CloudEvent;
  /** The receiver that the task names, beside the subscriptions. */
  readonly host?: string;
  /** Set if the job does not complete at once. */
  readonly wait?: Wait;
}

export type OutgoingOrReason =
  | { readonly ok: true; readonly outgoing: Outgoing }
  | { readonly ok: false; readonly reason: string };

const JSON_TYPE = 'application/json';

/**
 * The id of the event that a job sends: the same at every attempt, so that receivers can drop repeats. Only after
 * an answer that failed the job it is another one, as the same request once more would be dropped.
 */
export function jobEventId(engineId: string, jobKey: number | string, answers = 0): string {
  return answers === 0 ? `${engineId}-${jobKey}` : `${engineId}-${jobKey}-${answers + 1}`;
}

/** True if `id` is that of an event that the job has sent. */
export function isEventOfJob(id: string, engineId: string, jobKey: number | string): boolean {
  const first = jobEventId(engineId, jobKey);
  return id === first || id.startsWith(`${first}-`);
}

/**
 * Makes the event that a job of type `cloudevents` sends. The reason of a refusal names the header and the remedy.
 * @param plans what was read of the headers before
 */
export function eventOfJob(
  job: RouterJob,
  settings: OutgoingSettings,
  now: number,
  plans = new JobPlans(),
): OutgoingOrReason {
  const read = plans.of(job.value);
  if (!read.ok) return read;
  try {
    return { ok: true, outgoing: makeOutgoing(job, read.plan, settings, now) };
  } catch (error) {
    if (error instanceof HeaderError) return { ok: false, reason: error.message };
    if (error instanceof CloudEventError)
      return { ok: false, reason: `The event cannot be made: ${error.message}` };
    throw error;
  }
}

function makeOutgoing(job: RouterJob, plan: JobPlan, settings: OutgoingSettings, now: number): Outgoing {
  const { value, variables, answers } = job;
  const scope = { variables, now };
  const text = (field: HeaderField): string | undefined => {
    const header = plan.values.get(field);
    return header && textOf(header, scope);
  };
  const correlationKey = text('correlationKey');
  const datacontenttype = text('dataContentType') ?? JSON_TYPE;
  const extensions: Record<string, string> = {};
  for (const [name, header] of plan.extensions) extensions[name] = textOf(header, scope);
  const event = makeEvent({
    id: jobEventId(settings.engineId, job.key, answers),
    source:
      text('source') ?? settings.source.replaceAll('{processId}', encodeURIComponent(value.bpmnProcessId)),
    type: text('type') ?? '',
    subject: text('subject') ?? `${value.processDefinitionKey}:${value.processInstanceKey}:${job.key}`,
    time: new Date(now).toISOString(),
    datacontenttype,
    dataschema: text('dataSchema'),
    extensions: {
      correlationkey: correlationKey,
      partitionkey: text('partitionKey'),
      ...extensionsOf(job, settings),
      ...extensions,
    },
    data: encodeUtf8(dataOf(plan, datacontenttype, scope)),
  });
  const host = text('host');
  const wait = plan.mode === 'EMIT_ONLY' ? undefined : waitOf(plan, correlationKey, scope);
  return { event, ...(host && { host }), ...(wait && { wait }) };
}

function waitOf(plan: JobPlan, correlationKey: string | undefined, scope: HeaderScope): Wait {
  const { mode, values } = plan;
  const header = (field: HeaderField): HeaderValue | undefined => values.get(field);
  const told = <Value>(field: HeaderField, read: (value: HeaderValue, scope: HeaderScope) => Value) => {
    const value = header(field);
    return value && read(value, scope);
  };
  const waitType = told('waitType', textOf);
  const timeout = told('timeout', durationOf);
  const retries = told('retries', countOf);
  const timeoutError = told('timeoutError', textOf);
  const retryBackoff = told('retryBackoff', durationOf);
  const mapping: FailureMapping = {
    ...typesOf(header('errorTypes'), header('failTypes'), waitType, scope),
    ...statusesOf(header('errorStatuses'), header('failStatuses'), scope),
    ...(timeoutError !== undefined && { timeoutError }),
    ...(retryBackoff !== undefined && { retryBackoff }),
  };
  return {
    ...(mode === 'WAIT_FOR_CLOUD_EVENT'
      ? { mode: 'reply', ...(waitType && { waitType }), ...(correlationKey && { correlationKey }) }
      : { mode: 'confirm' }),
    ...(timeout !== undefined && { timeout }),
    ...(retries !== undefined && { retries }),
    ...(Object.keys(mapping).length > 0 && { mapping }),
  };
}

function extensionsOf(
  { key, value, elementName, trace = {} }: RouterJob,
  { legacyActivityIds = false }: OutgoingSettings,
): Record<string, AttributeValue | undefined> {
  const { correlationid, causationid, traceparent, tracestate } = trace;
  return {
    bpmnprocessid: value.bpmnProcessId,
    bpmnactivityid: legacyActivityIds ? String(value.elementInstanceKey) : value.elementId,
    bpmnactivityname: legacyActivityIds ? value.elementId : (elementName ?? value.elementId),
    elementinstancekey: String(value.elementInstanceKey),
    processdefinitionkey: String(value.processDefinitionKey),
    processinstancekey: String(value.processInstanceKey),
    workflowkey: String(value.processDefinitionKey),
    workflowinstancekey: String(value.processInstanceKey),
    jobkey: String(key),
    correlationid,
    causationid,
    traceparent,
    tracestate,
  };
}

/** The event's data as text. @throws HeaderError */
function dataOf(plan: JobPlan, contentType: string, scope: HeaderScope): string {
  const header = plan.values.get('data');
  const media = parseMediaType(contentType);
  const name = plan.values.get('dataContentType');
  if (media === undefined && name)
    throw wrong(name, 'is no media type. Write it like application/json or text/plain.');
  if (media !== undefined && !declaresJson(media)) {
    if (header) return textOf(header, scope);
    throw new HeaderError(
      `The task header 'DataContentType' is '${contentType}', as which variables cannot be written. Set the header 'Data' to FEEL that gives the text.`,
    );
  }
  if (!header) return documentText(scope.variables);
  const json = feelJsonOf(header, scope) ?? header.source;
  if (header.expression && json === 'null')
    throw wrong(header, 'gives null. Make it give a value, such as {orderId: orderId}.');
  if (!header.expression && !isJsonText(json))
    throw wrong(header, 'is neither JSON nor FEEL. Begin FEEL with =, and put text into quotes.');
  return json;
}
