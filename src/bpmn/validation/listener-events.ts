import { ownText, type XmlNode } from '../xml/node.ts';

/** Where Zeebe's model library knows a fixed set of events. It cannot read another one at all, and says so. */
const EVENTS: Readonly<Record<string, { readonly known: readonly string[]; readonly enumName: string }>> = {
  'zeebe:ExecutionListener': {
    known: ['start', 'end'],
    enumName: 'io.camunda.zeebe.model.bpmn.instance.zeebe.ZeebeExecutionListenerEventType',
  },
  'zeebe:TaskListener': {
    known: ['creating', 'assigning', 'updating', 'completing', 'canceling'],
    enumName: 'io.camunda.zeebe.model.bpmn.instance.zeebe.ZeebeTaskListenerEventType',
  },
};

/** Zeebe's text for a model with a listener for an event that does not exist; it hides all other problems. */
export function unknownListenerEvent(nodes: Iterable<XmlNode>): string | undefined {
  for (const node of nodes) {
    const events = EVENTS[node.$type];
    const event = events && ownText(node, 'eventType');
    if (event && !events.known.includes(event)) return `No enum constant ${events.enumName}.${event}`;
  }
  return undefined;
}
