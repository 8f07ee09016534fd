/** One XML element of a DMN file. Only what DMN needs: no comments, no processing instructions. */
export interface XmlElement {
  /** Namespace URI; empty if there is none. */
  readonly namespace: string;
  /** Name without its prefix. */
  readonly name: string;
  /** Attributes without a prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** The text directly in the element, without white space around it. */
  readonly text: string;
}

/** The children of one name in the namespace of their parent. */
export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name && child.namespace === element.namespace);
}

export function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name && child.namespace === element.namespace);
}
