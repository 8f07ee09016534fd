import type { BulkOutcome } from '../views/events.ts';
import { memberText } from '../views/json.ts';
import { get, request, send } from './client.ts';
import type {
  DeadLetterPage,
  Evaluation,
  EventPage,
  EventStory,
  EventSummary,
  Subscription,
} from './event-types.ts';

/** Conditions of the list of events under the server's names; empty texts do not count. */
export interface EventFilter {
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly correlationKey: string;
  readonly correlationId: string;
  readonly id: string;
  readonly fate: string;
  readonly from: string;
  readonly to: string;
}

export const EVENT_CONDITIONS = [
  'type',
  'source',
  'subject',
  'correlationKey',
  'correlationId',
  'id',
  'fate',
  'from',
  'to',
] as const satisfies readonly (keyof EventFilter)[];

/** Query string of a list, without what is not set. */
export function eventQuery(filter: EventFilter): string {
  const query = new URLSearchParams();
  for (const name of EVENT_CONDITIONS) {
    const value = filter[name].trim();
    if (value !== '') query.set(name, value);
  }
  return query.toString();
}

async function story(sequence: string): Promise<EventStory> {
  const text = await (await request(`/api/events/${sequence}`)).text();
  return { ...(JSON.parse(text) as EventStory), eventText: memberText(text, 'event') ?? '{}' };
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return (await request(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

export const eventApi = {
  list: (filter: EventFilter, before: number | undefined) => {
    const query = new URLSearchParams(eventQuery(filter));
    // Inputs give local times without a zone.
    for (const name of ['from', 'to']) {
      const local = query.get(name);
      if (local !== null && !Number.isNaN(Date.parse(local))) query.set(name, new Date(local).toISOString());
    }
    if (before !== undefined) query.set('before', String(before));
    return get<EventPage>(`/api/events?${query}`);
  },
  newest: async (limit: number): Promise<readonly EventSummary[]> =>
    (await get<EventPage>(`/api/events?limit=${limit}`)).items,
  story,
  routeAgain: (sequence: number) => send('POST', `/api/events/${sequence}/route`, {}),
  /** Publishes an event given in the JSON format; answers its sequence. */
  publish: async (eventText: string): Promise<number> => {
    const response = await request('/events', {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: eventText,
    });
    const { accepted } = (await response.json()) as { accepted: readonly { readonly sequence: number }[] };
    return accepted[0]?.sequence ?? 0;
  },
  subscriptions: () => get<readonly Subscription[]>('/subscriptions'),
  saveSubscription: async (id: string | undefined, text: string): Promise<Subscription> => {
    const response = await request(
      id === undefined ? '/subscriptions' : `/subscriptions/${encodeURIComponent(id)}`,
      {
        method: id === undefined ? 'POST' : 'PUT',
        headers: { 'content-type': 'application/json' },
        body: text,
      },
    );
    return (await response.json()) as Subscription;
  },
  deleteSubscription: (id: string) =>
    request(`/subscriptions/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  deadLetters: (before: number | undefined) =>
    get<DeadLetterPage>(`/api/dead-letters?limit=200${before === undefined ? '' : `&before=${before}`}`),
  resend: (id: number) => request(`/api/dead-letters/${id}/resend`, { method: 'POST' }),
  resendAll: async (ids: readonly number[]): Promise<BulkOutcome> => {
    const { resent, ...outcome } = await post<{ resent: number; skipped: number; reason?: string }>(
      '/api/dead-letters/resend',
      { ids },
    );
    return { done: resent, ...outcome };
  },
  discardAll: async (ids: readonly number[]): Promise<BulkOutcome> => {
    const { discarded } = await post<{ discarded: number }>('/api/dead-letters/discard', { ids });
    return { done: discarded, skipped: ids.length - discarded, reason: 'gone already' };
  },
  discard: (id: number) => request(`/api/dead-letters/${id}`, { method: 'DELETE' }),
  evaluate: async (filterText: string, eventText: string): Promise<Evaluation> => {
    const response = await request('/api/filters/evaluate', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"filter":${filterText},"event":${eventText}}`,
    });
    return (await response.json()) as Evaluation;
  },
};
