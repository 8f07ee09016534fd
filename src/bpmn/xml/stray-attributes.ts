import { treeOf, type XmlNode } from './node.ts';

/**
 * An attribute without a prefix that BPMN's schema does not have on its element: Zeebe's XML parser refuses it.
 * Undefined if there is none.
 */
export function strayAttribute(
  definitions: XmlNode,
): { readonly node: XmlNode; readonly name: string } | undefined {
  for (const node of treeOf(definitions)) {
    if (!node.$type.startsWith('bpmn:')) continue;
    const name = Object.keys(node.$attrs ?? {}).find((key) => key !== 'xmlns' && !key.includes(':'));
    if (name !== undefined) return { node, name };
  }
  return undefined;
}
