/**
 * A read-only view on what bpmn-moddle made of one XML element: typed properties for what BPMN and Zeebe define,
 * `$attrs` for the rest. Everything that reads the XML goes through these functions.
 */
export interface XmlNode {
  /** Prefixed type, `bpmn:ServiceTask` or `zeebe:TaskDefinition`, whatever prefixes the file uses. */
  readonly $type: string;
  readonly id?: string;
  readonly $parent?: XmlNode;
  readonly $attrs?: Readonly<Record<string, string>>;
}

function property(node: XmlNode, name: string): unknown {
  return (node as unknown as Readonly<Record<string, unknown>>)[name];
}

function isNode(value: unknown): value is XmlNode {
  return typeof value === 'object' && value !== null && '$type' in value;
}

/** A text attribute or text content; undefined if absent. */
export function textOf(node: XmlNode, name: string): string | undefined {
  const value = property(node, name) ?? node.$attrs?.[name];
  if (typeof value !== 'string') return undefined;
  // White space around the content of an element is layout.
  return name === 'body' ? value.trim() : value;
}

/** As {@link textOf}, but only what the file itself states: no default of the schema. */
export function ownText(node: XmlNode, name: string): string | undefined {
  return Object.hasOwn(node, name) || node.$attrs?.[name] !== undefined ? textOf(node, name) : undefined;
}

/** As {@link textOf}, but an empty or blank text counts as absent. */
export function nonBlank(node: XmlNode, name: string): string | undefined {
  const text = textOf(node, name);
  return text === undefined || text.trim() === '' ? undefined : text;
}

/** As {@link textOf}, but an empty text counts as absent. */
export function nonEmpty(node: XmlNode, name: string): string | undefined {
  const text = textOf(node, name);
  return text === '' ? undefined : text;
}

/** A boolean attribute, with BPMN's default where it has one. */
export function flagOf(node: XmlNode, name: string): boolean | undefined {
  const value = property(node, name);
  return typeof value === 'boolean' ? value : undefined;
}

/** A child element or a resolved reference. */
export function childOf(node: XmlNode, name: string): XmlNode | undefined {
  const value = property(node, name);
  return isNode(value) ? value : undefined;
}

/** The text of a reference that leads nowhere; undefined if there is none. */
export function danglingOf(node: XmlNode, name: string): string | undefined {
  return node.$attrs?.[`bpmn:${name}`];
}

/** Child elements or resolved references in order of the XML. */
export function childrenOf(node: XmlNode, name: string): readonly XmlNode[] {
  const value = property(node, name);
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Extension elements of one type, for instance `zeebe:TaskDefinition`. */
export function extensionsOf(node: XmlNode, type: string): readonly XmlNode[] {
  const holder = childOf(node, 'extensionElements');
  return holder === undefined ? [] : childrenOf(holder, 'values').filter((value) => value.$type === type);
}

/** The first extension element of one type. */
export function extensionOf(node: XmlNode, type: string): XmlNode | undefined {
  return extensionsOf(node, type)[0];
}

/** Flow elements and artifacts that a process or subprocess holds directly, in order of the XML. */
export function flowElementsOf(scope: XmlNode): readonly XmlNode[] {
  return childrenOf(scope, 'flowElements');
}

/** Id for graphs and messages; BPMN makes ids optional, Zeebe needs them, so an absent one reads as empty. */
export function idOf(node: XmlNode): string {
  return node.id ?? '';
}

/** A node and all that it holds, references left out. */
export function* treeOf(root: XmlNode): Generator<XmlNode> {
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    for (const property of Object.keys(node)) {
      if (property.startsWith('$')) continue;
      const child = childOf(node, property);
      const parts: readonly XmlNode[] = child === undefined ? childrenOf(node, property) : [child];
      for (const part of parts) if (part.$parent === node) open.push(part);
    }
  }
}
