import type { FateEntry } from './logged-event.ts';

/** All conditions must hold. */
export interface EventQuery {
  readonly type?: string;
  readonly source?: string;
  readonly id?: string;
  readonly subject?: string;
  /** Extension `correlationkey`, else the subject. */
  readonly correlationKey?: string;
  /** The business transaction, as the event says or as it was derived. */
  readonly correlationId?: string;
  /** Sequence of the event that led to it. */
  readonly cause?: number;
  /** Members of JSON data by path, such as `order.id` or `items[0].sku`, and the text of their value. */
  readonly data?: ReadonlyMap<string, string>;
  /** Kinds of fates, of which one at least must stand now. */
  readonly fates?: readonly string[];
  /** Epoch ms, both inclusive. */
  readonly from?: number;
  readonly to?: number;
  /** Only events older than the one with this sequence. */
  readonly before?: number;
  /** Only events newer than the one with this sequence; turns the order: the oldest first. */
  readonly after?: number;
  readonly limit: number;
}

export interface EventPage {
  /** The newest first, unless `after` was given. */
  readonly items: readonly EventSummary[];
  /** If there may be more: `before` of the next page. Of a query with `after`, always: where to go on after. */
  readonly next?: number;
}

/** An event of the log without its data. */
export interface EventSummary {
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly correlationKey?: string;
  readonly correlationId?: string;
  readonly received: number;
  /** What became of it last. */
  readonly fate?: FateEntry;
}
