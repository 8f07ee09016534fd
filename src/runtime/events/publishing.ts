import type { LoggedEvent } from '../../broker/index.ts';
import { type CloudEvent, sourceOf } from '../../cloudevents/index.ts';
import type { CreationRequest, MessageRequest } from '../../engine/records/command.ts';
import type { CreationValue } from '../../engine/records/creation.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import {
  type Fate,
  type MessagePlan,
  messageIdOf,
  publicationOf,
  type StartTarget,
} from '../../router/index.ts';
import type { JournalRecord } from '../../store/journal.ts';
import type { Tx } from '../module.ts';
import { MESSAGE_EVENTS } from './message-events.ts';
import type { EventStores } from './stores.ts';
import { nearMisses } from './view.ts';

/** Carries out a plan of messages and starts, in the scope of the caller: all of it, or nothing if something throws. */
export class Publishing {
  readonly #stores: EventStores;
  readonly #reuseIdSources: ReadonlySet<string>;
  /** ms during which the log knows repeats. */
  readonly #windowMs: number;
  /** Records of publications and their messages, whose fates are told already; the hook on records sees them once more. */
  readonly #told = new WeakMap<readonly JournalRecord[], number>();

  constructor(stores: EventStores, reuseIdSources: ReadonlySet<string>, windowMs: number) {
    this.#stores = stores;
    this.#reuseIdSources = reuseIdSources;
    this.#windowMs = windowMs;
  }

  /** Key of the message that these records published and whose fate is told. */
  told(records: readonly JournalRecord[]): number | undefined {
    return this.#told.get(records);
  }

  /** What moved comes first (see `FateKinds.later` of the broker). */
  run(tx: Tx, logged: LoggedEvent, { publications, starts, told }: MessagePlan): readonly Fate[] {
    const started = starts.map(({ target, variables }) => this.#start(tx, target, variables));
    const published = publications.flatMap((request) => this.#publish(tx, logged, request));
    return [...started, ...published, ...told].sort((one, other) => rank(one) - rank(other));
  }

  #publish(tx: Tx, { sequence, event }: LoggedEvent, request: MessageRequest): readonly Fate[] {
    const { waits } = this.#stores;
    const value = this.#needsId(event, request) ? request : { ...request, messageId: '' };
    const { answer, records } = tx.execute({ valueType: 'MESSAGE', intent: 'PUBLISH', value });
    if (answer.kind === 'rejected') return [{ kind: 'refused', reason: answer.reason }];
    this.#told.set(records, answer.key);
    const { fates, onTheWay } = publicationOf(request, records as readonly LogRecord[], tx.now);
    const used = fates.some(({ kind }) => kind === 'correlated' || kind === 'started');
    const lives = request.timeToLive > 0;
    if (lives || onTheWay > 0)
      tx.rows.put(MESSAGE_EVENTS, {
        messageKey: answer.key,
        sequence,
        used,
        onTheWay: lives ? 0 : onTheWay,
      });
    return fates.map((fate) =>
      fate.kind === 'buffered'
        ? { ...fate, nearMisses: nearMisses(tx.state, waits, request.name, request.correlationKey) }
        : fate,
    );
  }

  /**
   * The log drops repeats for as long as the message lives, so the engine need not look for them as well, unless the model
   * has chosen the id. Where ids may repeat, it must not.
   */
  #needsId(event: CloudEvent, { messageId, timeToLive }: MessageRequest): boolean {
    if (messageId !== messageIdOf(event)) return true;
    return timeToLive > this.#windowMs && !this.#reuseIdSources.has(sourceOf(event));
  }

  #start(tx: Tx, target: StartTarget, variables: CreationRequest['variables']): Fate {
    const { bpmnProcessId, version = -1, processDefinitionKey = -1 } = target;
    const value = {
      bpmnProcessId,
      version,
      processDefinitionKey,
      variables,
      startInstructions: [],
      fetchVariables: [],
    };
    const { answer, records } = tx.execute({
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value,
    });
    if (answer.kind === 'rejected')
      return {
        kind: 'refused',
        bpmnProcessId: bpmnProcessId || String(processDefinitionKey),
        reason: answer.reason,
      };
    const created = answer.value as CreationValue;
    return {
      kind: 'started',
      processInstanceKey: String(created.processInstanceKey),
      bpmnProcessId: created.bpmnProcessId,
      elementId: startEventOf(records as readonly LogRecord[]),
    };
  }
}

function startEventOf(records: readonly LogRecord[]): string {
  for (const record of records)
    if (record.recordType === 'EVENT' && record.valueType === 'PROCESS_INSTANCE')
      if (record.value.bpmnElementType === 'START_EVENT') return record.value.elementId;
  return '';
}

function rank({ kind }: Fate): number {
  if (kind === 'started' || kind === 'correlated') return 0;
  return kind === 'buffered' ? 1 : 2;
}
