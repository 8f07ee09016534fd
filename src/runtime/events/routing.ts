import type { LoggedEvent } from '../../broker/index.ts';
import { type CloudEvent, sourceOf, typeOf } from '../../cloudevents/index.ts';
import type { MessageRequest } from '../../engine/records/command.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import type { Document } from '../../engine/records/record.ts';
import {
  type Fate,
  fatesOfMessage,
  type IncomingSettings,
  route,
  type WaitingJob,
} from '../../router/index.ts';
import type { JournalRecord } from '../../store/journal.ts';
import type { Tx } from '../module.ts';
import type { Bindings } from './bindings.ts';
import type { Intake } from './intake.ts';
import type { EventStores } from './stores.ts';
import { nearMisses, routerView } from './view.ts';

export interface RoutingParts {
  readonly stores: EventStores;
  readonly intake: Intake;
  readonly bindings: Bindings;
  readonly incoming: IncomingSettings;
  readonly reuseIdSources: ReadonlySet<string>;
}

/** Carries out what the router decides about an event. */
export class Routing {
  readonly #parts: RoutingParts;
  /** Records of publications and their messages, whose fates are told already; the hook on records sees them once more. */
  readonly #told = new WeakMap<readonly JournalRecord[], number>();

  constructor(parts: RoutingParts) {
    this.#parts = parts;
  }

  /** Moves the processes that wait for this event, and notes what became of it. In the scope of the caller. */
  run(tx: Tx, logged: LoggedEvent): void {
    const { sequence, event } = logged;
    const { intake, stores, bindings, incoming } = this.#parts;
    stores.log.markRouted(sequence);
    const fates = this.#decide(tx, sequence, event);
    const kept = fates.some(({ kind }) => kind === 'earlyReply');
    const seen = kept ? [] : stores.watch.see(tx, logged, bindings, tx.now + incoming.timeToLive);
    const homeless = seen.length > 0 && fates.every(({ kind }) => kind === 'unmatched');
    intake.fate(tx, sequence, event, homeless ? seen : [...fates, ...seen]);
  }

  /** Key of the message that these records published and whose fate is told. */
  told(records: readonly JournalRecord[]): number | undefined {
    return this.#told.get(records);
  }

  #decide(tx: Tx, sequence: number, event: CloudEvent): readonly Fate[] {
    const { stores, bindings, incoming } = this.#parts;
    const routing = route(event, routerView(tx.state, bindings, stores.waits), incoming, tx.now);
    switch (routing.kind) {
      case 'reply':
        return [this.#reply(tx, sequence, routing.job, routing.variables)];
      case 'unusableReply':
      case 'lateReply':
        return [{ kind: routing.kind, jobKey: String(routing.job.jobKey), reason: routing.reason }];
      case 'unknownJob':
      case 'expired':
        return [routing];
      case 'earlyReply':
        stores.earlyReplies.keep(sequence, typeOf(event), routing.correlationKey, routing.until);
        return [routing];
      case 'message':
        return this.#message(tx, sequence, event, routing.request);
      case 'unmatched':
        return [{ ...routing, nearMisses: nearMisses(tx.state, stores.waits, event) }];
    }
  }

  #reply(tx: Tx, sequence: number, job: WaitingJob, variables: Document): Fate {
    const { jobKey, processInstanceKey, elementId } = job;
    const command = { valueType: 'JOB', intent: 'COMPLETE', key: jobKey, value: { variables } } as const;
    const { answer } = tx.execute(command);
    if (answer.kind === 'rejected')
      return { kind: 'lateReply', jobKey: String(jobKey), reason: answer.reason };
    this.#parts.stores.waits.end(jobKey, `Event number ${sequence} has completed the job before.`, tx.now);
    return {
      kind: 'reply',
      jobKey: String(jobKey),
      processInstanceKey: String(processInstanceKey),
      elementId,
    };
  }

  #message(tx: Tx, sequence: number, event: CloudEvent, request: MessageRequest): readonly Fate[] {
    const { stores, reuseIdSources } = this.#parts;
    // The log has dropped repeats; where ids may repeat, the engine must not drop them either.
    const value = reuseIdSources.has(sourceOf(event)) ? { ...request, messageId: '' } : request;
    const { answer, records } = tx.execute({ valueType: 'MESSAGE', intent: 'PUBLISH', value });
    if (answer.kind === 'rejected') return [{ kind: 'refused', reason: answer.reason }];
    this.#told.set(records, answer.key);
    const fates = fatesOfMessage(request, records as readonly LogRecord[], tx.now);
    const used = fates.some(({ kind }) => kind === 'correlated' || kind === 'started');
    if (request.timeToLive > 0) stores.messages.add(answer.key, sequence, used);
    return fates.map((fate) =>
      fate.kind === 'buffered' ? { ...fate, nearMisses: nearMisses(tx.state, stores.waits, event) } : fate,
    );
  }
}
