import type { EventFilter } from '../api/event-client.ts';
import { EVENT_CONDITIONS, eventQuery } from '../api/event-client.ts';
import type { EventStory, FateView, NearMiss, Subscription } from '../api/event-types.ts';
import { dateTime, prettyJson, relative } from './format.ts';
import { memberText } from './json.ts';

/** What the pages about events show, as pure functions. */

export type FateTone = 'good' | 'waiting' | 'bad' | 'none';

/** Kinds of fate with the word and the tone in which they are shown; the order of the filter. */
export const FATES: Readonly<Record<string, readonly [string, FateTone]>> = {
  started: ['started', 'good'],
  correlated: ['moved on', 'good'],
  reply: ['reply', 'good'],
  errorReply: ['error thrown', 'good'],
  delivered: ['delivered', 'good'],
  buffered: ['waits', 'waiting'],
  earlyReply: ['early reply', 'waiting'],
  unmatched: ['no match', 'none'],
  declined: ['declined', 'none'],
  duplicate: ['repeat', 'none'],
  expired: ['expired', 'bad'],
  refused: ['refused', 'bad'],
  failReply: ['job failed', 'bad'],
  lateReply: ['late reply', 'bad'],
  unusableReply: ['unusable reply', 'bad'],
  unknownJob: ['unknown job', 'bad'],
  deadLettered: ['dead letter', 'bad'],
  failed: ['failed', 'bad'],
};

export function fateWord(fate: FateView | undefined): { readonly word: string; readonly tone: FateTone } {
  if (fate === undefined) return { word: 'not routed yet', tone: 'waiting' };
  const [word, tone] = FATES[fate.kind] ?? [fate.kind, 'none'];
  return { word, tone };
}

export function filterOf(query: string): EventFilter {
  const values = new URLSearchParams(query);
  const value = (name: string) => values.get(name) ?? '';
  return {
    type: value('type'),
    source: value('source'),
    subject: value('subject'),
    correlationKey: value('correlationKey'),
    correlationId: value('correlationId'),
    id: value('id'),
    fate: value('fate'),
    from: value('from'),
    to: value('to'),
  };
}

/** True unless the address says that the list stands still. */
export function follows(query: string): boolean {
  return new URLSearchParams(query).get('follow') !== 'false';
}

/** The address of a list. */
export function eventsPath(filter: EventFilter, follow: boolean): string {
  const query = new URLSearchParams(eventQuery(filter));
  if (!follow) query.set('follow', 'false');
  return query.size === 0 ? '/events' : `/events?${query}`;
}

export function isFiltered(filter: EventFilter): boolean {
  return EVENT_CONDITIONS.some((name) => filter[name] !== '');
}

/** Attributes of an event in the JSON format, in their order, as text. */
export function attributesOf(
  event: Readonly<Record<string, unknown>>,
): readonly (readonly [string, string])[] {
  return Object.entries(event)
    .filter(([name]) => name !== 'data' && name !== 'data_base64')
    .map(([name, value]) => [name, String(value)]);
}

export type EventData =
  | { readonly kind: 'none' }
  | { readonly kind: 'json' | 'text' | 'base64'; readonly text: string; readonly pretty: string };

/** The data of an event in the JSON format. */
export function dataOf(eventText: string): EventData {
  const base64 = memberText(eventText, 'data_base64');
  if (base64 !== undefined) {
    const text = String(JSON.parse(base64));
    return { kind: 'base64', text, pretty: text };
  }
  const data = memberText(eventText, 'data');
  if (data === undefined) return { kind: 'none' };
  const type = memberText(eventText, 'datacontenttype');
  const isJson = type === undefined || /[/+]json\b/i.test(type);
  if (!isJson && data.startsWith('"')) {
    const text = String(JSON.parse(data));
    return { kind: 'text', text, pretty: text };
  }
  return { kind: 'json', text: data, pretty: prettyJson(data) };
}

/** The beginning of a text that is too long to be shown at once. */
export function capped(text: string, most: number): { readonly shown: string; readonly left: number } {
  return { shown: text.slice(0, most), left: Math.max(0, text.length - most) };
}

/** Kinds after which an event has moved a process, or still may. */
const EFFECTS: ReadonlySet<string> = new Set([
  'started',
  'correlated',
  'reply',
  'errorReply',
  'failReply',
  'buffered',
  'earlyReply',
]);

export function mayRouteAgain({ routed, fates }: Pick<EventStory, 'routed' | 'fates'>): boolean {
  return routed && !fates.some(({ kind }) => EFFECTS.has(kind));
}

/** What the wait had that the event has not. */
export function nearMissText(miss: NearMiss, event: Readonly<Record<string, unknown>>): string {
  if (miss.messageName !== event['type']) return `waits with this key, but for type ${miss.messageName}`;
  const key = event['correlationkey'] ?? event['subject'];
  const own = key === undefined ? 'has none' : `has ${JSON.stringify(key)}`;
  return `waits for this type with key ${JSON.stringify(miss.correlationKey)}; the event ${own}`;
}

/** An event as a text to edit: the same, with an id of its own, so that it is no repeat. */
export function copyOf(eventText: string, id: string): string {
  const old = memberText(eventText, 'id') ?? '""';
  const at = eventText.indexOf(old, eventText.search(/"id"\s*:/) + 4);
  return prettyJson(eventText.slice(0, at) + JSON.stringify(id) + eventText.slice(at + old.length));
}

export function subscriptionState({ retired, status }: Subscription): {
  readonly word: string;
  readonly tone: FateTone;
  readonly why: string;
} {
  if (retired !== undefined) return { word: 'retired', tone: 'bad', why: retired };
  if (status === undefined || status.state === 'granted') return { word: 'active', tone: 'good', why: '' };
  const why = status.reason ?? 'Its sink was asked for its consent.';
  return { word: status.state, tone: status.state === 'refused' ? 'bad' : 'waiting', why };
}

/** What a subscription asks for, in few words. */
export function wants({ types = [], source, filters = [], config }: Subscription): string {
  const parts = [types.length === 0 ? 'all types' : types.join(', ')];
  if (source !== undefined) parts.push(`from ${source}`);
  if (filters.length > 0)
    parts.push(`where ${filters.map((filter) => JSON.stringify(filter)).join(' and ')}`);
  if (config?.['order'] === 'all') parts.push('in order');
  return parts.join(' ');
}

/** A subscription as a text to edit: what the server sets is left out. */
export function editable({
  id: _id,
  retired: _retired,
  status: _status,
  sink,
  ...body
}: Subscription): string {
  return JSON.stringify({ sink, ...body }, null, 2);
}

export function deliveryText(
  { attempts, nextTime, lastError }: EventStory['deliveries'][number],
  now: number,
): string {
  if (attempts === 0) return 'not tried yet';
  const tries = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const next = `next ${relative(nextTime, now)} (${dateTime(nextTime)})`;
  return `${tries}, ${next}${lastError === undefined ? '' : `: ${lastError}`}`;
}

/** An expression cut in three around the place of an error; the end of the text counts as a place too. */
export function markAt(
  text: string,
  offset: number,
): { readonly before: string; readonly at: string; readonly after: string } {
  const place = Math.min(Math.max(0, offset), text.length);
  return { before: text.slice(0, place), at: text.slice(place, place + 1), after: text.slice(place + 1) };
}

/** How many of a bulk of changes worked, in one sentence. */
export function bulkText(what: string, { done, skipped, reason }: BulkOutcome): string {
  const count = `${done} ${done === 1 ? 'dead letter' : 'dead letters'} ${what}`;
  return skipped === 0 ? `${count}.` : `${count}; ${skipped} refused: ${reason}`;
}

/** What became of dead letters that were treated together. */
export interface BulkOutcome {
  readonly done: number;
  readonly skipped: number;
  /** Why the first of them was skipped. */
  readonly reason?: string;
}
