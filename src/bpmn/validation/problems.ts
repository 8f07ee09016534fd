import { childOf, type XmlNode } from '../xml/node.ts';

/** Collects what is wrong with the elements of one model. */
export class Problems {
  readonly #byNode = new Map<XmlNode, string[]>();

  add(node: XmlNode, message: string): void {
    const messages = this.#byNode.get(node);
    if (messages === undefined) this.#byNode.set(node, [message]);
    else messages.push(message);
  }

  /** What `later` found about an element takes the place of what was found before (recorded: Zeebe shows only it). */
  overriddenBy(later: Problems): Problems {
    const merged = new Problems();
    for (const problems of [this, later]) {
      for (const [node, messages] of problems.#byNode) merged.#byNode.set(node, messages);
    }
    return merged;
  }

  /** Zeebe's listing of all problems, one block an element, sorted; undefined if there is none. */
  text(): string | undefined {
    if (this.#byNode.size === 0) return undefined;
    const blocks = [...this.#byNode].map(
      ([node, messages]) =>
        `- Element: ${identifierOf(node)}\n${messages.map((message) => `    - ERROR: ${message}\n`).join('')}`,
    );
    return blocks.sort().join('');
  }
}

/** Names an element by its id, or by its path from the closest element around it that has an id. */
function identifierOf(node: XmlNode): string {
  const path: string[] = [];
  for (let current: XmlNode | undefined = node; current !== undefined; current = current.$parent) {
    if (current.id !== undefined && isBaseElement(current)) {
      path.unshift(current.id);
      break;
    }
    path.unshift(tagOf(current));
  }
  return path.join(' > ');
}

/** What BPMN's schema derives from BaseElement: not the definitions, and not Zeebe's extensions. */
function isBaseElement(node: XmlNode): boolean {
  return node.$type.startsWith('bpmn:') && node.$type !== 'bpmn:Definitions';
}

/** The local name of an element's tag. Expressions are named by the property they stand in. */
function tagOf(node: XmlNode): string {
  const local = node.$type.slice(node.$type.indexOf(':') + 1);
  const parent = node.$parent;
  if (parent !== undefined && local.endsWith('Expression')) {
    const property = Object.keys(parent).find((name) => childOf(parent, name) === node);
    if (property !== undefined) return property;
  }
  return local.charAt(0).toLowerCase() + local.slice(1);
}
