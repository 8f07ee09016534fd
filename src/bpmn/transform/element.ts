import type { EventType, GraphElement } from '../graph.ts';
import { childOf, childrenOf, extensionOf, flagOf, idOf, textOf, type XmlNode } from '../xml/node.ts';
import { type EventPart, eventPart, messageOf } from './events.ts';
import {
  calledDecisionOf,
  calledElementOf,
  jobOf,
  listenersOf,
  mappingsOf,
  multiInstanceOf,
  propertiesOf,
  scriptOf,
  userTaskParts,
} from './extensions.ts';

/** BPMN types that become elements of the graph, with Zeebe's name for each. */
const ELEMENT_TYPES: Readonly<Record<string, GraphElement['type']>> = {
  'bpmn:Process': 'PROCESS',
  'bpmn:SubProcess': 'SUB_PROCESS',
  'bpmn:AdHocSubProcess': 'AD_HOC_SUB_PROCESS',
  'bpmn:StartEvent': 'START_EVENT',
  'bpmn:IntermediateCatchEvent': 'INTERMEDIATE_CATCH_EVENT',
  'bpmn:IntermediateThrowEvent': 'INTERMEDIATE_THROW_EVENT',
  'bpmn:BoundaryEvent': 'BOUNDARY_EVENT',
  'bpmn:EndEvent': 'END_EVENT',
  'bpmn:ServiceTask': 'SERVICE_TASK',
  'bpmn:ReceiveTask': 'RECEIVE_TASK',
  'bpmn:UserTask': 'USER_TASK',
  'bpmn:ManualTask': 'MANUAL_TASK',
  'bpmn:Task': 'TASK',
  'bpmn:ExclusiveGateway': 'EXCLUSIVE_GATEWAY',
  'bpmn:InclusiveGateway': 'INCLUSIVE_GATEWAY',
  'bpmn:ParallelGateway': 'PARALLEL_GATEWAY',
  'bpmn:EventBasedGateway': 'EVENT_BASED_GATEWAY',
  'bpmn:CallActivity': 'CALL_ACTIVITY',
  'bpmn:BusinessRuleTask': 'BUSINESS_RULE_TASK',
  'bpmn:ScriptTask': 'SCRIPT_TASK',
  'bpmn:SendTask': 'SEND_TASK',
};

/** Zeebe's element type of an XML element; undefined for what is not executed (data objects, lanes, flows). */
export function elementTypeOf(node: XmlNode): GraphElement['type'] | undefined {
  if (node.$type === 'bpmn:SubProcess' && flagOf(node, 'triggeredByEvent')) return 'EVENT_SUB_PROCESS';
  return ELEMENT_TYPES[node.$type];
}

/** How an element is woven into its surroundings; found by the graph's builder. */
export interface Links {
  readonly flowScope: string | null;
  readonly incoming: readonly string[];
  readonly outgoing: readonly string[];
  readonly boundaryEvents: readonly string[];
  readonly compensationHandler?: string;
}

/** Makes one element of the graph from its XML. */
export function elementOf(node: XmlNode, type: GraphElement['type'], links: Links): GraphElement {
  const name = textOf(node, 'name');
  const listeners = listenersOf(node);
  const properties = propertiesOf(node);
  const defaultFlow = childOf(node, 'default');
  const multiInstance = multiInstanceOf(node);
  return {
    id: idOf(node),
    ...(name !== undefined && { name }),
    type,
    eventType: 'UNSPECIFIED',
    ...links,
    ...mappingsOf(node),
    ...(defaultFlow !== undefined && { defaultFlow: idOf(defaultFlow) }),
    ...(flagOf(node, 'isForCompensation') && { isForCompensation: true }),
    ...(multiInstance !== undefined && { multiInstance }),
    ...partsOf(node, type),
    ...(listeners.length > 0 && { listeners }),
    ...(properties !== undefined && { properties }),
  };
}

type Parts = Partial<GraphElement>;

function partsOf(node: XmlNode, type: GraphElement['type']): Parts {
  switch (type) {
    case 'PROCESS':
    case 'SUB_PROCESS':
      return scopeParts(node);
    case 'AD_HOC_SUB_PROCESS':
      return { ...scopeParts(node), ...optional('job', jobOf(node)) };
    case 'EVENT_SUB_PROCESS':
      return { ...scopeParts(node), eventType: startEventType(node) };
    case 'START_EVENT': {
      const ofEventSubProcess = node.$parent !== undefined && flagOf(node.$parent, 'triggeredByEvent');
      return {
        ...eventPart(node),
        ...(ofEventSubProcess && { interrupting: flagOf(node, 'isInterrupting') ?? true }),
      };
    }
    case 'BOUNDARY_EVENT': {
      const attachedTo = childOf(node, 'attachedToRef');
      return {
        ...eventPart(node),
        interrupting: flagOf(node, 'cancelActivity') ?? true,
        ...(attachedTo !== undefined && { attachedTo: idOf(attachedTo) }),
      };
    }
    case 'INTERMEDIATE_CATCH_EVENT':
      return eventPart(node);
    case 'INTERMEDIATE_THROW_EVENT':
    case 'END_EVENT':
      return throwParts(node);
    case 'SERVICE_TASK':
    case 'SEND_TASK':
      return optional('job', jobOf(node));
    case 'SCRIPT_TASK':
      return { ...optional('job', jobOf(node)), ...optional('script', scriptOf(node)) };
    case 'BUSINESS_RULE_TASK':
      return { ...optional('job', jobOf(node)), ...optional('calledDecision', calledDecisionOf(node)) };
    case 'CALL_ACTIVITY':
      return optional('calledElement', calledElementOf(node));
    case 'RECEIVE_TASK':
      return { eventType: 'MESSAGE', ...optional('message', messageOf(node)) };
    case 'USER_TASK':
      return userTaskParts(node);
    case 'AD_HOC_SUB_PROCESS_INNER_INSTANCE':
    case 'MANUAL_TASK':
    case 'TASK':
    case 'EXCLUSIVE_GATEWAY':
    case 'INCLUSIVE_GATEWAY':
    case 'PARALLEL_GATEWAY':
    case 'EVENT_BASED_GATEWAY':
      return {};
  }
}

function optional<Name extends keyof GraphElement>(name: Name, value: GraphElement[Name] | undefined): Parts {
  return value === undefined ? {} : ({ [name]: value } as Parts);
}

/** A message that is thrown is a job; its name and key mean nothing to the engine. */
function throwParts(node: XmlNode): Parts {
  const part: EventPart = eventPart(node);
  if (part.eventType !== 'MESSAGE') return part;
  return { eventType: 'MESSAGE', ...optional('job', jobOf(node)) };
}

function startEventType(node: XmlNode): EventType {
  const start = childrenOf(node, 'flowElements').find((child) => child.$type === 'bpmn:StartEvent');
  return start === undefined ? 'UNSPECIFIED' : eventPart(start).eventType;
}

function scopeParts(node: XmlNode): Parts {
  const elements = childrenOf(node, 'flowElements').filter((child) => elementTypeOf(child) !== undefined);
  const idsOf = (type: GraphElement['type']): string[] =>
    elements.filter((child) => elementTypeOf(child) === type).map(idOf);
  return {
    children: elements.map(idOf),
    startEvents: idsOf('START_EVENT').reverse(),
    eventSubProcesses: idsOf('EVENT_SUB_PROCESS'),
  };
}

/** The version tag of a process. */
export function versionTagOf(process: XmlNode): string | undefined {
  const tag = extensionOf(process, 'zeebe:VersionTag');
  return tag && textOf(tag, 'value');
}
