import type { GraphElement, ProcessGraph } from '../bpmn/graph.ts';
import { staticReplyTypes } from './failure-mapping.ts';
import { type Formula, formulaOf, keyFormulaOf } from './formula.ts';
import { planOf } from './job-plan.ts';

/** What one deployed model wants to hear of. Only static names count; expressions are known when an instance waits. */
export interface ModelBindings {
  readonly listeners: readonly ElementListener[];
  /** Types of the replies that its jobs wait for. */
  readonly waitTypes: ReadonlySet<string>;
}

/** An element that waits for a message: start, catch or boundary event, or receive task. */
export interface ElementListener {
  readonly messageName: string;
  readonly bpmnProcessId: string;
  readonly elementId: string;
  /** True for start events of the process: they need no correlation key. */
  readonly starts: boolean;
  readonly use: EventUse;
}

/**
 * How events are used: what an element's properties say, or a type's entry in `tutti.yaml`. All of it is optional;
 * what an element does not say is taken from the type, then from the settings.
 */
export interface EventUse {
  readonly correlationKey?: Formula;
  readonly condition?: Formula;
  readonly resultVariable?: string;
  readonly resultExpression?: Formula;
  readonly messageId?: Formula;
  /** ms that an early event waits. */
  readonly timeToLive?: number;
}

/** The properties (`zeebe:properties`) that say how an element uses events; named as Camunda's inbound connectors do. */
export const EVENT_PROPERTIES = {
  correlationKey: 'correlationKeyExpression',
  condition: 'activationCondition',
  resultVariable: 'resultVariable',
  resultExpression: 'resultExpression',
  messageId: 'messageIdExpression',
  /** ISO 8601 duration */
  timeToLive: 'messageTtl',
} as const;

/** Reads the bindings of a model. */
export function bindingsOf(graph: ProcessGraph, jobTypes: ReadonlySet<string>): ModelBindings {
  const listeners: ElementListener[] = [];
  const waitTypes = new Set<string>();
  for (const element of Object.values(graph.elements)) {
    const name = element.message?.name;
    if (name?.kind === 'static')
      listeners.push({
        messageName: name.value,
        bpmnProcessId: graph.bpmnProcessId,
        elementId: element.id,
        starts: startsInstance(graph, element),
        use: eventUseOf(element.properties ?? {}),
      });
    if (element.job?.type.kind === 'static' && jobTypes.has(element.job.type.value)) {
      const read = planOf(element.job.headers);
      if (read.ok) for (const type of staticReplyTypes(read.plan.values)) waitTypes.add(type);
    }
  }
  return { listeners, waitTypes };
}

/** How long an early event waits for all of these: the longest, so that none misses what another would be glad to drop. */
export function longestLife(uses: readonly EventUse[], otherwise: number): number {
  const lives = uses.map(({ timeToLive }) => timeToLive ?? otherwise);
  return lives.length === 0 ? otherwise : Math.max(...lives);
}

/** ms of an ISO 8601 duration, not below 0; undefined if the text is none, or its length depends on the calendar. */
export function durationMs(text: string): number | undefined {
  try {
    return Math.max(0, Temporal.Duration.from(text).total({ unit: 'milliseconds' }));
  } catch {
    return undefined;
  }
}

function startsInstance(graph: ProcessGraph, element: GraphElement): boolean {
  const scope = element.flowScope === null ? undefined : graph.elements[element.flowScope];
  return element.type === 'START_EVENT' && scope?.type === 'PROCESS';
}

function eventUseOf(properties: Readonly<Record<string, string>>): EventUse {
  const text = (name: keyof typeof EVENT_PROPERTIES): string | undefined => {
    const value = properties[EVENT_PROPERTIES[name]]?.trim();
    return value === '' ? undefined : value;
  };
  const formula = (name: keyof typeof EVENT_PROPERTIES): Formula | undefined => {
    const value = text(name);
    return value === undefined ? undefined : formulaOf(value);
  };
  const key = text('correlationKey');
  const life = text('timeToLive');
  return definedOf<EventUse>({
    correlationKey: key === undefined ? undefined : keyFormulaOf(key),
    condition: formula('condition'),
    resultVariable: text('resultVariable'),
    resultExpression: formula('resultExpression'),
    messageId: formula('messageId'),
    timeToLive: life === undefined ? undefined : durationMs(life),
  });
}

/** The members that have a value. */
export function definedOf<Value extends object>(
  members: {
    readonly [Name in keyof Value]: Value[Name] | undefined;
  },
): Value {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Value;
}
