import type { InstanceSummary } from '../api/types.ts';

/** Where an instance stands, in one line. */
export function placesText({ standsAt, state }: Pick<InstanceSummary, 'standsAt' | 'state'>): string {
  if (standsAt.length === 0) return state === 'ACTIVE' ? 'between two steps' : '–';
  return standsAt
    .map(({ elementId, elementName, count }) => (elementName ?? elementId) + (count > 1 ? ` ×${count}` : ''))
    .join(', ');
}

export type Mood = 'incident' | 'active' | 'completed' | 'canceled';

/** One word and its tone for the state of an instance. */
export function stateOf(instance: { readonly state: string; readonly hasIncident: boolean }): {
  readonly mood: Mood;
  readonly text: string;
} {
  if (instance.state === 'ACTIVE') {
    return instance.hasIncident ? { mood: 'incident', text: 'Incident' } : { mood: 'active', text: 'Active' };
  }
  return instance.state === 'COMPLETED'
    ? { mood: 'completed', text: 'Completed' }
    : { mood: 'canceled', text: 'Canceled' };
}
