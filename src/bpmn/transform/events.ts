import type {
  CodeDefinition,
  EventType,
  GraphElement,
  MessageDefinition,
  SignalDefinition,
  TimerDefinition,
} from '../graph.ts';
import { childOf, childrenOf, extensionOf, idOf, textOf, type XmlNode } from '../xml/node.ts';
import { conditionalOf } from './conditional.ts';
import { givenText, modelText, optionalText } from './text.ts';

/** What an event definition adds to its element. */
export type EventPart = Pick<GraphElement, 'eventType'> &
  Partial<
    Pick<
      GraphElement,
      | 'message'
      | 'timer'
      | 'error'
      | 'escalation'
      | 'signal'
      | 'conditional'
      | 'linkName'
      | 'compensatedActivity'
    >
  >;

const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  'bpmn:MessageEventDefinition': 'MESSAGE',
  'bpmn:TimerEventDefinition': 'TIMER',
  'bpmn:ErrorEventDefinition': 'ERROR',
  'bpmn:EscalationEventDefinition': 'ESCALATION',
  'bpmn:SignalEventDefinition': 'SIGNAL',
  'bpmn:LinkEventDefinition': 'LINK',
  'bpmn:TerminateEventDefinition': 'TERMINATE',
  'bpmn:CompensateEventDefinition': 'COMPENSATION',
  'bpmn:ConditionalEventDefinition': 'CONDITIONAL',
};

/** Reads the one event definition of an event; none makes it a none event. */
export function eventPart(event: XmlNode): EventPart {
  const definition = childrenOf(event, 'eventDefinitions')[0];
  if (definition === undefined) return { eventType: 'NONE' };
  const eventType = EVENT_TYPES[definition.$type] ?? 'UNSPECIFIED';
  switch (eventType) {
    case 'MESSAGE':
      return withPart(eventType, 'message', messageOf(definition));
    case 'TIMER':
      return withPart(eventType, 'timer', timerOf(definition));
    case 'ERROR':
      return { eventType, error: codeOf(childOf(definition, 'errorRef'), 'errorCode') };
    case 'ESCALATION':
      return { eventType, escalation: codeOf(childOf(definition, 'escalationRef'), 'escalationCode') };
    case 'SIGNAL':
      return withPart(eventType, 'signal', signalOf(definition));
    case 'CONDITIONAL':
      return withPart(eventType, 'conditional', conditionalOf(definition));
    case 'LINK':
      return withPart(eventType, 'linkName', textOf(definition, 'name'));
    case 'COMPENSATION': {
      const activity = childOf(definition, 'activityRef');
      return withPart(eventType, 'compensatedActivity', activity && idOf(activity));
    }
    default:
      return { eventType };
  }
}

function withPart<Name extends keyof EventPart>(
  eventType: EventType,
  name: Name,
  value: EventPart[Name] | undefined,
): EventPart {
  return value === undefined ? { eventType } : { eventType, [name]: value };
}

/** The message that a message event definition or a receive task refers to. */
export function messageOf(holder: XmlNode): MessageDefinition | undefined {
  const message = childOf(holder, 'messageRef');
  const name = message && givenText(textOf(message, 'name'));
  if (message === undefined || name === undefined) return undefined;
  const subscription = extensionOf(message, 'zeebe:Subscription');
  const correlationKey = subscription && optionalText(textOf(subscription, 'correlationKey'));
  return correlationKey === undefined ? { name } : { name, correlationKey };
}

/** The timer of a timer event definition; undefined if it states none or several. */
export function timerOf(definition: XmlNode): TimerDefinition | undefined {
  for (const [name, kind] of [
    ['timeDuration', 'duration'],
    ['timeDate', 'date'],
    ['timeCycle', 'cycle'],
  ] as const) {
    const expression = childOf(definition, name);
    if (expression !== undefined) return { kind, value: modelText(textOf(expression, 'body') ?? '') };
  }
  return undefined;
}

function codeOf(referred: XmlNode | undefined, attribute: string): CodeDefinition {
  const code = referred && givenText(textOf(referred, attribute));
  return code === undefined ? {} : { code };
}

function signalOf(definition: XmlNode): SignalDefinition | undefined {
  const signal = childOf(definition, 'signalRef');
  const name = signal && givenText(textOf(signal, 'name'));
  return name === undefined ? undefined : { name };
}
