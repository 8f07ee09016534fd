import type { InstanceView } from '../api/types.ts';
import { duration } from './format.ts';

/** One line of an instance's history. */
export interface Step {
  readonly key: string;
  readonly name: string;
  readonly elementId: string;
  readonly type: string;
  readonly state: 'active' | 'incident' | 'completed' | 'canceled';
  readonly startDate: string;
  /** How long it took, or has taken until `now`. */
  readonly took: string;
  /** How deep it lies in sub-processes. */
  readonly depth: number;
  /** What it waits for, if it waits. */
  readonly waitsFor: string;
}

/** Steps in the order in which they began; keys grow with time, so they settle what began in the same millisecond. */
export function timeline(view: InstanceView, now: number): Step[] {
  const depths = new Map<string, number>([[view.instance.processInstanceKey, -1]]);
  return [...view.elements]
    .sort((left, right) => compareKeys(left.elementInstanceKey, right.elementInstanceKey))
    .map((element) => {
      const depth = (depths.get(element.elementInstanceScopeKey) ?? -1) + 1;
      depths.set(element.elementInstanceKey, depth);
      const end = element.endDate === null ? now : Date.parse(element.endDate);
      const active = element.state === 'ACTIVE';
      return {
        key: element.elementInstanceKey,
        name: element.elementName ?? element.elementId,
        elementId: element.elementId,
        type: element.type,
        state: active
          ? element.incidentKey === null
            ? 'active'
            : 'incident'
          : element.state === 'COMPLETED'
            ? 'completed'
            : 'canceled',
        startDate: element.startDate,
        took: duration(end - Date.parse(element.startDate)),
        depth,
        waitsFor: active ? waits(view, element.elementId, now) : '',
      };
    });
}

export function compareKeys(left: string, right: string): number {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

const OPEN_JOBS = new Set([
  'CREATED',
  'FAILED',
  'TIMED_OUT',
  'RETRIES_UPDATED',
  'TIMEOUT_UPDATED',
  'RECURRED_AFTER_BACKOFF',
  'MIGRATED',
]);

function waits(view: InstanceView, elementId: string, now: number): string {
  const texts: string[] = [];
  for (const job of view.jobs) {
    if (job.elementId === elementId && OPEN_JOBS.has(job.state)) texts.push(`job ${job.type}`);
  }
  for (const subscription of view.subscriptions) {
    if (subscription.elementId !== elementId || subscription.messageSubscriptionState !== 'CREATED') continue;
    texts.push(`message ${subscription.messageName} with key ${subscription.correlationKey ?? ''}`);
  }
  for (const timer of view.timers) {
    if (timer.elementId !== elementId || timer.state !== 'CREATED') continue;
    const left = Date.parse(timer.dueDate) - now;
    texts.push(left > 0 ? `timer in ${duration(left)}` : 'timer, due now');
  }
  return texts.join(' or ');
}
