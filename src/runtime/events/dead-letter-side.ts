import {
  type DeadLetterFilter,
  lastDeadLetter,
  readDeadLetter,
  readDeadLetterIds,
  readDeadLetters,
  readStory,
} from '../../broker/index.ts';
import { type CloudEvent, idOf, sourceOf } from '../../cloudevents/index.ts';
import type { Database } from '../../store/database.ts';
import type { DeadLetterSelection, Events } from './events.ts';
import { DEAD_LETTERS_AT_A_TIME, type EventRequests, type ResendCounts } from './requests.ts';

type DeadLetterPart = Pick<
  Events,
  'deadLetters' | 'deadLetter' | 'resend' | 'correct' | 'discard' | 'resendAll' | 'discardAll'
>;

export type AskWriter = <Kind extends keyof EventRequests>(
  kind: Kind,
  body: EventRequests[Kind]['body'],
) => Promise<EventRequests[Kind]['value']>;

/** What the surfaces may do with dead letters. */
export function deadLetterSide(db: Database, ask: AskWriter, newId: () => string): DeadLetterPart {
  return {
    deadLetters: async (query) => readDeadLetters(db, query),
    deadLetter: async (id) => readDeadLetter(db, id),
    resend: async (id) => {
      const { resent, reason } = await ask('resendDeadLetters', { ids: [id] });
      if (resent > 0) return { kind: 'sent' };
      return reason === undefined ? { kind: 'unknown' } : { kind: 'noReceiver', reason };
    },
    correct: async (id, event) => {
      const letter = readDeadLetter(db, id);
      const story = letter && readStory(db, letter.sequence);
      if (!story) return { kind: 'unknown' };
      return ask('correctDeadLetter', { id, event: correctionOf(story.event, event, newId) });
    },
    discard: async (id) => (await ask('discardDeadLetters', { ids: [id] })) > 0,
    resendAll: async (selection, signal) => {
      let counts: ResendCounts = { resent: 0, skipped: 0 };
      for await (const ids of shares(db, selection, signal)) {
        const { resent, skipped, reason } = await ask('resendDeadLetters', { ids });
        counts = {
          resent: counts.resent + resent,
          skipped: counts.skipped + skipped,
          ...((counts.reason ?? reason) !== undefined && { reason: counts.reason ?? reason ?? '' }),
        };
      }
      return counts;
    },
    discardAll: async (selection, signal) => {
      let count = 0;
      for await (const ids of shares(db, selection, signal))
        count += await ask('discardDeadLetters', { ids });
      return count;
    },
  };
}

/** The event that goes instead of `first`: caused by it, and with an id of its own. */
function correctionOf(first: CloudEvent, event: CloudEvent, newId: () => string): CloudEvent {
  const attributes = new Map(event.attributes);
  if (idOf(event) === idOf(first) && sourceOf(event) === sourceOf(first)) attributes.set('id', newId());
  attributes.set('causationid', idOf(first));
  return { ...event, attributes };
}

/** The ids of a selection, so many at a time; those that become dead letters meanwhile are not among them. */
async function* shares(
  db: Database,
  selection: DeadLetterSelection,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly number[]> {
  if ('ids' in selection) {
    for (let at = 0; at < selection.ids.length && !signal?.aborted; at += DEAD_LETTERS_AT_A_TIME)
      yield selection.ids.slice(at, at + DEAD_LETTERS_AT_A_TIME);
    return;
  }
  yield* matching(db, selection.filter, signal);
}

function* matching(
  db: Database,
  filter: DeadLetterFilter,
  signal: AbortSignal | undefined,
): Generator<readonly number[]> {
  const last = lastDeadLetter(db);
  for (let after = 0; !signal?.aborted; ) {
    const ids = readDeadLetterIds(db, filter, after, last, DEAD_LETTERS_AT_A_TIME);
    const end = ids.at(-1);
    if (end === undefined) return;
    yield ids;
    after = end;
  }
}
