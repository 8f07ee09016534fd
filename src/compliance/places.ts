import type { GraphElement, ModelText, ProcessGraph } from '../bpmn/graph.ts';
import { isWatchOnly, readJobHeaders, watchedTypeOf } from '../router/index.ts';
import { orderOf } from './order.ts';

/**
 * What an event has to do with an element:
 * - `start`: it starts an instance
 * - `wait`: the instance stands there until it comes (catch event, receive task; a task, if the process only watches)
 * - `option`: it may come while something else goes on (message boundary event, event subprocess)
 * - `send`: the process sends it
 * - `request`: the process sends one and stands there until the reply comes
 */
export type PlaceKind = 'start' | 'wait' | 'option' | 'send' | 'request';

/** A place of the model at which an event is awaited or sent. */
export interface Place {
  readonly elementId: string;
  readonly name?: string;
  readonly kind: PlaceKind;
  /** Type of the awaited event; absent for `send`, and where an expression gives it. */
  readonly awaits?: string;
  /** Type of the event that is sent; `send` and `request` only, absent where an expression gives it. */
  readonly sends?: string;
  /** The event-based gateway whose alternatives this and other places are: one of them is enough. */
  readonly choice?: string;
  /** Places that may come directly before this one. */
  readonly follows: readonly string[];
}

/** What makes an instance leave the places where it waits. */
export interface Trigger {
  readonly kind: 'event' | 'timer' | 'other';
  readonly name?: string;
}

/** What compliance needs to know of one version of a process. */
export interface ComplianceModel {
  readonly processDefinitionKey: number;
  readonly bpmnProcessId: string;
  readonly version: number;
  /** In the order in which the model expects them; of alternatives, in order of the drawing's flows. */
  readonly places: readonly Place[];
  /** Interrupting and intermediate catch events by element id. */
  readonly triggers: Readonly<Record<string, Trigger>>;
}

/** Reads the event places of a process: its expected order of events. `jobTypes`: the types that the router serves. */
export function placesOf(graph: ProcessGraph, jobTypes: ReadonlySet<string>): readonly Place[] {
  const kinds = new Map<string, Omit<Place, 'follows'>>();
  for (const element of Object.values(graph.elements)) {
    const place = placeAt(graph, element, jobTypes);
    if (place) kinds.set(element.id, place);
  }
  return orderOf(graph, new Set(kinds.keys())).flatMap(({ elementId, follows }) => {
    const place = kinds.get(elementId);
    return place ? [{ ...place, follows }] : [];
  });
}

export function triggersOf(graph: ProcessGraph): Readonly<Record<string, Trigger>> {
  const triggers: Record<string, Trigger> = {};
  for (const { id, name, eventType, interrupting } of Object.values(graph.elements)) {
    // What does not interrupt leaves no place.
    if (eventType === 'UNSPECIFIED' || eventType === 'NONE' || interrupting === false) continue;
    const kind = eventType === 'TIMER' ? 'timer' : eventType === 'MESSAGE' ? 'event' : 'other';
    triggers[id] = { kind, ...(name && { name }) };
  }
  return triggers;
}

function placeAt(
  graph: ProcessGraph,
  element: GraphElement,
  jobTypes: ReadonlySet<string>,
): Omit<Place, 'follows'> | undefined {
  const { id: elementId, name } = element;
  const base = { elementId, ...(name && { name }) };
  if (element.message) {
    const awaits = staticText(element.message.name);
    return { ...base, kind: kindOfWait(graph, element), ...awaits, ...choiceOf(graph, element) };
  }
  const type = element.job?.type;
  if (type?.kind !== 'static' || !jobTypes.has(type.value)) return undefined;
  if (isWatchOnly(graph)) {
    const awaits = watchedTypeOf(element.job?.headers ?? {});
    return awaits === undefined ? undefined : { ...base, kind: 'wait', awaits };
  }
  const read = readJobHeaders(element.job?.headers ?? {});
  if (!read.ok) return undefined;
  const { headers } = read;
  const sends = headers.type.startsWith('=') ? {} : { sends: headers.type };
  if (headers.mode !== 'WAIT_FOR_CLOUD_EVENT') return { ...base, kind: 'send', ...sends };
  return { ...base, kind: 'request', ...sends, ...(headers.waitType && { awaits: headers.waitType }) };
}

function staticText(text: ModelText): { awaits?: string } {
  return text.kind === 'static' ? { awaits: text.value } : {};
}

function kindOfWait(graph: ProcessGraph, element: GraphElement): PlaceKind {
  if (element.type === 'BOUNDARY_EVENT') return 'option';
  if (element.type !== 'START_EVENT') return 'wait';
  const scope = element.flowScope === null ? undefined : graph.elements[element.flowScope];
  return scope?.type === 'PROCESS' ? 'start' : 'option';
}

function choiceOf(graph: ProcessGraph, element: GraphElement): { choice?: string } {
  for (const flowId of element.incoming) {
    const source = graph.elements[graph.flows[flowId]?.source ?? ''];
    if (source?.type === 'EVENT_BASED_GATEWAY') return { choice: source.id };
  }
  return {};
}
