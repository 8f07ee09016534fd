import type { ElementInstance, ElementStatistics, Incident, InstanceView } from '../api/types.ts';

/** What the diagram shows at one element. */
export interface Mark {
  readonly elementId: string;
  readonly look: 'active' | 'incident' | 'done' | 'canceled';
  /** Shown at the corners of the element; empty for none. */
  readonly active: number;
  readonly done: number;
  readonly incidents: number;
}

/** Marks of one instance: incidents win over what is active, that over what is done, that over what was canceled. */
export function instanceMarks(view: Pick<InstanceView, 'elements' | 'incidents' | 'flows'>): Mark[] {
  const byElement = new Map<string, { active: number; done: number; canceled: number }>();
  for (const { elementId, state } of view.elements) {
    const counts = byElement.get(elementId) ?? { active: 0, done: 0, canceled: 0 };
    if (state === 'ACTIVE') counts.active += 1;
    else if (state === 'COMPLETED') counts.done += 1;
    else counts.canceled += 1;
    byElement.set(elementId, counts);
  }
  const marks = Array.from(byElement, ([elementId, counts]): Mark => {
    const incidents = openIncidents(view.incidents, elementId);
    return {
      elementId,
      look: lookOf(counts, incidents),
      active: counts.active,
      // Once through is what the colour says; only repetition is worth a number.
      done: counts.done > 1 ? counts.done : 0,
      incidents,
    };
  });
  const flows = view.flows.map(
    ({ elementId }): Mark => ({ elementId, look: 'done', active: 0, done: 0, incidents: 0 }),
  );
  return [...marks, ...flows];
}

function openIncidents(incidents: readonly Incident[], elementId: string): number {
  return incidents.filter((incident) => incident.state === 'ACTIVE' && incident.elementId === elementId)
    .length;
}

function lookOf(counts: { active: number; done: number }, incidents: number): Mark['look'] {
  if (incidents > 0) return 'incident';
  if (counts.active > 0) return 'active';
  return counts.done > 0 ? 'done' : 'canceled';
}

/** Marks of a definition: how many instances stand at each element, and how many have passed it. */
export function definitionMarks(
  statistics: readonly ElementStatistics[],
  flows: ReadonlySet<string>,
): Mark[] {
  return statistics.map(({ elementId, active, completed, incidents }) => ({
    elementId,
    look: incidents > 0 ? 'incident' : active > 0 ? 'active' : 'done',
    active,
    done: flows.has(elementId) ? 0 : completed,
    incidents,
  }));
}

/** Ids of the sequence flows of a model. */
export function flowIds(xml: string): Set<string> {
  return new Set(
    Array.from(xml.matchAll(/<(?:\w+:)?sequenceFlow\b[^>]*?\bid="([^"]+)"/g), ([, id]) => id ?? ''),
  );
}

/** One line for those who cannot see the diagram. */
export function marksText(marks: readonly Mark[], elements: readonly ElementInstance[]): string {
  const name = (id: string) => elements.find(({ elementId }) => elementId === id)?.elementName ?? id;
  const at = marks.filter(({ active }) => active > 0).map(({ elementId }) => name(elementId));
  return at.length === 0
    ? 'Process diagram; nothing is active.'
    : `Process diagram; active: ${at.join(', ')}.`;
}
