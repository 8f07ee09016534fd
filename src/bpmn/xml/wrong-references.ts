import { childOf, treeOf, type XmlNode } from './node.ts';

/** What the definitions of events refer to. */
const REFERENCES = {
  messageRef: 'Message',
  signalRef: 'Signal',
  errorRef: 'Error',
  escalationRef: 'Escalation',
} as const;

/** What Zeebe says of a file with an event that refers to a thing of another kind; undefined if there is none. */
export function wrongReference(definitions: XmlNode): string | undefined {
  for (const node of treeOf(definitions)) {
    const wrong = wrongReferenceOf(node);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongReferenceOf(event: XmlNode): string | undefined {
  for (const [name, wanted] of Object.entries(REFERENCES)) {
    const found = childOf(event, name)?.$type.replace(/^bpmn:/, '');
    if (found === undefined || found === wanted) continue;
    const is = `io.camunda.zeebe.model.bpmn.impl.instance.${found}Impl`;
    const not = `io.camunda.zeebe.model.bpmn.instance.${wanted}`;
    return `class ${is} cannot be cast to class ${not} (${is} and ${not} are in unnamed module of loader 'app')`;
  }
  return undefined;
}
