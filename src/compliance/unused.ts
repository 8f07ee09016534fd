import type { ComplianceView, Judgement, KeptEvent, KnownInstance } from './judgement.ts';

/** The instance that an event concerns which nobody took: a running one, else the newest. */
export function instanceOf(event: KeptEvent, view: ComplianceView): KnownInstance | undefined {
  if (event.processInstanceKey !== undefined) return view.instance(event.processInstanceKey);
  const known = view.instancesKnowing(event.eventType, event.correlationKey);
  return known.find(({ endedAt }) => endedAt === undefined) ?? known[0];
}

/**
 * Judges an event that nobody took, and nobody will: late or unexpected. Undefined if it concerns no instance: then
 * its fate says all there is to say.
 *
 * @param over why nobody will take it any more, as in "nothing waited for it until {over}"
 * @param endedBefore whether its instance, if that has ended, had done so when the event came; times do not tell
 *   where a clock stands still
 */
export function judgeUnused(
  event: KeptEvent,
  over: string,
  view: ComplianceView,
  endedBefore: (processInstanceKey: number) => boolean,
): Judgement | undefined {
  const instance = instanceOf(event, view);
  const model = instance && view.model(instance.processDefinitionKey);
  if (!instance || !model) return undefined;
  const { processInstanceKey, processDefinitionKey, endedAt } = instance;
  const { eventType, time, eventSequence, correlationKey } = event;
  const waits = view.waits(processInstanceKey, eventType, correlationKey);
  const place = model.places.find(({ awaits }) => awaits === eventType);
  const base = {
    processInstanceKey,
    processDefinitionKey,
    eventType,
    time,
    ...(eventSequence !== undefined && { eventSequence }),
  };
  // Had it come before that, the place would have taken it.
  const left = waits.find(({ state }) => state === 'left');
  if (left) {
    const reason = `It came ${after(time - left.since)} after the place '${left.elementId}' had been left without it.`;
    return { ...base, verdict: 'late', elementId: left.elementId, reason };
  }
  const elementId = waits[0]?.elementId ?? place?.elementId ?? '';
  if (endedAt !== undefined && endedBefore(processInstanceKey)) {
    const reason = `It came ${after(time - endedAt)} after the instance had ended.`;
    return { ...base, verdict: 'late', elementId, reason };
  }
  const reason = waits.some(({ state }) => state === 'met')
    ? `The place '${elementId}' had got its event before; nothing waited for another one until ${over}.`
    : `Nothing waited for it until ${over}.`;
  return { ...base, verdict: 'unexpected', elementId, reason };
}

/** A length of time for people; ms. */
export function after(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
