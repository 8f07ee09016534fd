import { childNamed, childrenNamed, type XmlElement } from '../xml/element.ts';

/** A reason for which a whole model is refused. */
export class ModelError extends Error {
  readonly code = 'DMN_MODEL';
}

/** The elements of a model that others refer to, by id. */
export type ById = ReadonlyMap<string, XmlElement>;

/** Ids that an element requires by one kind of requirement. Throws `ModelError` for one that leads nowhere. */
export function requiredIds(
  element: XmlElement,
  requirement: 'informationRequirement' | 'knowledgeRequirement',
  known: ById,
): readonly string[] {
  const target = requirement === 'informationRequirement' ? 'requiredDecision' : 'requiredKnowledge';
  return childrenNamed(element, requirement).flatMap((child) => {
    const href = childNamed(child, target)?.attributes.get('href');
    if (href === undefined) return [];
    const id = href.slice(href.indexOf('#') + 1);
    if (!known.has(id)) throw new ModelError(`Unable to find a model element instance for id ${id}`);
    return [id];
  });
}

/**
 * Ids so that each comes after all that it requires. Without recursion: a chain may be as long as the file allows.
 *
 * @returns undefined if something requires itself
 */
export function requiredFirst(
  roots: readonly string[],
  requires: (id: string) => readonly string[],
): readonly string[] | undefined {
  const done = new Set<string>();
  const entered = new Set<string>();
  for (const root of roots) {
    const path = [{ id: root, left: [...requires(root)].reverse() }];
    if (done.has(root)) continue;
    entered.add(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.left.pop();
      if (next === undefined) {
        done.add(top.id);
        path.pop();
      } else if (!done.has(next)) {
        if (entered.has(next)) return undefined;
        entered.add(next);
        path.push({ id: next, left: [...requires(next)].reverse() });
      }
    }
  }
  return [...done];
}
