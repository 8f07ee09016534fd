import { type CloudEvent, type Filter, matches, sourceOf, typeOf } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import { filterOf, parseSubscription, type Subscription, type SubscriptionBody } from './subscription.ts';

interface Row {
  readonly id: string;
  readonly body: string;
  readonly retired: string | null;
}

interface Compiled {
  readonly id: string;
  readonly source: string | undefined;
  readonly filter: Filter;
}

/** Subscriptions that events are compared with, found by type. */
interface Index {
  readonly byType: ReadonlyMap<string, readonly Compiled[]>;
  readonly anyType: readonly Compiled[];
}

/**
 * The writer's side of the subscriptions. Calls run inside the writer's transaction; after a rollback call
 * {@link reset}.
 */
export class Subscriptions {
  readonly #db: Database;
  #index: Index | undefined;
  #changed = false;

  constructor(db: Database) {
    this.#db = db;
  }

  create(id: string, body: SubscriptionBody, now: number): void {
    this.#db.run(
      'INSERT INTO event_subscription (id, body, created, changed) VALUES (?, ?, ?, ?)',
      id,
      JSON.stringify(body),
      now,
      now,
    );
    this.#change();
  }

  /** Replaces a subscription, and revives it if it was retired; false if there is none. */
  update(id: string, body: SubscriptionBody, now: number): boolean {
    const changed = this.#db.run(
      'UPDATE event_subscription SET body = ?, changed = ?, retired = NULL WHERE id = ?',
      JSON.stringify(body),
      now,
      id,
    );
    this.#change();
    return changed > 0;
  }

  /** False if there is none. What was still to be delivered to it is dropped by the deliverer's next look. */
  delete(id: string): boolean {
    const changed = this.#db.run('DELETE FROM event_subscription WHERE id = ?', id);
    this.#change();
    return changed > 0;
  }

  /** Ends a subscription whose sink said that it is gone. */
  retire(id: string, reason: string, now: number): void {
    this.#db.run(
      'UPDATE event_subscription SET retired = ?, changed = ? WHERE id = ? AND retired IS NULL',
      reason,
      now,
      id,
    );
    this.#change();
  }

  get(id: string): Subscription | undefined {
    return readSubscription(this.#db, id);
  }

  /** Ids of the subscriptions that want an event. */
  matching(event: CloudEvent): string[] {
    this.#index ??= this.#compile();
    const { byType, anyType } = this.#index;
    const source = sourceOf(event);
    const found: string[] = [];
    for (const list of [byType.get(typeOf(event)) ?? [], anyType]) {
      for (const { id, source: wanted, filter } of list) {
        if ((wanted === undefined || wanted === source) && matches(filter, event)) found.push(id);
      }
    }
    return found;
  }

  /** At the end of a transaction: what was read in it may have been undone in part. */
  settle(): void {
    if (this.#changed) this.reset();
  }

  reset(): void {
    this.#index = undefined;
    this.#changed = false;
  }

  #change(): void {
    this.#index = undefined;
    this.#changed = true;
  }

  #compile(): Index {
    const byType = new Map<string, Compiled[]>();
    const anyType: Compiled[] = [];
    const rows = this.#db.all<Row>(
      'SELECT id, body, retired FROM event_subscription WHERE retired IS NULL ORDER BY number',
    );
    for (const { id, body } of rows) {
      const parsed = parseSubscription(JSON.parse(body));
      const compiled = { id, source: parsed.source, filter: filterOf(parsed) };
      const types = new Set(parsed.types);
      if (types.size === 0) anyType.push(compiled);
      for (const type of types) {
        const list = byType.get(type);
        if (list) list.push(compiled);
        else byType.set(type, [compiled]);
      }
    }
    return { byType, anyType };
  }
}

/** A subscription, from any connection to the data folder. */
export function readSubscription(db: Database, id: string): Subscription | undefined {
  const row = db.get<Row>('SELECT id, body, retired FROM event_subscription WHERE id = ?', id);
  return row && subscriptionOf(row);
}

/** All subscriptions in order of their creation, after the one with id `after`. */
export function readSubscriptions(db: Database, limit: number, after?: string): Subscription[] {
  const rows = db.all<Row>(
    `SELECT id, body, retired FROM event_subscription
      WHERE number > coalesce((SELECT number FROM event_subscription WHERE id = ?), 0) ORDER BY number LIMIT ?`,
    after ?? null,
    limit,
  );
  return rows.map(subscriptionOf);
}

function subscriptionOf({ id, body, retired }: Row): Subscription {
  return { id, ...(JSON.parse(body) as SubscriptionBody), ...(retired !== null && { retired }) };
}
