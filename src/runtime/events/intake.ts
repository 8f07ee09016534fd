import type { Appended, Lane, Origin } from '../../broker/index.ts';
import { laneText } from '../../broker/index.ts';
import { type CloudEvent, idOf, sourceOf, typeOf } from '../../cloudevents/index.ts';
import type { CloudEventIntent } from '../../engine/records/log.ts';
import type { CloudEventValue } from '../../engine/records/record.ts';
import { type KeptFate, traceOf } from '../../router/index.ts';
import type { Tx } from '../module.ts';
import type { EventStores } from './stores.ts';

/** Takes events in: log, deliveries, and the journal's records of them. */
export class Intake {
  readonly #stores: EventStores;
  readonly #maxHops: number;
  /** Lanes that got a delivery in this transaction. */
  readonly #lanes = new Set<string>();

  constructor(stores: EventStores, maxHops: number) {
    this.#stores = stores;
    this.#maxHops = maxHops;
  }

  /**
   * Adds an event to the log and writes its deliveries. A repeat is told as its first event's fate and has no other
   * effect. Answers whether the event is still to be routed.
   */
  accept(tx: Tx, event: CloudEvent, origin: Origin, host?: Lane): Appended & { readonly routable: boolean } {
    const { log } = this.#stores;
    const { undo, place, ...appended } = log.append(event, tx.now, {
      ...origin,
      trace: origin.trace ?? traceOf(event),
    });
    if (undo) tx.onUndo(undo);
    const { sequence, duplicate } = appended;
    if (duplicate) {
      this.record(tx, sequence, event, 'ROUTED', [{ kind: 'duplicate', of: sequence }]);
      return { ...appended, routable: false };
    }
    // One from outside is told by its routing, which comes in the same transaction unless there are too many.
    if (origin.causeJob !== undefined)
      this.record(tx, sequence, event, 'RECEIVED', undefined, origin.causeJob);
    if (place) this.fate(tx, sequence, event, [place]);
    if (origin.hops > this.#maxHops) {
      const reason = `It is the last of more than ${this.#maxHops} events that caused one another, so it goes nowhere: this looks like a loop.`;
      this.fate(tx, sequence, event, [{ kind: 'refused', reason }]);
      return { ...appended, routable: false };
    }
    this.deliver(tx, sequence, event, host);
    return { ...appended, routable: true };
  }

  /** Writes the deliveries of an event: to the subscriptions that match, and to one more receiver. */
  deliver(tx: Tx, sequence: number, event: CloudEvent, host?: Lane): void {
    const { deliveries, subscriptions } = this.#stores;
    for (const { id, orderKey } of subscriptions.wanting(event)) {
      const lane: Lane = { kind: 'subscription', id };
      deliveries.add(sequence, lane, tx.now, orderKey);
      this.#lanes.add(laneText(lane));
    }
    if (host) this.deliverTo(tx, sequence, event, host);
  }

  /** Writes the delivery of an event to one receiver. */
  deliverTo(tx: Tx, sequence: number, event: CloudEvent, lane: Lane): void {
    this.#stores.deliveries.addAgain(sequence, lane, event, tx.now);
    this.#lanes.add(laneText(lane));
  }

  /** Adds an event to the log that goes to one receiver and nowhere else. A repeat has no effect. */
  acceptFor(tx: Tx, event: CloudEvent, origin: Origin, lane: Lane): Appended {
    const { undo, ...appended } = this.#stores.log.append(event, tx.now, origin);
    if (undo) tx.onUndo(undo);
    if (appended.duplicate) return appended;
    this.record(tx, appended.sequence, event, 'RECEIVED');
    this.deliverTo(tx, appended.sequence, event, lane);
    return appended;
  }

  /** Says that the deliverer should look at a lane, though it got nothing new. */
  wake(lane: Lane): void {
    this.#lanes.add(laneText(lane));
  }

  /** Lanes that got deliveries since the last call. */
  takeLanes(): string[] {
    const lanes = [...this.#lanes];
    this.#lanes.clear();
    return lanes;
  }

  /** Appends what became of an event by its routing. */
  fate(tx: Tx, sequence: number, event: CloudEvent, fates: readonly KeptFate[]): void {
    if (fates.length === 0) return;
    tx.onUndo(this.#stores.log.addFates(sequence, fates, tx.now));
    this.record(tx, sequence, event, 'ROUTED', fates);
  }

  record(
    tx: Tx,
    sequence: number,
    event: CloudEvent,
    intent: CloudEventIntent,
    fates?: readonly KeptFate[],
    causeJob?: number,
  ): void {
    const name = { sequence, source: sourceOf(event), id: idOf(event), type: typeOf(event) };
    this.recordOf(tx, { ...name, ...(causeJob !== undefined && { causeJob }) }, intent, fates);
  }

  /** As {@link record}, for an event that need not be read. */
  recordOf(
    tx: Tx,
    event: Omit<CloudEventValue, 'fates'>,
    intent: CloudEventIntent,
    fates?: readonly KeptFate[],
  ): void {
    const value: CloudEventValue = fates ? { ...event, fates } : event;
    const frame = { recordType: 'EVENT', key: event.sequence, timestamp: tx.now, recordVersion: 1 };
    tx.append({ ...frame, valueType: 'CLOUD_EVENT', intent, value });
  }
}
