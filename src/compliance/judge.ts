import type { LogRecord } from '../engine/records/log.ts';
import type { Fate } from '../router/index.ts';
import type { ComplianceView, Finding, Judgement, KnownJob } from './judgement.ts';
import { Leavings } from './leavings.ts';
import { placesOf, triggersOf } from './places.ts';
import { Untaken } from './untaken.ts';

type RecordOf<Type extends LogRecord['valueType']> = Extract<LogRecord, { valueType: Type }>;

/** A correlation whose event is not told yet: the event's fate follows its effects. */
interface Taken {
  readonly key: number;
  readonly judgement: Judgement;
}

/**
 * The fold of compliance: takes the records of the journal in order and finds what they mean. What must last is found
 * (see `Finding`) and asked for again through the view; the rest lives for one batch of whole transactions.
 *
 * Invariants
 * - C1 The same records give the same verdicts, however they are cut into batches of whole transactions.
 * - C2 An event is judged once for each instance that it concerns.
 * - C3 What an event does in the ordinary case (it comes when it is awaited) is found without asking the view for more
 *   than the model.
 */
export class Judge {
  readonly #jobTypes: ReadonlySet<string>;
  readonly #view: ComplianceView;
  readonly #apply: (finding: Finding) => void;
  readonly #leavings: Leavings;
  readonly #untaken: Untaken;
  /** Jobs of the router's types that were made in this batch. */
  readonly #jobs = new Map<number, KnownJob>();
  /** By instance and element. */
  readonly #taken = new Map<string, Taken>();
  /** Key by which a message started an instance that does not exist yet. */
  readonly #startKeys = new Map<number, string>();
  /** Instances of this batch without a business key. */
  readonly #nameless = new Set<number>();

  constructor(jobTypes: readonly string[], view: ComplianceView, apply: (finding: Finding) => void) {
    this.#jobTypes = new Set(jobTypes);
    this.#view = view;
    this.#apply = apply;
    this.#leavings = new Leavings(view);
    this.#untaken = new Untaken(view, apply);
  }

  take(record: LogRecord): void {
    if (record.recordType !== 'EVENT') return;
    for (const judgement of this.#leavings.take(record)) this.#apply({ kind: 'judged', judgement });
    switch (record.valueType) {
      case 'PROCESS':
        this.#process(record);
        return;
      case 'PROCESS_INSTANCE':
        this.#instance(record);
        return;
      case 'MESSAGE':
        this.#message(record);
        return;
      case 'MESSAGE_START_EVENT_SUBSCRIPTION':
        this.#start(record);
        return;
      case 'PROCESS_MESSAGE_SUBSCRIPTION':
        this.#subscription(record);
        return;
      case 'JOB':
        this.#job(record);
        return;
      case 'CLOUD_EVENT':
        this.#event(record);
        return;
      default:
        return;
    }
  }

  /** The end of a batch of whole transactions: what waited for a word about its event has waited enough. */
  settle(): void {
    for (const { judgement } of this.#taken.values()) this.#apply({ kind: 'judged', judgement });
    this.#untaken.settle();
    this.forget();
  }

  /** Drops what this batch left in memory, after it failed. */
  forget(): void {
    this.#taken.clear();
    this.#untaken.forget();
    this.#jobs.clear();
    this.#startKeys.clear();
    this.#nameless.clear();
    this.#leavings.settle();
  }

  #process({ intent, value }: RecordOf<'PROCESS'>): void {
    if (intent !== 'CREATED' || value.graph === undefined) return;
    const places = placesOf(value.graph, this.#jobTypes);
    if (places.length === 0) return;
    const { processDefinitionKey, bpmnProcessId, version } = value;
    const triggers = triggersOf(value.graph);
    this.#apply({ kind: 'model', model: { processDefinitionKey, bpmnProcessId, version, places, triggers } });
  }

  #instance({ intent, key, value, timestamp: time }: RecordOf<'PROCESS_INSTANCE'>): void {
    if (value.bpmnElementType !== 'PROCESS' || !this.#view.model(value.processDefinitionKey)) return;
    const { processDefinitionKey } = value;
    switch (intent) {
      case 'ELEMENT_ACTIVATING': {
        const businessKey = this.#startKeys.get(key);
        if (!businessKey) this.#nameless.add(key);
        const started = { processInstanceKey: key, processDefinitionKey, time };
        this.#apply({ kind: 'started', ...started, ...(businessKey && { businessKey }) });
        return;
      }
      case 'ELEMENT_COMPLETED':
      case 'ELEMENT_TERMINATED':
        this.#apply({ kind: 'ended', processInstanceKey: key, time });
        this.#untaken.ended(key);
        return;
      case 'ELEMENT_MIGRATED':
        this.#apply({ kind: 'migrated', processInstanceKey: key, processDefinitionKey });
        return;
      default:
        return;
    }
  }

  #message({ intent, key, value, timestamp: time }: RecordOf<'MESSAGE'>): void {
    if (!this.#view.isAwaited(value.name)) return;
    const { name: eventType, correlationKey } = value;
    if (intent === 'PUBLISHED') this.#untaken.published({ key, eventType, correlationKey, time });
    else this.#untaken.expired(key);
  }

  #start({ intent, value, timestamp: time }: RecordOf<'MESSAGE_START_EVENT_SUBSCRIPTION'>): void {
    if (intent !== 'CORRELATED') return;
    const { processDefinitionKey, processInstanceKey, startEventId, messageKey, correlationKey } = value;
    this.#untaken.taken(messageKey);
    if (!this.#view.model(processDefinitionKey)) return;
    if (correlationKey !== '') this.#startKeys.set(processInstanceKey, correlationKey);
    this.#taken.set(placeKey(processInstanceKey, startEventId), {
      key: processInstanceKey,
      judgement: {
        processInstanceKey,
        processDefinitionKey,
        eventType: value.messageName,
        verdict: 'expected',
        elementId: startEventId,
        time,
        reason: 'It started the instance.',
      },
    });
  }

  #subscription(record: RecordOf<'PROCESS_MESSAGE_SUBSCRIPTION'>): void {
    const { intent, key, value, timestamp: time } = record;
    const { processInstanceKey, processDefinitionKey, elementId, messageKey, correlationKey } = value;
    if (intent === 'CREATING' && correlationKey !== '' && this.#nameless.delete(processInstanceKey))
      this.#apply({ kind: 'named', processInstanceKey, businessKey: correlationKey });
    if (intent !== 'CORRELATED') return;
    this.#untaken.taken(messageKey);
    if (!this.#view.model(processDefinitionKey)) return;
    // Keys grow: a message that is older than the subscription had to wait for it.
    const early = messageKey < key;
    const place = placeKey(processInstanceKey, elementId);
    const before = this.#taken.get(place);
    if (before) this.#apply({ kind: 'judged', judgement: before.judgement });
    this.#taken.set(place, {
      key,
      judgement: {
        processInstanceKey,
        processDefinitionKey,
        eventType: value.messageName,
        verdict: early ? 'early' : 'expected',
        elementId,
        time,
        reason: early
          ? 'It came before its place was reached, and was kept until then.'
          : 'Its place was waiting for it.',
      },
    });
  }

  #job({ intent, key, value }: RecordOf<'JOB'>): void {
    if (intent !== 'CREATED' || !this.#jobTypes.has(value.type)) return;
    const { processInstanceKey, processDefinitionKey, elementId } = value;
    this.#jobs.set(key, { processInstanceKey, processDefinitionKey, elementId });
  }

  #event({ intent, value, timestamp: time }: RecordOf<'CLOUD_EVENT'>): void {
    const { sequence, type, causeJob } = value;
    if (intent === 'RECEIVED' && causeJob !== undefined) {
      const job = this.#jobOf(causeJob);
      if (!job || !this.#view.model(job.processDefinitionKey)) return;
      this.#apply({ kind: 'identified', as: 'sent', key: causeJob, eventSequence: sequence });
      this.#judge(job, 'expected', { type, sequence, time }, 'The process sent it.');
    }
    if (intent !== 'ROUTED') return;
    // The log keeps fates as data; the router alone writes those of its routing.
    const fates = (value.fates ?? []) as readonly Fate[];
    const used = fates.some(({ kind }) => kind === 'correlated' || kind === 'started');
    for (const fate of fates) {
      // One that was of use is not kept to be judged, though somebody may watch for it later.
      if (!used || fate.kind !== 'earlyReply') this.#fate(fate, { type, sequence, time });
    }
  }

  #fate(
    fate: Fate,
    event: { readonly type: string; readonly sequence: number; readonly time: number },
  ): void {
    switch (fate.kind) {
      case 'correlated':
      case 'started':
        this.#identify(placeKey(Number(fate.processInstanceKey), fate.elementId), event.sequence);
        return;
      case 'buffered':
        this.#untaken.name(event.type, event.sequence);
        return;
      case 'reply':
      case 'errorReply':
      case 'failReply':
        this.#reply(fate, event);
        return;
      case 'lateReply': {
        const job = this.#jobOf(Number(fate.jobKey));
        if (job)
          this.#judge(job, 'late', event, `It is the reply to a job that waits no more. ${fate.reason}`);
        return;
      }
      case 'earlyReply': {
        const { type: eventType, sequence, time } = event;
        const { correlationKey } = fate;
        const kept = { key: -sequence, eventType, correlationKey, time, eventSequence: sequence };
        this.#apply({ kind: 'kept', event: kept });
        return;
      }
      case 'expired':
        if (!this.#untaken.name(event.type, event.sequence)) this.#untaken.giveUp(-event.sequence);
        return;
      default:
        return;
    }
  }

  #identify(place: string, eventSequence: number): void {
    const taken = this.#taken.get(place);
    if (!taken) return;
    this.#taken.delete(place);
    const { key, judgement } = taken;
    const as = key === judgement.processInstanceKey ? 'start' : 'taken';
    this.#apply({ kind: 'identified', as, key, eventSequence });
    this.#apply({ kind: 'judged', judgement: { ...judgement, eventSequence } });
  }

  #reply(
    fate: Extract<Fate, { kind: 'reply' | 'errorReply' | 'failReply' }>,
    event: { readonly type: string; readonly sequence: number; readonly time: number },
  ): void {
    const early = this.#view.kept(-event.sequence) !== undefined;
    if (early) this.#apply({ kind: 'dropped', key: -event.sequence });
    const instance = this.#view.instance(Number(fate.processInstanceKey));
    if (!instance) return;
    const { processInstanceKey, processDefinitionKey } = instance;
    const job = { processInstanceKey, processDefinitionKey, elementId: fate.elementId };
    const key = Number(fate.jobKey);
    this.#apply({ kind: 'identified', as: 'reply', key, eventSequence: event.sequence });
    if (early)
      this.#judge(job, 'early', event, 'It came before its task waited for it, and was kept until then.');
    else this.#judge(job, 'expected', event, 'Its task was waiting for it.');
  }

  #judge(
    job: KnownJob,
    verdict: Judgement['verdict'],
    event: { readonly type: string; readonly sequence: number; readonly time: number },
    reason: string,
  ): void {
    const { type: eventType, sequence: eventSequence, time } = event;
    this.#apply({ kind: 'judged', judgement: { ...job, eventType, eventSequence, verdict, time, reason } });
  }

  #jobOf(jobKey: number): KnownJob | undefined {
    return this.#jobs.get(jobKey) ?? this.#view.job(jobKey);
  }
}

function placeKey(processInstanceKey: number, elementId: string): string {
  return `${processInstanceKey}/${elementId}`;
}
