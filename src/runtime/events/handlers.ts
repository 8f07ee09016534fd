import { type Appended, type DeliveryResult, laneOf, type Settled, unpacked } from '../../broker/index.ts';
import type { CloudEvent } from '../../cloudevents/index.ts';
import type { Fate } from '../../router/index.ts';
import type { RequestHandler, Tx } from '../module.ts';
import type { EventsCore } from './core.ts';
import type { EventRequests, ResendOutcome, RouteAgainOutcome } from './requests.ts';

/** The requests of the event side. */
export function eventHandlers(core: () => EventsCore): readonly RequestHandler<never>[] {
  return [
    handler('publish', (events, tx) => events.map((event) => publish(core(), tx, unpacked(event)))),
    handler('deliveryResults', ({ results }, tx) => {
      for (const result of results) settle(core(), tx, result);
      return null;
    }),
    handler('createSubscription', ({ id, body }, tx) => {
      core().stores.subscriptions.create(id, body, tx.now);
      return null;
    }),
    handler('updateSubscription', ({ id, body }, tx) => core().stores.subscriptions.update(id, body, tx.now)),
    handler('deleteSubscription', ({ id }) => {
      const deleted = core().stores.subscriptions.delete(id);
      // The deliverer finds that nobody wants what is still on its way, and says so.
      if (deleted) core().intake.wake({ kind: 'subscription', id });
      return deleted;
    }),
    handler('resendDeadLetter', ({ id }, tx) => resend(core(), tx, id)),
    handler('discardDeadLetter', ({ id }) => core().stores.deadLetters.remove(id)),
    handler('routeAgain', ({ sequence }) => routeAgain(core(), sequence)),
  ];
}

function handler<Kind extends keyof EventRequests>(
  kind: Kind,
  handle: (body: EventRequests[Kind]['body'], tx: Tx) => EventRequests[Kind]['value'],
): RequestHandler<never> {
  return { kind, handle };
}

function publish(core: EventsCore, tx: Tx, event: CloudEvent): Pick<Appended, 'sequence' | 'duplicate'> {
  const { sequence, duplicate, routable } = core.intake.accept(tx, event, { hops: 0 });
  if (routable) core.routeSoon(sequence);
  return { sequence, duplicate };
}

function settle(core: EventsCore, tx: Tx, result: DeliveryResult): void {
  const { deliveries, log, subscriptions } = core.stores;
  const row = deliveries.get(result.id);
  const logged = row && log.get(row.sequence);
  if (!row || !logged) return;
  const { sequence, event, hops } = logged;
  const settled = deliveries.settle(row, result.attempt, result.sink, tx.now);
  core.stores.confirmations.onDelivery(tx, row, settled, result.attempt, result.sink);
  const fate = fateOf(settled, result);
  if (fate) {
    tx.onUndo(log.addFates(sequence, [fate], tx.now));
    const intent = settled.kind === 'delivered' ? 'DELIVERED' : 'DEAD_LETTERED';
    core.intake.record(tx, sequence, event, intent, [fate]);
  }
  const lane = laneOf(row.lane);
  if (settled.kind === 'deadLettered' && settled.retire && lane.kind === 'subscription') {
    subscriptions.retire(lane.id, settled.reason, tx.now);
  }
  for (const reply of result.replies) {
    const accepted = core.intake.accept(tx, reply, { hops: hops + 1, cause: sequence });
    if (accepted.routable) core.routeSoon(accepted.sequence);
  }
}

function fateOf(settled: Settled, { sink, note }: DeliveryResult): Fate | undefined {
  switch (settled.kind) {
    case 'delivered':
      return { kind: 'delivered', sink, attempts: settled.attempts, ...(note !== undefined && { note }) };
    case 'deadLettered':
      return { kind: 'deadLettered', sink, attempts: settled.attempts, reason: settled.reason };
    case 'retried':
    case 'dropped':
      return undefined;
  }
}

const EFFECTS: ReadonlySet<string> = new Set<Fate['kind']>([
  'reply',
  'errorReply',
  'failReply',
  'earlyReply',
  'started',
  'correlated',
  'buffered',
]);

function routeAgain({ stores: { log } }: EventsCore, sequence: number): RouteAgainOutcome {
  if (!log.get(sequence)) return 'unknown';
  if (log.fates(sequence).some(({ kind }) => EFFECTS.has(kind))) return 'hadEffect';
  log.markToRoute(sequence);
  return 'soon';
}

function resend(core: EventsCore, tx: Tx, id: number): ResendOutcome {
  const { deadLetters, subscriptions } = core.stores;
  const letter = deadLetters.get(id);
  if (!letter) return { kind: 'unknown' };
  const lane = laneOf(letter.lane);
  if (lane.kind === 'subscription') {
    const subscription = subscriptions.get(lane.id);
    if (!subscription) return { kind: 'noReceiver', reason: `Its subscription ${lane.id} is deleted.` };
    if (subscription.retired !== undefined) {
      const reason = `Its subscription ${lane.id} is retired: ${subscription.retired} PUT the subscription to revive it.`;
      return { kind: 'noReceiver', reason };
    }
  }
  deadLetters.remove(id);
  core.intake.deliverTo(tx, letter.sequence, lane);
  return { kind: 'sent' };
}
