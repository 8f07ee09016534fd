/**
 * One receiver of deliveries: a subscription, the host that a job named, or the dead-letter sink of either. Deliveries
 * of a lane share a window, so that a slow receiver delays nobody else.
 */
export type Lane =
  | { readonly kind: 'subscription'; readonly id: string }
  | { readonly kind: 'host'; readonly address: string }
  /** `id` is that of the subscription whose deliveries were given up; empty for hosts. */
  | { readonly kind: 'deadLetterSink'; readonly id: string; readonly address: string };

/** How a lane is written in the tables and told between the threads. */
export function laneText(lane: Lane): string {
  switch (lane.kind) {
    case 'subscription':
      return `s:${lane.id}`;
    case 'host':
      return `h:${lane.address}`;
    case 'deadLetterSink':
      return `d:${lane.id}:${lane.address}`;
  }
}

export function laneOf(text: string): Lane {
  const rest = text.slice(2);
  if (text.startsWith('s:')) return { kind: 'subscription', id: rest };
  if (text.startsWith('h:')) return { kind: 'host', address: rest };
  const colon = rest.indexOf(':');
  return { kind: 'deadLetterSink', id: rest.slice(0, colon), address: rest.slice(colon + 1) };
}
