import {
  type AttributeValue,
  type CloudEvent,
  CloudEventError,
  encodeUtf8,
  makeEvent,
} from '../cloudevents/index.ts';
import type { Document, JobValue } from '../engine/records/record.ts';
import { compile, FeelSyntaxError, type FeelValue, fromJson, toJson } from '../feel/index.ts';
import { documentText } from './data.ts';
import { type JobHeaders, readJobHeaders } from './job-headers.ts';

export interface OutgoingSettings {
  /** Told apart from other data folders, so that receivers never take a new event for a repeated one. */
  readonly engineId: string;
  /** URI-reference; `{processId}` stands for the process. */
  readonly source: string;
}

export interface RouterJob {
  readonly key: number;
  readonly value: JobValue;
  /** All variables the job sees. */
  readonly variables: Document;
  /** Name of the element in the model. */
  readonly elementName?: string;
}

export interface Outgoing {
  readonly event: CloudEvent;
  /** One more receiver beside the subscriptions. */
  readonly host?: string;
  /** Set if the job waits for a reply. */
  readonly wait?: { readonly waitType?: string; readonly correlationKey?: string };
}

export type OutgoingOrReason =
  | { readonly ok: true; readonly outgoing: Outgoing }
  | { readonly ok: false; readonly reason: string };

/** The id of the event that a job sends: the same at every attempt, so that receivers can drop repeats. */
export function jobEventId(engineId: string, jobKey: number | string): string {
  return `${engineId}-${jobKey}`;
}

/** Makes the event that a job of type `cloudevents` sends. The reason of a refusal names the header and the remedy. */
export function eventOfJob(job: RouterJob, settings: OutgoingSettings, now: number): OutgoingOrReason {
  const read = readJobHeaders(job.value.customHeaders);
  if (!read.ok) return read;
  try {
    return { ok: true, outgoing: makeOutgoing(job, read.headers, settings, now) };
  } catch (error) {
    if (error instanceof HeaderError) return { ok: false, reason: error.message };
    if (error instanceof CloudEventError)
      return { ok: false, reason: `The event cannot be made: ${error.message}` };
    throw error;
  }
}

function makeOutgoing(
  job: RouterJob,
  headers: JobHeaders,
  settings: OutgoingSettings,
  now: number,
): Outgoing {
  const { value, variables } = job;
  const text = (name: string, header: string | undefined): string | undefined =>
    header === undefined ? undefined : headerText(name, header, variables, now);
  const correlationKey = text('CorrelationKey', headers.correlationKey);
  const event = makeEvent({
    id: jobEventId(settings.engineId, job.key),
    source: settings.source.replaceAll('{processId}', encodeURIComponent(value.bpmnProcessId)),
    type: text('Type', headers.type) ?? '',
    subject:
      text('Subject', headers.subject) ??
      `${value.processDefinitionKey}:${value.processInstanceKey}:${job.key}`,
    time: new Date(now).toISOString(),
    datacontenttype: 'application/json',
    extensions: extensionsOf(job, correlationKey, text('PartitionKey', headers.partitionKey)),
    data: encodeUtf8(
      headers.data === undefined ? documentText(variables) : dataText(headers.data, variables, now),
    ),
  });
  const host = text('Host', headers.host);
  const wait = headers.mode === 'WAIT_FOR_CLOUD_EVENT' ? waitOf(headers.waitType, correlationKey) : undefined;
  return { event, ...(host && { host }), ...(wait && { wait }) };
}

function waitOf(
  waitType: string | undefined,
  correlationKey: string | undefined,
): NonNullable<Outgoing['wait']> {
  return { ...(waitType && { waitType }), ...(correlationKey && { correlationKey }) };
}

function extensionsOf(
  job: RouterJob,
  correlationKey: string | undefined,
  partitionKey: string | undefined,
): Record<string, AttributeValue | undefined> {
  const { value } = job;
  return {
    correlationkey: correlationKey,
    partitionkey: partitionKey,
    bpmnprocessid: value.bpmnProcessId,
    bpmnactivityid: value.elementId,
    bpmnactivityname: job.elementName ?? value.elementId,
    elementinstancekey: String(value.elementInstanceKey),
    processdefinitionkey: String(value.processDefinitionKey),
    processinstancekey: String(value.processInstanceKey),
    workflowkey: String(value.processDefinitionKey),
    workflowinstancekey: String(value.processInstanceKey),
    jobkey: String(job.key),
  };
}

class HeaderError extends Error {}

/** A header's text; FEEL must give a text, a number or a boolean. */
function headerText(name: string, header: string, variables: Document, now: number): string | undefined {
  if (!header.startsWith('=')) return header;
  const value = evaluate(name, header, variables, now);
  if (value === null) {
    throw new HeaderError(`The task header '${name}' is '${header}', which gives null. Make it give a text.`);
  }
  const json = toJson(value);
  if (/^[[{]/.test(json)) {
    throw new HeaderError(
      `The task header '${name}' is '${header}', which gives ${json}. Make it give a text.`,
    );
  }
  return json.startsWith('"') ? String(JSON.parse(json)) : json;
}

function dataText(header: string, variables: Document, now: number): string {
  return header.startsWith('=') ? toJson(evaluate('Data', header, variables, now)) : header;
}

function evaluate(name: string, header: string, variables: Document, now: number): FeelValue {
  try {
    const result = compile(header.slice(1)).evaluate(
      {
        get: (variable) => {
          const json = variables.get(variable);
          return json === undefined ? undefined : fromJson(json);
        },
      },
      { nowMs: () => now },
    );
    if (result.ok) return result.value;
    throw new HeaderError(`The task header '${name}' is '${header}', which fails: ${result.message}`);
  } catch (error) {
    if (error instanceof FeelSyntaxError) {
      throw new HeaderError(
        `The task header '${name}' is '${header}', which does not parse: ${error.message}`,
      );
    }
    throw error;
  }
}
