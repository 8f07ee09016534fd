import type { GraphElement, ProcessGraph } from '../bpmn/graph.ts';
import { readJobHeaders } from './job-headers.ts';
import { isWatchOnly } from './watch.ts';

/** What one deployed model wants to hear of. Only static names count; expressions are known when an instance waits. */
export interface ModelBindings {
  /** Message names, with the life that an early event of this type gets (ms), where the model says it. */
  readonly messages: ReadonlyMap<string, { readonly timeToLive?: number }>;
  /** Those of them that start an instance. */
  readonly starts: ReadonlySet<string>;
  /** Types of the replies that its jobs wait for. */
  readonly waitTypes: ReadonlySet<string>;
}

/** The property of a message event or receive task that sets how long an early event waits, as an ISO 8601 duration. */
export const TIME_TO_LIVE_PROPERTY = 'messageTtl';

/**
 * Reads the bindings of a model. If several elements share a message name and differ in their time to live,
 * the longest holds, so that no element misses an event that another one would have been glad to drop.
 */
export function bindingsOf(graph: ProcessGraph, jobTypes: ReadonlySet<string>): ModelBindings {
  const messages = new Map<string, { timeToLive?: number }>();
  const starts = new Set<string>();
  const waitTypes = new Set<string>();
  const watchOnly = isWatchOnly(graph);
  for (const element of Object.values(graph.elements)) {
    const name = element.message?.name;
    if (name?.kind === 'static') {
      const known = messages.get(name.value);
      const own = timeToLiveOf(element);
      messages.set(name.value, known ? longer(known, own) : own);
      if (startsInstance(graph, element)) starts.add(name.value);
    }
    // Who only watches waits for no reply of its own.
    if (!watchOnly && element.job?.type.kind === 'static' && jobTypes.has(element.job.type.value)) {
      const read = readJobHeaders(element.job.headers);
      if (read.ok && read.headers.waitType) waitTypes.add(read.headers.waitType);
    }
  }
  return { messages, starts, waitTypes };
}

function startsInstance(graph: ProcessGraph, element: GraphElement): boolean {
  const scope = element.flowScope === null ? undefined : graph.elements[element.flowScope];
  return element.type === 'START_EVENT' && scope?.type === 'PROCESS';
}

function timeToLiveOf(element: GraphElement): { timeToLive?: number } {
  const text = element.properties?.[TIME_TO_LIVE_PROPERTY];
  if (text === undefined) return {};
  try {
    return { timeToLive: Math.max(0, Temporal.Duration.from(text).total({ unit: 'milliseconds' })) };
  } catch {
    return {};
  }
}

function longer(one: { timeToLive?: number }, other: { timeToLive?: number }): { timeToLive?: number } {
  if (one.timeToLive === undefined || other.timeToLive === undefined) return {};
  return { timeToLive: Math.max(one.timeToLive, other.timeToLive) };
}
