import type { ComplianceInstance } from '../../history/index.ts';

type Step = ComplianceInstance['trace']['steps'][number];
type Event = Step['events'][number];

/** One instance beside its model's order, as JSON: keys as texts, times as ISO 8601. */
export function tellInstance({ trace, ...instance }: ComplianceInstance): object {
  return {
    processInstanceKey: String(instance.processInstanceKey),
    bpmnProcessId: instance.processId,
    version: instance.version,
    businessKey: instance.businessKey,
    startedAt: instant(instance.startedAt),
    endedAt: instance.endedAt === null ? null : instant(instance.endedAt),
    deviations: instance.deviations,
    steps: trace.steps.map(tellStep),
    others: trace.others.map(tellEvent),
    next: trace.next,
  };
}

function tellStep({ place, state, events }: Step): object {
  return { ...place, state, events: events.map(tellEvent) };
}

function tellEvent({ time, ...event }: Event): object {
  return { ...event, time: instant(time) };
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
