import { GRAPH_FORMAT, type GraphElement, type GraphFlow, type ProcessGraph } from '../graph.ts';
import { childOf, childrenOf, idOf, textOf, type XmlNode } from '../xml/node.ts';
import { adHocOf, innerInstanceId, innerInstanceOf } from './ad-hoc.ts';
import { elementOf, elementTypeOf, versionTagOf } from './element.ts';
import { modelText } from './text.ts';

/** What is known of a whole process before its elements are made. */
interface Surroundings {
  readonly incoming: Map<string, string[]>;
  readonly outgoing: Map<string, string[]>;
  readonly boundaryEvents: Map<string, string[]>;
  readonly compensationHandlers: Map<string, string>;
}

/** Makes the graph of one executable process. The XML has been checked: references resolve, ids are unique. */
export function processGraph(process: XmlNode): ProcessGraph {
  const surroundings: Surroundings = {
    incoming: new Map(),
    outgoing: new Map(),
    boundaryEvents: new Map(),
    compensationHandlers: new Map(),
  };
  const flows = new Map<string, GraphFlow>();
  collect(process, surroundings, flows);

  const elements = new Map<string, GraphElement>();
  build(process, null, surroundings, elements);

  const name = textOf(process, 'name');
  const versionTag = versionTagOf(process);
  return {
    format: GRAPH_FORMAT,
    bpmnProcessId: idOf(process),
    ...(name !== undefined && { name }),
    ...(versionTag !== undefined && { versionTag }),
    // An id may be any name, `__proto__` too.
    elements: Object.fromEntries(elements),
    flows: Object.fromEntries(flows),
    ...(waitsForConditions(elements) && { hasConditions: true as const }),
  };
}

function waitsForConditions(elements: ReadonlyMap<string, GraphElement>): boolean {
  return [...elements.values()].some(({ conditional }) => conditional !== undefined);
}

function collect(scope: XmlNode, surroundings: Surroundings, flows: Map<string, GraphFlow>): void {
  for (const association of childrenOf(scope, 'artifacts')) {
    const source = childOf(association, 'sourceRef');
    const target = childOf(association, 'targetRef');
    if (association.$type !== 'bpmn:Association' || source?.$type !== 'bpmn:BoundaryEvent' || !target)
      continue;
    if (elementTypeOf(target) !== undefined)
      surroundings.compensationHandlers.set(idOf(source), idOf(target));
  }
  // Zeebe connects what it finds from the last element of the XML to the first: the order of `outgoing` elements
  // plays no part (recorded: exclusive-gateway/order-of-outgoing-elements).
  for (const node of childrenOf(scope, 'flowElements').toReversed()) {
    switch (node.$type) {
      case 'bpmn:SequenceFlow': {
        const flow = flowOf(node, scopeIdInside(scope));
        flows.set(flow.id, flow);
        append(surroundings.outgoing, flow.source, flow.id);
        append(surroundings.incoming, flow.target, flow.id);
        break;
      }
      case 'bpmn:BoundaryEvent': {
        const attachedTo = childOf(node, 'attachedToRef');
        if (attachedTo !== undefined) append(surroundings.boundaryEvents, idOf(attachedTo), idOf(node));
        break;
      }
      case 'bpmn:SubProcess':
      case 'bpmn:AdHocSubProcess':
        collect(node, surroundings, flows);
        break;
      default:
    }
  }
}

/** The scope of what a process or subprocess holds. In an ad-hoc subprocess that is an inner instance. */
function scopeIdInside(scope: XmlNode): string {
  return scope.$type === 'bpmn:AdHocSubProcess' ? innerInstanceId(idOf(scope)) : idOf(scope);
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function flowOf(node: XmlNode, flowScope: string): GraphFlow {
  const source = childOf(node, 'sourceRef');
  const target = childOf(node, 'targetRef');
  const condition = childOf(node, 'conditionExpression');
  const name = textOf(node, 'name');
  return {
    id: idOf(node),
    ...(name !== undefined && { name }),
    source: source ? idOf(source) : '',
    target: target ? idOf(target) : '',
    flowScope,
    ...(condition !== undefined && { condition: modelText(textOf(condition, 'body') ?? '') }),
  };
}

function build(
  node: XmlNode,
  flowScope: string | null,
  surroundings: Surroundings,
  elements: Map<string, GraphElement>,
): void {
  const type = elementTypeOf(node);
  if (type === undefined) return;
  const id = idOf(node);
  const compensationHandler = surroundings.compensationHandlers.get(id);
  const element = elementOf(node, type, {
    flowScope,
    incoming: surroundings.incoming.get(id) ?? [],
    outgoing: surroundings.outgoing.get(id) ?? [],
    boundaryEvents: surroundings.boundaryEvents.get(id) ?? [],
    ...(compensationHandler !== undefined && { compensationHandler }),
  });
  elements.set(id, element);
  if (type === 'AD_HOC_SUB_PROCESS') {
    const inner = innerInstanceOf(element);
    const children = [inner.id, ...(element.eventSubProcesses ?? [])];
    elements.set(id, { ...element, children, adHoc: adHocOf(node, surroundings.incoming) });
    elements.set(inner.id, inner);
  }
  const inside = scopeIdInside(node);
  for (const child of childrenOf(node, 'flowElements'))
    build(child, elementTypeOf(child) === 'EVENT_SUB_PROCESS' ? id : inside, surroundings, elements);
}
