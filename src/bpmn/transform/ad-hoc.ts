import type { AdHoc, GraphElement } from '../graph.ts';
import {
  childOf,
  childrenOf,
  extensionOf,
  flagOf,
  idOf,
  nonBlank,
  textOf,
  type XmlNode,
} from '../xml/node.ts';
import { elementTypeOf } from './element.ts';
import { mappingsOf, propertiesOf } from './extensions.ts';
import { type AgentParameter, agentParameters } from './from-ai.ts';
import { optionalText } from './text.ts';

/** Zeebe's id for the scope around each activation in an ad-hoc subprocess. No id of an XML file has a `#`. */
export function innerInstanceId(adHocSubProcessId: string): string {
  return `${adHocSubProcessId}#innerInstance`;
}

/** The scope in which an activated element, and all that follows it, runs. It has no element in the XML. */
export function innerInstanceOf(adHoc: GraphElement): GraphElement {
  const eventSubProcesses = new Set(adHoc.eventSubProcesses ?? []);
  return {
    id: innerInstanceId(adHoc.id),
    type: 'AD_HOC_SUB_PROCESS_INNER_INSTANCE',
    eventType: 'UNSPECIFIED',
    flowScope: adHoc.id,
    incoming: [],
    outgoing: [],
    inputs: [],
    outputs: [],
    boundaryEvents: [],
    children: (adHoc.children ?? []).filter((id) => !eventSubProcesses.has(id)),
    startEvents: [],
    eventSubProcesses: [],
  };
}

const NEVER_ACTIVATED = new Set<GraphElement['type'] | undefined>([
  undefined,
  'START_EVENT',
  'BOUNDARY_EVENT',
  'END_EVENT',
  'EVENT_SUB_PROCESS',
]);

/**
 * `bpmn:adHocSubProcess` with `zeebe:adHoc`.
 *
 * @param incoming sequence flows by the id of the element they lead to
 */
export function adHocOf(node: XmlNode, incoming: ReadonlyMap<string, readonly string[]>): AdHoc {
  const activities = childrenOf(node, 'flowElements').filter(
    (child) =>
      !NEVER_ACTIVATED.has(elementTypeOf(child)) &&
      !incoming.has(idOf(child)) &&
      flagOf(child, 'isForCompensation') !== true,
  );
  const definition = extensionOf(node, 'zeebe:AdHoc');
  const condition = childOf(node, 'completionCondition');
  const activeElementsCollection =
    definition && optionalText(nonBlank(definition, 'activeElementsCollection'));
  const completionCondition = condition && optionalText(nonBlank(condition, 'body'));
  const outputCollection = definition && nonBlank(definition, 'outputCollection');
  const outputElement = definition && optionalText(nonBlank(definition, 'outputElement'));
  return {
    activities: activities.map(idOf),
    innerInstance: innerInstanceId(idOf(node)),
    elements: JSON.stringify(activities.map(activityInfo)),
    ...(activeElementsCollection !== undefined && { activeElementsCollection }),
    ...(completionCondition !== undefined && { completionCondition }),
    cancelRemainingInstances: flagOf(node, 'cancelRemainingInstances') ?? true,
    ...(outputCollection !== undefined && { outputCollection }),
    ...(outputElement !== undefined && { outputElement }),
  };
}

/** What an entry of `adHocSubProcessElements` may tell; what is empty is left out. */
interface ActivityInfo {
  readonly elementId: string;
  readonly elementName?: string;
  readonly documentation?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly parameters?: readonly AgentParameter[];
}

function activityInfo(node: XmlNode): ActivityInfo {
  const elementName = textOf(node, 'name');
  const [holder] = childrenOf(node, 'documentation');
  const documentation = holder && textOf(holder, 'text');
  const properties = propertiesOf(node);
  const parameters = mappingsOf(node).inputs.flatMap(({ source }) =>
    source.kind === 'feel' ? agentParameters(source.text) : [],
  );
  return {
    elementId: idOf(node),
    ...(elementName && { elementName }),
    ...(documentation && { documentation }),
    ...(properties !== undefined && { properties }),
    ...(parameters.length > 0 && { parameters }),
  };
}
