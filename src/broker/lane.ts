/**
 * One receiver of deliveries: a subscription, or the host that a job named. Deliveries of a lane share a window, so
 * that a slow receiver delays nobody else.
 */
export type Lane =
  | { readonly kind: 'subscription'; readonly id: string }
  | { readonly kind: 'host'; readonly address: string };

/** How a lane is written in the tables and told between the threads. */
export function laneText(lane: Lane): string {
  return lane.kind === 'subscription' ? `s:${lane.id}` : `h:${lane.address}`;
}

export function laneOf(text: string): Lane {
  const rest = text.slice(2);
  return text.startsWith('s:') ? { kind: 'subscription', id: rest } : { kind: 'host', address: rest };
}
