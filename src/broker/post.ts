import { type CloudEvent, CloudEventError, carriesEvents, decodeHttp } from '../cloudevents/index.ts';
import type { ResponseHead } from './dead-letters.ts';
import type { Attempt } from './deliveries.ts';
import type { HttpAnswer, HttpOutcome } from './http-client.ts';
import { verdictOn } from './retry.ts';

export interface PostSettings {
  /** ms for the whole exchange. @defaultValue 30000 */
  readonly timeoutMs: number;
  /** Bytes of an answer that are read. @defaultValue 1 MiB */
  readonly maxAnswerBytes: number;
}

export const defaultPost: PostSettings = { timeoutMs: 30_000, maxAnswerBytes: 1024 * 1024 };

/** How one exchange with a sink ended. */
export interface Exchange {
  readonly attempt: Attempt;
  /** Events that the sink answered with. */
  readonly replies: readonly CloudEvent[];
  /** Why an answer that looks like an event is none. */
  readonly note?: string;
}

/** Kept short in tables and logs. */
const HEAD_CHARACTERS = 1024;
const HEAD_HEADERS = 40;
/** Events in one answer. */
const MOST_REPLIES = 1000;
const NO_EVENTS: readonly CloudEvent[] = [];

/** What the answer of a sink, or its absence, means for a delivery. */
export function exchangeOf(outcome: HttpOutcome): Exchange {
  if (outcome.kind === 'failed') return unreachable(outcome.reason);
  const { status, headers, body, whole } = outcome;
  const [retryAfter] = [headers['retry-after']].flat();
  const attempt: Attempt = {
    kind: 'answered',
    status,
    ...(retryAfter !== undefined && { retryAfter }),
    // Of what was taken nobody asks how.
    ...(verdictOn(status) !== 'done' && { response: headOf(outcome) }),
  };
  // Of all statuses only 200 may hold a reply.
  if (status !== 200 || !carriesEvents(headers)) return { attempt, replies: NO_EVENTS };
  if (!whole)
    return { attempt, replies: NO_EVENTS, note: 'The event in its answer is too long and was not taken.' };
  try {
    const { events } = decodeHttp(headers, new Uint8Array(body), { maxEvents: MOST_REPLIES });
    return { attempt, replies: events };
  } catch (error) {
    if (!(error instanceof CloudEventError)) throw error;
    return {
      attempt,
      replies: NO_EVENTS,
      note: `The event in its answer is broken: ${error.message}`,
    };
  }
}

export function unreachable(reason: string): Exchange {
  return { attempt: { kind: 'unreachable', reason }, replies: NO_EVENTS };
}

function headOf({ status, headers, body }: HttpAnswer): ResponseHead {
  const shown = Object.entries(headers)
    .slice(0, HEAD_HEADERS)
    .map(([name, value]) => [name, String(value).slice(0, HEAD_CHARACTERS)]);
  const text = body.subarray(0, HEAD_CHARACTERS).toString('utf8');
  return { status, headers: Object.fromEntries(shown), body: text };
}
