import type { LogRecord } from '../engine/records/log.ts';
import type { ComplianceView, Judgement } from './judgement.ts';
import type { ComplianceModel, Trigger } from './places.ts';

/** Instances whose last trigger is remembered over batches, for turns that are longer than a transaction. */
const REMEMBERED = 1000;

type Cause = Trigger | { readonly kind: 'end' };

/**
 * Finds places that were left without their event: an instance stops waiting somewhere, and what happened last in it
 * was a timer, or its end. If another awaited event came (another alternative of a gateway, a boundary event, an event
 * subprocess), nothing is missing.
 */
export class Leavings {
  readonly #view: ComplianceView;
  /** What happened last in an instance; the longest untouched first. */
  readonly #causes = new Map<number, Cause>();
  /** Element instances that were found already: the alternatives of a gateway are left together. */
  readonly #found = new Set<number>();

  constructor(view: ComplianceView) {
    this.#view = view;
  }

  take(record: LogRecord): readonly Judgement[] {
    switch (record.valueType) {
      case 'PROCESS_EVENT': {
        const { processDefinitionKey, processInstanceKey, targetElementId } = record.value;
        const trigger = this.#view.model(processDefinitionKey)?.triggers[targetElementId];
        if (trigger && record.intent === 'TRIGGERING') this.#note(processInstanceKey, trigger);
        return [];
      }
      case 'PROCESS_INSTANCE': {
        const { processInstanceKey, bpmnElementType, bpmnEventType } = record.value;
        const ending = bpmnElementType === 'PROCESS' && record.intent === 'ELEMENT_TERMINATING';
        const cut = bpmnEventType === 'TERMINATE' && record.intent === 'ELEMENT_ACTIVATED';
        if (ending || cut) this.#note(processInstanceKey, { kind: 'end' });
        // What it makes the instance leave is left by now; what is left later has another cause.
        if (bpmnEventType === 'TIMER' && record.intent === 'ELEMENT_COMPLETED')
          this.#note(processInstanceKey, { kind: 'other' });
        return [];
      }
      case 'PROCESS_MESSAGE_SUBSCRIPTION': {
        if (record.intent !== 'DELETING') return [];
        return this.#left(record.value, record.timestamp);
      }
      case 'JOB': {
        if (record.intent === 'CANCELED') return this.#left(record.value, record.timestamp);
        if (record.intent === 'COMPLETED' || record.intent === 'ERROR_THROWN')
          this.#note(record.value.processInstanceKey, { kind: 'other' });
        return [];
      }
      default:
        return [];
    }
  }

  settle(): void {
    this.#found.clear();
    for (const key of this.#causes.keys()) {
      if (this.#causes.size <= REMEMBERED) return;
      this.#causes.delete(key);
    }
  }

  #note(processInstanceKey: number, cause: Cause): void {
    this.#causes.delete(processInstanceKey);
    this.#causes.set(processInstanceKey, cause);
  }

  #left(
    owner: {
      readonly processInstanceKey: number;
      readonly processDefinitionKey: number;
      readonly elementInstanceKey: number;
      readonly elementId: string;
    },
    time: number,
  ): readonly Judgement[] {
    const { processInstanceKey, processDefinitionKey, elementInstanceKey, elementId } = owner;
    const cause = this.#causes.get(processInstanceKey);
    if (cause?.kind !== 'timer' && cause?.kind !== 'end') return [];
    const model = this.#view.model(processDefinitionKey);
    const place = model?.places.find((candidate) => candidate.elementId === elementId);
    if (!model || !place || (place.kind !== 'wait' && place.kind !== 'request')) return [];
    if (this.#found.has(elementInstanceKey)) return [];
    this.#found.add(elementInstanceKey);
    const timer = cause.kind === 'timer' && cause.name ? `the timer '${cause.name}'` : 'a timer';
    return [
      {
        processInstanceKey,
        processDefinitionKey,
        eventType: awaitedTypes(model, elementId, place.choice),
        verdict: 'missing',
        elementId: place.choice ?? elementId,
        time,
        reason:
          cause.kind === 'end'
            ? 'The instance was ended before it came.'
            : `It had not come when ${timer} fired.`,
      },
    ];
  }
}

function awaitedTypes(model: ComplianceModel, elementId: string, choice: string | undefined): string {
  const types = model.places
    .filter((place) => place.elementId === elementId || (choice !== undefined && place.choice === choice))
    .flatMap(({ awaits }) => awaits ?? []);
  return [...new Set(types)].join(' or ');
}
