import { type Lane, laneOf } from '../../broker/index.ts';
import type { CloudEvent } from '../../cloudevents/index.ts';
import type { RequestHandler, Tx } from '../module.ts';
import type { EventsCore } from './core.ts';
import { handler } from './request-handler.ts';
import type { CorrectOutcome, ResendCounts } from './requests.ts';

/** The requests that take dead letters out: to send them again, to send another event instead, to forget them. */
export function deadLetterHandlers(core: () => EventsCore): readonly RequestHandler<never>[] {
  return [
    handler('resendDeadLetters', ({ ids }, tx) => resendAll(core(), tx, ids)),
    handler('correctDeadLetter', ({ id, event }, tx) => correct(core(), tx, id, event)),
    handler('discardDeadLetters', ({ ids }) => {
      const { deadLetters } = core().stores;
      return ids.filter((id) => deadLetters.remove(id)).length;
    }),
  ];
}

function resendAll(core: EventsCore, tx: Tx, ids: readonly number[]): ResendCounts {
  const { deadLetters, log } = core.stores;
  let resent = 0;
  let skipped = 0;
  let reason: string | undefined;
  for (const id of ids) {
    const letter = deadLetters.get(id);
    const event = letter && log.get(letter.sequence)?.event;
    if (!letter || !event) continue;
    const lane = laneOf(letter.lane);
    const obstacle = obstacleOf(core, lane);
    if (obstacle === undefined) {
      deadLetters.remove(id);
      core.intake.deliverTo(tx, letter.sequence, event, lane);
      resent += 1;
    } else {
      skipped += 1;
      reason ??= obstacle;
    }
  }
  return { resent, skipped, ...(reason !== undefined && { reason }) };
}

function correct(core: EventsCore, tx: Tx, id: number, event: CloudEvent): CorrectOutcome {
  const { deadLetters, log } = core.stores;
  const letter = deadLetters.get(id);
  const corrected = letter && log.get(letter.sequence);
  if (!letter || !corrected) return { kind: 'unknown' };
  const lane = laneOf(letter.lane);
  const reason = obstacleOf(core, lane);
  if (reason !== undefined) return { kind: 'noReceiver', reason };
  const origin = { hops: corrected.hops, cause: corrected.sequence };
  const { sequence, duplicate } = core.intake.acceptFor(tx, event, origin, lane);
  if (duplicate) return { kind: 'duplicate' };
  deadLetters.remove(id);
  return { kind: 'sent', sequence };
}

/** Why nothing can be sent to the receiver any more. */
function obstacleOf({ stores }: EventsCore, lane: Lane): string | undefined {
  if (lane.kind !== 'subscription') return undefined;
  const subscription = stores.subscriptions.get(lane.id);
  if (!subscription) return `Its subscription ${lane.id} is deleted.`;
  if (subscription.retired === undefined) return undefined;
  return `Its subscription ${lane.id} is retired: ${subscription.retired} PUT the subscription to revive it.`;
}
