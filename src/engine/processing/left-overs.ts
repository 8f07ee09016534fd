import type { StatePort } from '../state/port.ts';
import { COUNTERS, PENDING } from '../state/tables.ts';
import { type FollowUp, laneOf } from './follow-up.ts';
import type { Work } from './work.ts';

/**
 * Follow-ups that a turn left over are rows, in lanes by process instance. Lanes take turns; in a lane the order is
 * kept. They are no events: a replay of the log has none of them.
 */
const COUNTER = 'pending';
/** The lane that was served last. */
const SERVED = 'pending lane';

export function keepLeftOvers(w: Work): void {
  const leftOver = w.leftOver();
  if (leftOver.length === 0) return;
  let id = w.state.get(COUNTERS, COUNTER)?.next ?? 1;
  for (const followUp of leftOver) {
    w.state.put(PENDING, { id, lane: laneOf(followUp), command: followUp });
    id += 1;
  }
  w.state.put(COUNTERS, { name: COUNTER, next: id });
}

export function hasLeftOvers(state: StatePort): boolean {
  for (const _row of state.scan(PENDING, 'byLane', [], { limit: 1 })) return true;
  return false;
}

/** The lane whose turn it is; undefined if nothing is left over. */
export function nextLane(state: StatePort): number | undefined {
  const served = state.get(COUNTERS, SERVED)?.next ?? -1;
  let first: number | undefined;
  for (const { lane } of state.scan(PENDING, 'byLane', [])) {
    if (lane > served) return lane;
    first ??= lane;
  }
  return first;
}

/** Moves the follow-ups of a lane into a turn. */
export function takeLane(w: Work, lane: number): void {
  for (const row of [...w.state.scan(PENDING, 'byLane', [lane])]) {
    w.follow(row.command as FollowUp);
    w.state.delete(PENDING, row.id);
  }
  w.state.put(COUNTERS, { name: SERVED, next: lane });
}
