/** A delivery as the writer sees it. */
export interface DeliveryRow {
  readonly id: number;
  readonly sequence: number;
  readonly lane: string;
  readonly attempts: number;
  /** Deliveries of the lane with the same key go one after the other. */
  readonly orderKey: string | null;
  /** JSON of the `Letter` that goes to a dead-letter sink. */
  readonly letter: string | null;
  /** Of the event. */
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly hops: number;
}

/** The columns of a delivery with those of its event, as one statement can answer them that removes the row. */
export const DELIVERY_ROW = `id, sequence, lane, attempts, order_key AS orderKey, letter,
  (SELECT json_array(source, event.id, type, hops) FROM event WHERE event.sequence = delivery.sequence) AS event`;

export type StoredDeliveryRow = Omit<DeliveryRow, 'source' | 'eventId' | 'type' | 'hops'> & {
  readonly event: string;
};

export function deliveryRowOf({ event, ...row }: StoredDeliveryRow): DeliveryRow {
  const [source, eventId, type, hops] = JSON.parse(event) as [string, string, string, number];
  return { ...row, source, eventId, type, hops };
}
