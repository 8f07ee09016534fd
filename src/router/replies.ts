import { attribute, type CloudEvent, subjectOf, typeOf } from '../cloudevents/index.ts';
import type { Document } from '../engine/records/record.ts';
import { type DataSettings, documentOf, variablesOf } from './data.ts';
import { verdictOnType } from './failure-mapping.ts';
import type { Routing, WaitingJob } from './incoming.ts';

const NO_VARIABLES: Document = new Map();
/** Keys of definition, instance and job. */
const THREE_KEYS = /^\d+:\d+:(\d+)$/;

/** The key of the job that an event says it answers. */
export function jobKeyOf(event: CloudEvent): string | undefined {
  return (
    attribute(event, 'jobkey') ??
    THREE_KEYS.exec(subjectOf(event) ?? '')?.[1] ??
    firstRoutersKey(attribute(event, 'zeebe'))
  );
}

/** True if the subject is `definition:instance:job`, as the first router's payments service wrote it. */
export function namesJobBySubject(event: CloudEvent): boolean {
  return THREE_KEYS.test(subjectOf(event) ?? '');
}

/** The router of May 2020 told the keys as JSON with camelCase fields, in one extension `zeebe`. */
function firstRoutersKey(text: string | undefined): string | undefined {
  const json = text === undefined ? undefined : documentOf(text)?.get('jobKey');
  return json === undefined ? undefined : /^"?(\d+)"?$/.exec(json)?.[1];
}

/** True if the event's type, or an error code that it brings, makes it an answer to a job that it names. */
export function isAnswer(event: CloudEvent, { waitType, mapping }: WaitingJob): boolean {
  const type = typeOf(event);
  if (waitType === undefined || waitType === type) return true;
  return verdictOnType(mapping, type) !== undefined || errorCodeOf(event) !== undefined;
}

function errorCodeOf(event: CloudEvent): string | undefined {
  return attribute(event, 'errorcode')?.trim() || undefined;
}

/** What a reply does to a job that waits for it. */
export function effectOfReply(event: CloudEvent, job: WaitingJob, data?: DataSettings): Routing {
  return failureOf(event, job, data) ?? successOf(event, job, data);
}

function successOf(event: CloudEvent, job: WaitingJob, data?: DataSettings): Routing {
  const read = variablesOf(event, data);
  return read.ok
    ? { kind: 'reply', job, variables: read.variables }
    : { kind: 'unusableReply', job, reason: read.reason };
}

/**
 * A reply that tells of a failure. What the task says of its type goes before the extension `errorcode`. That its
 * data are no variables does not make a failure less of one.
 */
function failureOf(event: CloudEvent, job: WaitingJob, data?: DataSettings): Routing | undefined {
  const type = typeOf(event);
  const verdict = verdictOnType(job.mapping, type);
  const errorCode = verdict?.kind === 'throw' ? verdict.errorCode : errorCodeOf(event);
  if (!verdict && errorCode === undefined) return undefined;
  const read = variablesOf(event, data);
  const told = {
    variables: read.ok ? read.variables : NO_VARIABLES,
    ...(!read.ok && { note: read.reason }),
  };
  const message = attribute(event, 'errormessage')?.trim() || `The reply was '${type}'.`;
  return errorCode === undefined || verdict?.kind === 'fail'
    ? { kind: 'failReply', job, reason: message, ...told }
    : { kind: 'errorReply', job, errorCode, errorMessage: message, ...told };
}
