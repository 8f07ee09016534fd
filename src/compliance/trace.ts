import type { Judgement, Verdict } from './judgement.ts';
import type { ComplianceModel, Place } from './places.ts';

/** What is known of one instance, from its rows. */
export interface TraceFacts {
  readonly running: boolean;
  /** Events that came to a place or left from it, and did so in order. */
  readonly happened: readonly {
    readonly elementId: string;
    readonly eventType: string;
    readonly time: number;
    readonly eventSequence?: number;
  }[];
  /** Places that wait now. */
  readonly open: readonly {
    readonly elementId: string;
    readonly eventType: string;
    readonly since: number;
  }[];
  readonly deviations: readonly Judgement[];
}

export interface TraceEvent {
  readonly eventType: string;
  readonly verdict: Verdict;
  /** Epoch ms. */
  readonly time: number;
  readonly eventSequence?: number;
  readonly reason?: string;
}

/** One place of the model, in the expected order, and what happened there. */
export interface TraceStep {
  readonly place: Place;
  /**
   * `done`: its event came or went; `waiting`: the instance waits for it; `missed`: left without it; `skipped`: the
   * instance has passed or ended and did not need it; `ahead`: it may still be reached.
   */
  readonly state: 'done' | 'waiting' | 'missed' | 'skipped' | 'ahead';
  readonly events: readonly TraceEvent[];
}

export interface Trace {
  readonly steps: readonly TraceStep[];
  /** Events that belong to the instance, but to none of its places. */
  readonly others: readonly TraceEvent[];
  /** What may come next: the places that wait. */
  readonly next: readonly { readonly elementId: string; readonly eventType: string }[];
}

/** Lays what happened to an instance beside the order that its model expects. */
export function traceOf(model: ComplianceModel, facts: TraceFacts): Trace {
  const placed = new Set(model.places.map(({ elementId }) => elementId));
  const steps = model.places.map((place): TraceStep => {
    const events = eventsAt(place, facts);
    return { place, state: stateOf(place, events, model, facts), events };
  });
  const others = facts.deviations
    .filter(
      ({ elementId }) => !placed.has(elementId) && !model.places.some(({ choice }) => choice === elementId),
    )
    .map(eventOf);
  const next = facts.open.map(({ elementId, eventType }) => ({ elementId, eventType }));
  return { steps, others, next };
}

function eventsAt(place: Place, { happened, deviations }: TraceFacts): readonly TraceEvent[] {
  const judged = deviations.filter(
    ({ elementId, verdict }) =>
      elementId === place.elementId || (verdict === 'missing' && elementId === place.choice),
  );
  const told = new Set(judged.flatMap(({ eventSequence }) => eventSequence ?? []));
  const expected = happened
    .filter(({ elementId, eventSequence }) => elementId === place.elementId && !told.has(eventSequence ?? -1))
    .filter(
      ({ eventSequence, time }) =>
        // An early message that was no event has no sequence to be told by.
        eventSequence !== undefined || !judged.some((one) => one.verdict === 'early' && one.time === time),
    )
    .map(({ eventType, time, eventSequence }) => ({
      eventType,
      verdict: 'expected' as const,
      time,
      ...(eventSequence !== undefined && { eventSequence }),
    }));
  return [...expected, ...judged.map(eventOf)].sort((one, other) => one.time - other.time);
}

function eventOf({ eventType, verdict, time, eventSequence, reason }: Judgement): TraceEvent {
  return { eventType, verdict, time, reason, ...(eventSequence !== undefined && { eventSequence }) };
}

function stateOf(
  place: Place,
  events: readonly TraceEvent[],
  model: ComplianceModel,
  { running, open, happened }: TraceFacts,
): TraceStep['state'] {
  if (open.some(({ elementId }) => elementId === place.elementId)) return 'waiting';
  if (events.some(({ verdict }) => verdict === 'missing')) return 'missed';
  if (events.some(({ verdict }) => verdict === 'expected' || verdict === 'early')) return 'done';
  if (!running) return 'skipped';
  const active = new Set((open.length > 0 ? open : happened).map(({ elementId }) => elementId));
  return leadsFromAny(active, place, model) ? 'ahead' : 'skipped';
}

/** True if a way through places leads to this one from some that wait or were passed. */
function leadsFromAny(active: ReadonlySet<string>, place: Place, model: ComplianceModel): boolean {
  const byId = new Map(model.places.map((one) => [one.elementId, one]));
  const seen = new Set<string>();
  const stack = [...place.follows];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (active.has(id)) return true;
    stack.push(...(byId.get(id)?.follows ?? []));
  }
  return place.follows.length === 0;
}
