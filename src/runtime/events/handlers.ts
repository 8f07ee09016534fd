import {
  type DeliveryResult,
  laneOf,
  type Settled,
  unpackEvents,
  type WebhookState,
} from '../../broker/index.ts';
import type { CloudEvent } from '../../cloudevents/index.ts';
import { type Fate, traceOf } from '../../router/index.ts';
import { DiskFailedError } from '../../store/errors.ts';
import { errorToData } from '../errors.ts';
import type { RequestHandler, Tx } from '../module.ts';
import type { PublishBody, Published } from '../publisher.ts';
import type { EventsCore } from './core.ts';
import { deadLetterHandlers } from './dead-letters.ts';
import { handler } from './request-handler.ts';
import type { RouteAgainOutcome } from './requests.ts';

/** The requests of the event side. */
export function eventHandlers(core: () => EventsCore): readonly RequestHandler<never>[] {
  return [
    handler('publish', (body, tx) => publishAll(core(), tx, body)),
    handler('deliveryResults', ({ results }, tx) => {
      for (const result of results) settle(core(), tx, result);
      return null;
    }),
    handler('createSubscription', ({ id, subscription }, tx) => {
      core().stores.subscriptions.create(id, subscription, tx.now);
      core().intake.wake({ kind: 'subscription', id });
      return null;
    }),
    handler('updateSubscription', ({ id, subscription }, tx) => {
      const updated = core().stores.subscriptions.update(id, subscription, tx.now);
      if (updated) core().intake.wake({ kind: 'subscription', id });
      return updated;
    }),
    handler('deleteSubscription', ({ id }) => {
      const deleted = core().stores.subscriptions.delete(id);
      // The deliverer finds that nobody wants what is still on its way, and says so.
      if (deleted) core().intake.wake({ kind: 'subscription', id });
      return deleted;
    }),
    handler('consent', ({ id, token, state }) => {
      consent(core(), id, token, state, 'answer');
      return null;
    }),
    handler('consentByCallback', ({ id, token, state }) => consent(core(), id, token, state, 'callback')),
    ...deadLetterHandlers(core),
    handler('routeAgain', ({ sequence }) => routeAgain(core(), sequence)),
  ];
}

/** Each call in a scope of its own, so that one that fails takes no other with it. */
function publishAll(core: EventsCore, tx: Tx, { events, counts }: PublishBody): Published {
  const all = unpackEvents(events);
  const sequences: number[] = [];
  const failures: Published['failures'][number][] = [];
  counts.forEach((count, call) => {
    const own = all.slice(sequences.length, sequences.length + count);
    try {
      sequences.push(...tx.scoped(() => own.map((event) => publish(core, tx, event))));
    } catch (error) {
      if (error instanceof DiskFailedError) throw error;
      failures.push({ call, error: errorToData(error) });
      for (let at = 0; at < count; at++) sequences.push(0);
    }
  });
  return { sequences, failures };
}

function publish(core: EventsCore, tx: Tx, event: CloudEvent): number {
  const { sequence, duplicate, routable } = core.intake.accept(tx, event, { hops: 0 });
  if (routable) core.routeSoon(sequence);
  return duplicate ? -sequence : sequence;
}

function consent(
  core: EventsCore,
  id: string,
  token: string,
  state: WebhookState,
  by: 'answer' | 'callback',
): boolean {
  const noted = core.stores.subscriptions.consent(id, token, state, by);
  if (noted) core.intake.wake({ kind: 'subscription', id });
  return noted;
}

function settle(core: EventsCore, tx: Tx, result: DeliveryResult): void {
  const { deliveries, log, subscriptions } = core.stores;
  const outcome = deliveries.settle(result.id, result.attempt, result.sink, tx.now);
  if (!outcome) return;
  const { row, settled } = outcome;
  const { sequence, hops } = row;
  core.stores.confirmations.onDelivery(tx, row, settled, result.attempt, result.sink);
  const fate = fateOf(settled, result, row.letter);
  if (fate) {
    tx.onUndo(log.addFates(sequence, [fate], tx.now));
    const intent = settled.kind === 'delivered' ? 'DELIVERED' : 'DEAD_LETTERED';
    core.intake.recordOf(tx, { sequence, source: row.source, id: row.eventId, type: row.type }, intent, [
      fate,
    ]);
  }
  const lane = laneOf(row.lane);
  // The next one of its key may be sent.
  if (row.orderKey !== null && settled.kind !== 'retried') core.intake.wake(lane);
  if (settled.kind === 'deadLettered') {
    if (settled.forwarded !== undefined) core.intake.wake(laneOf(settled.forwarded));
    if (settled.retire && lane.kind === 'subscription') {
      subscriptions.retire(lane.id, settled.reason, tx.now);
      core.intake.wake(lane);
    }
  }
  const cause = result.replies.length > 0 ? log.get(sequence) : undefined;
  for (const reply of result.replies) {
    const trace = traceOf(reply, cause?.trace, cause?.event);
    const accepted = core.intake.accept(tx, reply, { hops: hops + 1, cause: sequence, trace });
    if (accepted.routable) core.routeSoon(accepted.sequence);
  }
}

function fateOf(settled: Settled, result: DeliveryResult, letter: string | null): Fate | undefined {
  const { sink } = result;
  const note = letter === null ? result.note : 'as a dead letter';
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
