import { type CloudEvent, matches, sourceOf } from '../cloudevents/index.ts';
import type { Database } from '../store/database.ts';
import { type DeliverySettings, orderKeyOf, storedDeliverySettings } from './delivery-settings.ts';
import type { Secrets } from './secrets.ts';
import {
  filterOf,
  type Subscription,
  type SubscriptionBody,
  type SubscriptionRequest,
} from './subscription.ts';
import { SubscriptionIndex, type Wish } from './subscription-index.ts';
import type { StoredWebhook, WebhookState } from './webhook.ts';

interface Row {
  readonly id: string;
  readonly body: string;
  readonly retired: string | null;
  readonly webhook: string | null;
}

/** What is stored of a subscription when it is created or replaced. */
export interface NewSubscription extends SubscriptionRequest {
  /** Set if the sink is to be asked for its consent. */
  readonly webhook?: StoredWebhook;
}

/** A subscription that wants an event, and with which others it must come in order. */
export interface Wanting {
  readonly id: string;
  readonly orderKey: string | undefined;
}

interface Compiled extends Wish {
  readonly id: string;
  readonly settings: DeliverySettings;
}

/**
 * The writer's side of the subscriptions. Calls run inside the writer's transaction; after a rollback call
 * {@link reset}.
 */
export class Subscriptions {
  readonly #db: Database;
  #index: SubscriptionIndex<Compiled> | undefined;
  #changed = false;

  constructor(db: Database) {
    this.#db = db;
  }

  create(id: string, { body, secrets, webhook }: NewSubscription, now: number): void {
    this.#db.run(
      'INSERT INTO event_subscription (id, body, secrets, webhook, created, changed) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      JSON.stringify(body),
      textOf(secrets),
      textOf(webhook),
      now,
      now,
    );
    this.#change();
  }

  /** Replaces a subscription, and revives it if it was retired; false if there is none. */
  update(id: string, { body, secrets, webhook }: NewSubscription, now: number): boolean {
    const changed = this.#db.run(
      `UPDATE event_subscription SET body = ?, secrets = ?, webhook = ?, changed = ?, retired = NULL,
        revision = revision + 1 WHERE id = ?`,
      JSON.stringify(body),
      textOf(secrets),
      textOf(webhook),
      now,
      id,
    );
    this.#change();
    return changed > 0;
  }

  /**
   * Notes whether the sink consents; false if the subscription was replaced or deleted since it was asked, or, for
   * `answer` (to OPTIONS), if the sink has said so before.
   * @param token of the asking
   */
  consent(id: string, token: string, state: WebhookState, by: 'answer' | 'callback'): boolean {
    const row = this.#db.get<{ webhook: string | null }>(
      'SELECT webhook FROM event_subscription WHERE id = ?',
      id,
    );
    if (!row || row.webhook === null) return false;
    const stored = JSON.parse(row.webhook) as StoredWebhook;
    if (stored.token !== token || (by === 'answer' && stored.state !== 'pending')) return false;
    // A reader that remembers this revision would not see the change.
    this.#db.run(
      'UPDATE event_subscription SET webhook = ?, revision = revision + 1 WHERE id = ?',
      JSON.stringify({ ...state, token } satisfies StoredWebhook),
      id,
    );
    return true;
  }

  /** Subscriptions whose sinks are still to be asked for their consent. */
  awaitingConsent(): string[] {
    return this.#db
      .all<{ id: string }>(
        "SELECT id FROM event_subscription WHERE webhook IS NOT NULL AND json_extract(webhook, '$.state') = 'pending'",
      )
      .map(({ id }) => id);
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
      `UPDATE event_subscription SET retired = ?, changed = ?, revision = revision + 1
        WHERE id = ? AND retired IS NULL`,
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
    return this.wanting(event).map(({ id }) => id);
  }

  /** The subscriptions that want an event. */
  wanting(event: CloudEvent): Wanting[] {
    this.#index ??= this.#compile();
    const source = sourceOf(event);
    const found: Wanting[] = [];
    for (const { id, source: wanted, filter, settings } of this.#index.candidates(event)) {
      if ((wanted === undefined || wanted === source) && matches(filter, event))
        found.push({ id, orderKey: orderKeyOf(event, settings) });
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

  #compile(): SubscriptionIndex<Compiled> {
    const index = new SubscriptionIndex<Compiled>();
    const rows = this.#db.all<Row>(
      'SELECT id, body, retired, webhook FROM event_subscription WHERE retired IS NULL ORDER BY number',
    );
    for (const { id, body } of rows) {
      const parsed = JSON.parse(body) as SubscriptionBody;
      const { types = [], source, config } = parsed;
      index.add({ id, types, source, filter: filterOf(parsed), settings: storedDeliverySettings(config) });
    }
    return index;
  }
}

/** A subscription, from any connection to the data folder. */
export function readSubscription(db: Database, id: string): Subscription | undefined {
  const row = db.get<Row>('SELECT id, body, retired, webhook FROM event_subscription WHERE id = ?', id);
  return row && subscriptionOf(row);
}

/** All subscriptions in order of their creation, after the one with id `after`. */
export function readSubscriptions(db: Database, limit: number, after?: string): Subscription[] {
  const rows = db.all<Row>(
    `SELECT id, body, retired, webhook FROM event_subscription
      WHERE number > coalesce((SELECT number FROM event_subscription WHERE id = ?), 0) ORDER BY number LIMIT ?`,
    after ?? null,
    limit,
  );
  return rows.map(subscriptionOf);
}

/** A subscription with what is never answered. */
export interface KeptSubscription extends SubscriptionRequest {
  readonly revision: number;
  readonly retired?: string;
  readonly webhook?: StoredWebhook;
}

/** A subscription with its secrets, from any connection to the data folder. */
export function readKept(db: Database, id: string): KeptSubscription | undefined {
  const row = db.get<Row & { secrets: string | null; revision: number }>(
    'SELECT id, body, retired, webhook, secrets, revision FROM event_subscription WHERE id = ?',
    id,
  );
  if (!row) return undefined;
  const { body, retired, webhook, secrets, revision } = row;
  return {
    body: JSON.parse(body) as SubscriptionBody,
    secrets: secrets === null ? {} : (JSON.parse(secrets) as Secrets),
    revision,
    ...(retired !== null && { retired }),
    ...(webhook !== null && { webhook: JSON.parse(webhook) as StoredWebhook }),
  };
}

/** Grows with each change of a subscription; undefined if there is none. */
export function readRevision(db: Database, id: string): number | undefined {
  return db.get<{ revision: number }>('SELECT revision FROM event_subscription WHERE id = ?', id)?.revision;
}

/** The subscription as it is answered. */
export function shownSubscription(
  id: string,
  body: SubscriptionBody,
  retired: string | undefined,
  webhook: StoredWebhook | undefined,
): Subscription {
  const { token: _token, ...status } = webhook ?? { token: undefined };
  return {
    id,
    ...body,
    ...(retired !== undefined && { retired }),
    ...(webhook && { status: status as WebhookState }),
  };
}

function subscriptionOf({ id, body, retired, webhook }: Row): Subscription {
  const stored = webhook === null ? undefined : (JSON.parse(webhook) as StoredWebhook);
  return shownSubscription(id, JSON.parse(body) as SubscriptionBody, retired ?? undefined, stored);
}

function textOf(value: object | undefined): string | null {
  return value === undefined || Object.keys(value).length === 0 ? null : JSON.stringify(value);
}
