import { attribute, type CloudEvent, idOf } from '../cloudevents/index.ts';
import type { Trace } from './outgoing.ts';

/** The business transaction that an event or an instance belongs to, and what led to it. */
export interface KnownTrace {
  readonly correlationId: string;
  /** Id of the event that led to this one. */
  readonly causationId?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
}

/**
 * What an event says of its trace, completed by what is known of its causes: the event that led to it, else the
 * instance that it moved. Without either it begins a business transaction, named by its id.
 */
export function traceOf(event: CloudEvent, known?: KnownTrace, cause?: CloudEvent): KnownTrace {
  const causationId = attribute(event, 'causationid') ?? (cause && idOf(cause));
  const traceparent = attribute(event, 'traceparent') ?? known?.traceparent;
  return {
    correlationId: attribute(event, 'correlationid') ?? known?.correlationId ?? idOf(event),
    ...(causationId !== undefined && { causationId }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/**
 * The attributes by which the event of a job goes on with the trace of its instance.
 * @param otherwise names the business transaction of an instance that no event has started
 */
export function traceOfJob(
  jobKey: number,
  known: KnownTrace | undefined,
  cause: CloudEvent | undefined,
  otherwise: string,
): Trace {
  // The job's key is the place in the trace: no other event of it has this one.
  const traceparent = nextTraceparent(known?.traceparent, jobKey.toString(16).padStart(16, '0'));
  const tracestate = cause && attribute(cause, 'tracestate');
  return {
    correlationid: known?.correlationId ?? otherwise,
    ...(cause && { causationid: idOf(cause) }),
    ...(traceparent !== undefined && { traceparent }),
    ...(traceparent !== undefined && tracestate !== undefined && { tracestate }),
  };
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** The trace goes on with a place of its own in it; what is no trace context of version 00 is not carried on. */
function nextTraceparent(traceparent: string | undefined, place: string): string | undefined {
  const [, trace, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  return trace && `00-${trace}-${place}-${flags}`;
}
