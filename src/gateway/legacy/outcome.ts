import type { EventStory } from '../../broker/index.ts';
import { typeOf } from '../../cloudevents/index.ts';
import { type KeptFate, showFate } from '../../router/index.ts';
import type { GatewayResponse } from '../http.ts';
import { json } from '../http.ts';

/** The status that the paths of 2020 answer for each fate. Never 410: senders would retire. */
const STATUS: Readonly<Record<KeptFate['kind'], number>> = {
  duplicate: 200,
  reply: 200,
  errorReply: 200,
  failReply: 200,
  started: 200,
  correlated: 200,
  gap: 202,
  outOfOrder: 202,
  buffered: 202,
  earlyReply: 202,
  delivered: 202,
  deadLettered: 202,
  lateReply: 409,
  expired: 409,
  unknownJob: 404,
  unmatched: 404,
  declined: 404,
  unusableReply: 422,
  refused: 422,
  failed: 500,
};

const TITLES: Readonly<Record<number, string>> = {
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
};

/**
 * Answers what became of an event: the best of its fates decides the status, as an event that moved one process did
 * well though another declined it. Before it was routed: 202.
 */
export function outcomeOf(story: EventStory, duplicate: boolean, instance: string): GatewayResponse {
  const { sequence, event } = story;
  const fates: readonly KeptFate[] = duplicate
    ? [{ kind: 'duplicate', of: sequence }]
    : story.fates.map(({ fate }) => fate as KeptFate);
  const status = fates.length === 0 ? 202 : Math.min(...fates.map(({ kind }) => STATUS[kind]));
  const told = fates.map((fate) => showFate(fate, typeOf(event)));
  const body = {
    sequence,
    processInstanceKeys: instancesOf(fates),
    jobKeys: fates.flatMap((fate) => ('jobKey' in fate ? [fate.jobKey] : [])),
    fates: told,
  };
  if (status < 400) return json(status, body);
  const detail = told.find(({ kind }) => STATUS[kind] === status)?.text;
  const problem = { type: 'about:blank', title: TITLES[status], status, detail, instance, ...body };
  return json(status, problem, { 'content-type': 'application/problem+json' });
}

function instancesOf(fates: readonly KeptFate[]): string[] {
  const keys = fates.flatMap((fate) => ('processInstanceKey' in fate ? [fate.processInstanceKey] : []));
  return [...new Set(keys)];
}
