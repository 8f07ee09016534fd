import { extensionsOf, type XmlNode } from '../xml/node.ts';
import { NO_ID, notSingle } from './failure.ts';
import { modelOf } from './model.ts';
import { isFlowElement } from './rules/activities.ts';

/** Event definitions whose own id Zeebe keeps. */
const IDENTIFIED_DEFINITIONS = new Set(['bpmn:LinkEventDefinition', 'bpmn:CompensateEventDefinition']);
/** Extension elements of which an element may have one. Of some the rules say so themselves. */
const SINGLE_EXTENSIONS = [
  'zeebe:IoMapping',
  'zeebe:ExecutionListeners',
  'zeebe:TaskHeaders',
  'zeebe:UserTask',
  'zeebe:AssignmentDefinition',
  'zeebe:FormDefinition',
  'zeebe:TaskSchedule',
  'zeebe:PriorityDefinition',
];

/**
 * What keeps a model that passed all rules from being executed: every element is named in records by its id, so it
 * must have one, and some extension elements may stand only once. Undefined if nothing does. The texts are Zeebe's.
 */
export function whyNotExecutable(definitions: XmlNode): string | undefined {
  for (const node of modelOf(definitions).nodes) {
    const named =
      node.$type === 'bpmn:Process' || isFlowElement(node) || IDENTIFIED_DEFINITIONS.has(node.$type);
    if (named && !node.id) return NO_ID;
    if (!named) continue;
    for (const type of SINGLE_EXTENSIONS) {
      const { length } = extensionsOf(node, type);
      if (length > 1) return notSingle(length);
    }
  }
  return undefined;
}
