import type { ProcessGraph } from '../bpmn/graph.ts';
import { attribute, typeOf } from '../cloudevents/index.ts';
import { readJobHeaders } from './job-headers.ts';
import type { Outgoing } from './outgoing.ts';

/** The property of a process, `true` or `false`, by which it only watches: its tasks send no events. */
export const WATCH_ONLY_PROPERTY = 'watchOnly';

export function isWatchOnly(graph: ProcessGraph): boolean {
  return graph.elements[graph.bpmnProcessId]?.properties?.[WATCH_ONLY_PROPERTY]?.trim() === 'true';
}

/** What a task of a process that only watches does instead of sending its event. */
export type Watching =
  /** It stands until somebody else's event of this type and key is seen. */
  | { readonly kind: 'await'; readonly type: string; readonly correlationKey: string }
  /** It is done at once. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * A task that waits for a reply awaits that. A task that only sends awaits the event that it would send, as another one
 * may send it; without a correlation key it could not tell whose event it sees, so it is done at once. The task header
 * `Watch` says otherwise: `SKIP` does not await, `AWAIT` insists on the key.
 */
export function watchingOf(
  { event, wait }: Outgoing,
  customHeaders: Readonly<Record<string, string>>,
): Watching {
  const how = headerOf(customHeaders);
  if (how !== undefined && how !== 'SKIP' && how !== 'AWAIT')
    return { kind: 'refused', reason: `The task header 'Watch' is '${how}'. Set it to AWAIT or SKIP.` };
  if (how === 'SKIP') return { kind: 'pass' };
  const reply = wait?.mode === 'reply' ? wait : undefined;
  const type = reply ? reply.waitType : typeOf(event);
  const correlationKey = reply ? reply.correlationKey : attribute(event, 'correlationkey');
  if (type && correlationKey) return { kind: 'await', type, correlationKey };
  if (!reply && how === undefined) return { kind: 'pass' };
  const missing = type ? 'CorrelationKey' : 'WaitType';
  return {
    kind: 'refused',
    reason: `The process only watches, and the task header '${missing}' is missing, so nothing tells which event it awaits. Set it, or set 'Watch' to SKIP.`,
  };
}

/** Types of the events that tasks of a process that only watches may await; expressions are known at run time. */
export function watchedTypesOf(graph: ProcessGraph, jobTypes: ReadonlySet<string>): ReadonlySet<string> {
  const types = new Set<string>();
  if (!isWatchOnly(graph)) return types;
  for (const { job } of Object.values(graph.elements)) {
    if (job?.type.kind !== 'static' || !jobTypes.has(job.type.value)) continue;
    const awaited = watchedTypeOf(job.headers);
    if (awaited) types.add(awaited);
  }
  return types;
}

/** The type that a task with these headers awaits in a process that only watches; undefined if it awaits nothing. */
export function watchedTypeOf(customHeaders: Readonly<Record<string, string>>): string | undefined {
  const read = readJobHeaders(customHeaders);
  const how = headerOf(customHeaders);
  if (!read.ok || how === 'SKIP') return undefined;
  const { mode, type, waitType, correlationKey } = read.headers;
  if (mode === 'WAIT_FOR_CLOUD_EVENT') return waitType;
  return correlationKey === undefined ? undefined : type;
}

function headerOf(customHeaders: Readonly<Record<string, string>>): string | undefined {
  const found = Object.entries(customHeaders).find(([key]) => key.toLowerCase() === 'watch');
  const value = found?.[1].trim().toUpperCase();
  return value === '' ? undefined : value;
}
