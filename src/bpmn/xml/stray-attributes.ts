import { childOf, childrenOf, type XmlNode } from './node.ts';

/**
 * An attribute without a prefix that BPMN's schema does not have on its element: Zeebe's XML parser refuses it.
 * Undefined if there is none.
 */
export function strayAttribute(
  definitions: XmlNode,
): { readonly node: XmlNode; readonly name: string } | undefined {
  const open = [definitions];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.$type.startsWith('bpmn:')) {
      const name = Object.keys(node.$attrs ?? {}).find((key) => key !== 'xmlns' && !key.includes(':'));
      if (name !== undefined) return { node, name };
    }
    for (const property of Object.keys(node)) {
      if (property.startsWith('$')) continue;
      const child = childOf(node, property);
      const parts: readonly XmlNode[] = child === undefined ? childrenOf(node, property) : [child];
      for (const part of parts) if (part.$parent === node) open.push(part);
    }
  }
  return undefined;
}
