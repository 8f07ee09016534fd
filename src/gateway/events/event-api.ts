import {
  type DeadLetter,
  type EventStory,
  type EventSummary,
  type FateEntry,
  NOT_YET,
} from '../../broker/index.ts';
import { toJsonText, typeOf } from '../../cloudevents/index.ts';
import { FATE_KINDS, type KeptFate, type NearMiss, showFate } from '../../router/index.ts';
import { GatewayError } from '../errors.ts';
import { pathKey } from '../fields.ts';
import { type GatewayRequest, json, type Route } from '../http.ts';
import { RawJson } from '../json.ts';
import { queryInteger } from '../records.ts';
import type { EventsContext } from './context.ts';
import { showDeadLetter } from './dead-letters.ts';

const PAGE = 50;
const MOST = 200;
const MOST_SOURCES = 1000;

/** What is known of events and their fates: for the console and for people. Times are RFC 3339. */
export function eventApiRoutes({ events }: EventsContext): readonly Route[] {
  const storyOf = async (sequence: number | undefined, what: string) => {
    const story = sequence === undefined ? undefined : await events.story(sequence);
    if (!story) throw new GatewayError('NOT_FOUND', `The event log holds no event ${what}.`);
    return json(200, showStory(story, await events.deadLetters({ sequence: story.sequence, limit: MOST })));
  };
  return [
    {
      method: 'GET',
      path: '/api/events',
      accepts: 'none',
      handler: async (request) => {
        const limit = queryInteger(request, 'limit', 1, MOST) ?? PAGE;
        const before = queryInteger(request, 'before', 1, Number.MAX_SAFE_INTEGER);
        const after = queryInteger(request, 'after', 0, Number.MAX_SAFE_INTEGER);
        const found = await events.search({
          ...textConditions(request),
          ...dataCondition(request),
          ...causeCondition(request),
          ...fateCondition(request),
          ...timeCondition(request, 'from'),
          ...timeCondition(request, 'to'),
          ...(before !== undefined && { before }),
          ...(after !== undefined && { after }),
          limit,
        });
        return json(200, { items: found.items.map(showSummary), next: found.next });
      },
    },
    {
      method: 'GET',
      path: '/api/events/lookup',
      accepts: 'none',
      handler: async ({ query }) => {
        const source = query.get('source');
        const id = query.get('id');
        if (source === null || id === null) {
          throw new GatewayError('BAD_REQUEST', 'The query parameters source and id must name an event.');
        }
        return storyOf(await events.find(source, id), `with source '${source}' and id '${id}'`);
      },
    },
    {
      method: 'GET',
      path: '/api/events/:sequence',
      accepts: 'none',
      handler: (request) => {
        const sequence = pathKey(request, 'sequence');
        return storyOf(sequence, `with number ${sequence}`);
      },
    },
    {
      method: 'GET',
      path: '/api/sources',
      accepts: 'none',
      handler: async (request) => {
        const limit = queryInteger(request, 'limit', 1, MOST_SOURCES) ?? MOST_SOURCES;
        const sources = await events.numberedSources(limit);
        return json(200, {
          items: sources.map(({ time, ...source }) => ({ ...source, time: instant(time) })),
        });
      },
    },
    {
      method: 'POST',
      path: '/api/events/:sequence/route',
      accepts: 'any',
      handler: async (request) => {
        const sequence = pathKey(request, 'sequence');
        switch (await events.routeAgain(sequence)) {
          case 'soon':
            return { status: 202 };
          case 'hadEffect':
            throw new GatewayError(
              'INVALID_STATE',
              `Event number ${sequence} has moved a process or still may, so it is not routed again.`,
            );
          case 'unknown':
            throw new GatewayError('NOT_FOUND', `The event log holds no event with number ${sequence}.`);
        }
      },
    },
  ];
}

const TEXTS = ['type', 'source', 'id', 'subject', 'correlationKey', 'correlationId'] as const;

function textConditions({ query }: GatewayRequest): Partial<Record<(typeof TEXTS)[number], string>> {
  const given = TEXTS.flatMap((name) => {
    const value = query.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

const DATA_PATH = /^[\p{L}_][\p{L}\p{N}_-]*(?:\.[\p{L}_][\p{L}\p{N}_-]*|\[\d{1,6}\])*$/u;

/** `data.order.id=4711`: a member of JSON data and the text of its value. */
function dataCondition({ query }: GatewayRequest): { data?: ReadonlyMap<string, string> } {
  const data = new Map<string, string>();
  for (const [name, value] of query) {
    if (!name.startsWith('data.')) continue;
    const path = name.slice('data.'.length);
    if (!DATA_PATH.test(path)) {
      throw new GatewayError(
        'BAD_REQUEST',
        `The query parameter ${name} names no member of data; write it like data.order.id or data.items[0].sku.`,
      );
    }
    data.set(path, value);
  }
  return data.size === 0 ? {} : { data };
}

function causeCondition(request: GatewayRequest): { cause?: number } {
  const cause = queryInteger(request, 'cause', 1, Number.MAX_SAFE_INTEGER);
  return cause === undefined ? {} : { cause };
}

function timeCondition({ query }: GatewayRequest, name: 'from' | 'to'): { from?: number; to?: number } {
  const text = query.get(name);
  if (text === null || text === '') return {};
  const time = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isNaN(time)) return { [name]: time };
  throw new GatewayError(
    'BAD_REQUEST',
    `The query parameter ${name} must be a time such as 2030-01-31T12:00:00Z, or epoch ms.`,
  );
}

function fateCondition({ query }: GatewayRequest): { fates?: readonly string[] } {
  const text = query.get('fate');
  if (text === null || text === '') return {};
  const kinds: readonly string[] = FATE_KINDS;
  const fates = [...new Set(text.split(',').map((kind) => kind.trim()))];
  const unknown = fates.find((kind) => !kinds.includes(kind));
  if (unknown === undefined) return { fates };
  throw new GatewayError(
    'BAD_REQUEST',
    `The query parameter fate names '${unknown}'; known are ${kinds.join(', ')}. Several are put together with commas.`,
  );
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** The log keeps what the router told, so the kinds are the router's. */
function shown(fate: FateEntry, type: string): object {
  return showFate(fate as KeptFate, type);
}

function showSummary({ received, fate, ...summary }: EventSummary): object {
  return { ...summary, received: instant(received), ...(fate && { fate: shown(fate, summary.type) }) };
}

function showStory(story: EventStory, letters: readonly DeadLetter[]): object {
  const { sequence, event, received, hops, cause, causeJob, trace, effects } = story;
  const { fates, repeats, deliveries, toRoute } = story;
  return {
    sequence,
    received: instant(received),
    event: new RawJson(toJsonText(event)),
    hops,
    ...(cause !== undefined && { cause }),
    ...(causeJob !== undefined && { causeJob: String(causeJob) }),
    ...(trace && { trace }),
    effects,
    routed: !toRoute,
    fates: fates.map(({ time, fate }) => ({ time: instant(time), ...shown(fate, typeOf(event)) })),
    nearMisses: nearMissesOf(story),
    ...(repeats && { repeats: { count: repeats.count, last: instant(repeats.last) } }),
    deliveries: deliveries.map(({ nextTime, ...delivery }) => ({
      ...delivery,
      ...(nextTime === NOT_YET ? { waitsForKey: true } : { nextTime: instant(nextTime) }),
    })),
    deadLetters: letters.map(showDeadLetter),
  };
}

function nearMissesOf({ fates }: EventStory): readonly NearMiss[] {
  return fates.flatMap(({ fate }) => {
    const known = fate as KeptFate;
    return known.kind === 'unmatched' || known.kind === 'buffered' ? (known.nearMisses ?? []) : [];
  });
}
