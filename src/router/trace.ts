import { attribute, type CloudEvent, idOf } from '../cloudevents/index.ts';

/** The business transaction that an event belongs to, and what led to it. */
export interface Trace {
  readonly correlationId: string;
  /** Id of the event that led to this one. */
  readonly causationId?: string;
  /** W3C trace context, version 00. */
  readonly traceparent?: string;
}

/**
 * What an event says of its trace, completed by what is known of its causes: the event that led to it, else the
 * instance that it moved. Without either it begins a business transaction, named by its id.
 */
export function traceOf(event: CloudEvent, cause: CloudEvent | undefined, known: Trace | undefined): Trace {
  const causationId = attribute(event, 'causationid') ?? (cause && idOf(cause));
  const traceparent = attribute(event, 'traceparent') ?? known?.traceparent;
  return {
    correlationId: attribute(event, 'correlationid') ?? known?.correlationId ?? idOf(event),
    ...(causationId !== undefined && { causationId }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * The trace context of an event that Tutti makes: the trace goes on, with a place of its own in it.
 * @param place 16 hexadecimal digits that no other event of the trace has
 */
export function nextTraceparent(traceparent: string | undefined, place: string): string | undefined {
  const [, trace, , flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  return trace && `00-${trace}-${place}-${flags}`;
}
