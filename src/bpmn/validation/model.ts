import { childOf, childrenOf, flagOf, type XmlNode } from '../xml/node.ts';
import type { Problems } from './problems.ts';

/** A model and what the rules ask of it again and again. Made once for each validation. */
export interface Model {
  readonly definitions: XmlNode;
  /** The executable processes in order of the XML; the others are neither checked nor executed. */
  readonly processes: readonly XmlNode[];
  /** Everything that is checked, in order of the XML: definitions, references, processes with all inside. */
  readonly nodes: readonly XmlNode[];
  /**
   * The flows that a node itself lists as its own: Zeebe's rules go by them, its engine by the flows' ends. In a
   * file that has what only versions after 8.6 know, the rules go by the flows' ends too.
   */
  readonly incoming: ReadonlyMap<XmlNode, readonly XmlNode[]>;
  readonly outgoing: ReadonlyMap<XmlNode, readonly XmlNode[]>;
  /** Boundary events by the activity that they are attached to. */
  readonly boundaryEvents: ReadonlyMap<XmlNode, readonly XmlNode[]>;
  /** Sources of associations. */
  readonly associated: ReadonlySet<XmlNode>;
  /** Events, event definitions and tasks that refer to a message, signal, error or escalation. */
  readonly referrers: ReadonlyMap<XmlNode, readonly XmlNode[]>;
}

/** One rule: looks at an element of its type and notes what is wrong. */
export type Rule = (node: XmlNode, problems: Problems, model: Model) => void;
/** Rules by the type of the elements that they look at. */
export type RuleBook = Readonly<Record<string, readonly Rule[]>>;

const NEWER = new Set(['bpmn:ConditionalEventDefinition', 'bpmn:AdHocSubProcess']);
const REFERENCES = ['messageRef', 'signalRef', 'errorRef', 'escalationRef'];

/** Indexes a model for its rules. */
export function modelOf(definitions: XmlNode): Model {
  const rootElements = childrenOf(definitions, 'rootElements');
  const processes = rootElements.filter(isExecutableProcess);
  const nodes: XmlNode[] = [definitions];
  for (const element of rootElements) {
    if (element.$type !== 'bpmn:Process' || isExecutableProcess(element)) addWithContent(element, nodes);
  }
  const newer = nodes.some(({ $type }) => NEWER.has($type));
  const incoming = new Map<XmlNode, XmlNode[]>();
  const outgoing = new Map<XmlNode, XmlNode[]>();
  const boundaryEvents = new Map<XmlNode, XmlNode[]>();
  const associated = new Set<XmlNode>();
  const referrers = new Map<XmlNode, XmlNode[]>();
  for (const node of nodes) {
    if (newer && node.$type === 'bpmn:SequenceFlow') {
      append(outgoing, childOf(node, 'sourceRef'), node);
      append(incoming, childOf(node, 'targetRef'), node);
    } else if (!newer) {
      for (const flow of childrenOf(node, 'outgoing')) append(outgoing, node, flow);
      for (const flow of childrenOf(node, 'incoming')) append(incoming, node, flow);
    }
    if (node.$type === 'bpmn:BoundaryEvent') {
      append(boundaryEvents, childOf(node, 'attachedToRef'), node);
    } else if (node.$type === 'bpmn:Association') {
      const source = childOf(node, 'sourceRef');
      if (source !== undefined) associated.add(source);
    }
    for (const name of REFERENCES) append(referrers, childOf(node, name), node);
  }
  return { definitions, processes, nodes, incoming, outgoing, boundaryEvents, associated, referrers };
}

export function isExecutableProcess(node: XmlNode): boolean {
  return node.$type === 'bpmn:Process' && flagOf(node, 'isExecutable') === true;
}

function append(lists: Map<XmlNode, XmlNode[]>, key: XmlNode | undefined, value: XmlNode): void {
  if (key === undefined) return;
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Adds an element and, depth first, what it contains; references lead elsewhere and are not followed. */
function addWithContent(root: XmlNode, nodes: XmlNode[]): void {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node);
    const content: XmlNode[] = [];
    for (const name of Object.keys(node)) {
      if (name.startsWith('$')) continue;
      const child = childOf(node, name);
      for (const part of child === undefined ? childrenOf(node, name) : [child]) {
        if (part.$parent === node) content.push(part);
      }
    }
    open.push(...content.reverse());
  }
}
