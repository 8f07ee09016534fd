import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Verdict } from '../../compliance/index.ts';
import { dayOf } from './tables.ts';

interface EventCount {
  readonly definitionKey: number;
  readonly elementId: string;
  readonly eventType: string;
  readonly verdict: Verdict;
  /** Epoch ms. */
  readonly time: number;
}

/** Counts of a batch, written once for each place and day. */
export class Counts {
  readonly #addEvents: StatementSync;
  readonly #addInstances: StatementSync;
  readonly #events = new Map<string, { readonly of: EventCount; count: number }>();
  readonly #instances = new Map<
    string,
    { readonly definitionKey: number; readonly day: number; judged: number; conforming: number }
  >();

  constructor(database: DatabaseSync) {
    this.#addEvents = database.prepare(
      `INSERT INTO compliance_count (definition_key, day, element_id, event_type, verdict, count)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    );
    this.#addInstances = database.prepare(
      `INSERT INTO compliance_day (definition_key, day, judged, conforming) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET judged = judged + excluded.judged, conforming = conforming + excluded.conforming`,
    );
  }

  event(of: EventCount): void {
    const id = [of.definitionKey, dayOf(of.time), of.elementId, of.eventType, of.verdict].join('\n');
    const known = this.#events.get(id);
    if (known) known.count += 1;
    else this.#events.set(id, { of, count: 1 });
  }

  instance(definitionKey: number, endedAt: number, judged: number, conforming: number): void {
    const day = dayOf(endedAt);
    const id = `${definitionKey}/${day}`;
    const known = this.#instances.get(id) ?? { definitionKey, day, judged: 0, conforming: 0 };
    known.judged += judged;
    known.conforming += conforming;
    this.#instances.set(id, known);
  }

  flush(): void {
    for (const { of, count } of this.#events.values())
      this.#addEvents.run(of.definitionKey, dayOf(of.time), of.elementId, of.eventType, of.verdict, count);
    for (const { definitionKey, day, judged, conforming } of this.#instances.values())
      this.#addInstances.run(definitionKey, day, judged, conforming);
    this.discard();
  }

  discard(): void {
    this.#events.clear();
    this.#instances.clear();
  }
}
