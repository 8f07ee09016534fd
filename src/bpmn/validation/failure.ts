import type { XmlNode } from '../xml/node.ts';

/**
 * Where Zeebe's own validator or transformer fails on a model, what Java says takes the place of the listing of
 * problems. Zeebe answers clients with these texts, so they are part of what a client may see.
 */
export class ValidatorFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ValidatorFailure';
  }
}

const PACKAGE = 'io.camunda.zeebe.model.bpmn';

/** A reference leads to an element of another kind than Zeebe's model library expects. */
export function castFailure(node: XmlNode, expected: string): string {
  const from = `${PACKAGE}.impl.instance.${node.$type.slice(node.$type.indexOf(':') + 1)}Impl`;
  const to = `${PACKAGE}.instance.${expected}`;
  return `class ${from} cannot be cast to class ${to} (${from} and ${to} are in unnamed module of loader 'app')`;
}

/** An id, which Zeebe turns into bytes, is absent. */
export const NO_ID = 'Cannot invoke "String.getBytes(java.nio.charset.Charset)" because "value" is null';

/** A boundary event refers to an activity that does not exist. */
export const NO_HOST =
  `Cannot invoke "${PACKAGE}.instance.Activity.equals(Object)" because the return value of ` +
  `"${PACKAGE}.instance.BoundaryEvent.getAttachedTo()" is null`;

/** An extension element that may stand once stands several times. */
export function notSingle(count: number): string {
  return `Collection expected to have <1> entry but has <${count}>`;
}
