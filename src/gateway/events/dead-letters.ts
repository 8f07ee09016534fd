import type { DeadLetter, DeadLetterFilter } from '../../broker/index.ts';
import { type CloudEvent, CloudEventError, decodeHttp, toJsonText } from '../../cloudevents/index.ts';
import type { DeadLetterSelection } from '../../runtime/events/index.ts';
import { GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import { type GatewayRequest, type GatewayResponse, json, NO_CONTENT, type Route } from '../http.ts';
import { RawJson } from '../json.ts';
import { queryInteger } from '../records.ts';
import { DEFAULT_EVENT_LIMIT, type EventsContext } from './context.ts';
import { refusal } from './ingress.ts';

const PATH = '/api/dead-letters';
const PAGE = 50;
const MOST = 200;
const MOST_IDS = 100_000;

/** Deliveries that were given up: list, read, send again (as they are, or corrected), discard; one or many. */
export function deadLetterRoutes({ events, bodyLimit }: EventsContext): readonly Route[] {
  return [
    {
      method: 'GET',
      path: PATH,
      accepts: 'none',
      handler: async (request) => {
        const limit = queryInteger(request, 'limit', 1, MOST) ?? PAGE;
        const before = queryInteger(request, 'before', 1, Number.MAX_SAFE_INTEGER);
        const filter = filterOf((name) => request.query.get(name) ?? undefined);
        const found = await events.deadLetters({
          ...filter,
          ...(before !== undefined && { before }),
          limit,
        });
        const next = found.length === limit ? found.at(-1)?.id : undefined;
        return json(200, { items: found.map(showDeadLetter), next });
      },
    },
    {
      method: 'GET',
      path: `${PATH}/:id`,
      accepts: 'none',
      handler: async (request) => {
        const id = pathKey(request, 'id');
        const letter = await events.deadLetter(id);
        const story = letter && (await events.story(letter.sequence));
        if (!letter || !story) return notFound(id);
        return json(200, { ...showDeadLetter(letter), event: new RawJson(toJsonText(story.event)) });
      },
    },
    {
      method: 'POST',
      path: `${PATH}/resend`,
      accepts: 'json',
      handler: async (request) => json(200, await events.resendAll(selectionOf(request), request.signal)),
    },
    {
      method: 'POST',
      path: `${PATH}/discard`,
      accepts: 'json',
      handler: async (request) =>
        json(200, { discarded: await events.discardAll(selectionOf(request), request.signal) }),
    },
    {
      method: 'POST',
      path: `${PATH}/:id/resend`,
      accepts: 'any',
      bodyLimit: bodyLimit ?? DEFAULT_EVENT_LIMIT,
      handler: async (request) => {
        const id = pathKey(request, 'id');
        return request.body.length === 0 ? resend(events, id) : correct(events, id, request);
      },
    },
    {
      method: 'DELETE',
      path: `${PATH}/:id`,
      accepts: 'none',
      handler: async (request) => {
        const id = pathKey(request, 'id');
        return (await events.discard(id)) ? NO_CONTENT : notFound(id);
      },
    },
  ];
}

/** Times are RFC 3339. */
export function showDeadLetter({ time, ...letter }: DeadLetter): object {
  return { ...letter, time: new Date(time).toISOString() };
}

async function resend(events: EventsContext['events'], id: number): Promise<GatewayResponse> {
  const outcome = await events.resend(id);
  switch (outcome.kind) {
    case 'sent':
      return { status: 202 };
    case 'noReceiver':
      throw new GatewayError('INVALID_STATE', outcome.reason);
    case 'unknown':
      return notFound(id);
  }
}

async function correct(
  events: EventsContext['events'],
  id: number,
  request: GatewayRequest,
): Promise<GatewayResponse> {
  let event: CloudEvent | undefined;
  try {
    const { mode, events: given } = decodeHttp({ 'content-type': contentTypeOf(request) }, request.body);
    event = mode === 'structured' ? given[0] : undefined;
  } catch (error) {
    if (error instanceof CloudEventError) return refusal(error, request);
    throw error;
  }
  if (!event) throw notStructured();
  const outcome = await events.correct(id, event);
  switch (outcome.kind) {
    case 'sent':
      return json(202, { sequence: outcome.sequence });
    case 'noReceiver':
      throw new GatewayError('INVALID_STATE', outcome.reason);
    case 'duplicate':
      throw new GatewayError(
        'ALREADY_EXISTS',
        'The event log holds an event with this source and id. Give the corrected event another id, or the id of the one that it corrects.',
      );
    case 'unknown':
      return notFound(id);
  }
}

function contentTypeOf({ headers }: GatewayRequest): string {
  const type = String(headers['content-type'] ?? '');
  if (!/^application\/cloudevents/i.test(type)) throw notStructured();
  return type;
}

function notStructured(): GatewayError {
  return new GatewayError(
    'UNSUPPORTED_MEDIA_TYPE',
    'The corrected event must be one CloudEvent in structured mode: application/cloudevents+json. Send no body to send the event again as it is.',
  );
}

function selectionOf(request: GatewayRequest): DeadLetterSelection {
  const fields = Fields.ofBody(request);
  const ids = fields.value('ids');
  const filter = fields.object('filter');
  const given = filter && filterOf((name) => filter.string(name));
  filter?.end();
  fields.end();
  if ((ids === undefined) === (given === undefined)) {
    throw new GatewayError(
      'BAD_REQUEST',
      'Name the dead letters by "ids", or by "filter" ({} means all of them); one of both.',
    );
  }
  if (given) return { filter: given };
  if (!Array.isArray(ids) || ids.length > MOST_IDS || !ids.every((id) => Number.isSafeInteger(id))) {
    throw new GatewayError('BAD_REQUEST', `The ids must be an array of at most ${MOST_IDS} whole numbers.`);
  }
  return { ids: ids as readonly number[] };
}

function filterOf(text: (name: string) => string | undefined): DeadLetterFilter {
  const names = ['subscription', 'sink', 'type', 'reason'] as const;
  const texts = names.flatMap((name) => {
    const value = text(name);
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const since = text('since');
  return {
    ...Object.fromEntries(texts),
    ...(since !== undefined && since !== '' && { since: timeOf(since) }),
  };
}

function timeOf(text: string): number {
  const time = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new GatewayError('BAD_REQUEST', 'since must be a time such as 2030-01-31T12:00:00Z, or epoch ms.');
}

function notFound(id: number): never {
  throw new GatewayError('NOT_FOUND', `There is no dead letter with id ${id}.`);
}
