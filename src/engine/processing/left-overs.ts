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

/** The lane whose turn it is, none of those that rest; undefined if nothing is left over for it. */
export function nextLane(state: StatePort, resting?: ReadonlySet<number>): number | undefined {
  const served = state.get(COUNTERS, SERVED)?.next ?? -1;
  let first: number | undefined;
  for (const { lane } of state.scan(PENDING, 'byLane', [])) {
    if (resting?.has(lane)) continue;
    if (lane > served) return lane;
    first ??= lane;
  }
  return first;
}

/** Moves the follow-ups of a lane, or its first `limit` ones, into a turn; false if there are none. */
export function takeLane(w: Work, lane: number, limit?: number): boolean {
  const bound = limit === undefined ? {} : { limit };
  let taken = false;
  for (const row of [...w.state.scan(PENDING, 'byLane', [lane], bound)]) {
    w.follow(row.command as FollowUp);
    w.state.delete(PENDING, row.id);
    taken = true;
  }
  if (taken) w.state.put(COUNTERS, { name: SERVED, next: lane });
  return taken;
}
