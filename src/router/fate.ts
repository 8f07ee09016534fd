import type { MessageRequest } from '../engine/records/command.ts';
import type { LogRecord } from '../engine/records/log.ts';
import { expectNever } from './never.ts';

/** What became of an event, one entry for each thing that happened to it. Keys are decimal texts, times epoch ms. */
export type Fate =
  | { readonly kind: 'duplicate'; readonly of: number }
  /** Its source numbers its events: those between `last` and `sequence` have not come. */
  | { readonly kind: 'gap'; readonly last: string; readonly sequence: string }
  /** Its source numbers its events: it came after one with a higher or the same number. */
  | { readonly kind: 'outOfOrder'; readonly last: string; readonly sequence: string }
  | {
      readonly kind: 'reply';
      readonly jobKey: string;
      readonly processInstanceKey: string;
      readonly elementId: string;
    }
  | {
      /** It ended the wait of its job with a BPMN error. */
      readonly kind: 'errorReply';
      readonly jobKey: string;
      readonly processInstanceKey: string;
      readonly elementId: string;
      readonly errorCode: string;
      /** Why its data set no variables, if they did not. */
      readonly note?: string;
    }
  | {
      /** It failed its job, which is tried again while it has retries. */
      readonly kind: 'failReply';
      readonly jobKey: string;
      readonly processInstanceKey: string;
      readonly elementId: string;
      readonly retries: number;
      readonly note?: string;
    }
  | { readonly kind: 'unusableReply' | 'lateReply'; readonly jobKey: string; readonly reason: string }
  | { readonly kind: 'unknownJob'; readonly jobKey: string }
  | {
      readonly kind: 'earlyReply';
      readonly correlationKey: string;
      readonly until: number;
      /** The one job that it is kept for, if it is known. */
      readonly jobKey?: string;
    }
  | {
      readonly kind: 'started';
      readonly processInstanceKey: string;
      readonly bpmnProcessId: string;
      readonly elementId: string;
    }
  | {
      readonly kind: 'correlated';
      readonly processInstanceKey: string;
      readonly bpmnProcessId: string;
      readonly elementId: string;
    }
  | {
      readonly kind: 'buffered';
      readonly messageName: string;
      readonly correlationKey: string;
      readonly until: number;
      readonly nearMisses?: readonly NearMiss[];
    }
  /** It cannot be used: by the element or process that is named, else by nobody. */
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly bpmnProcessId?: string;
      readonly elementId?: string;
    }
  /** The element or process does not want it. */
  | {
      readonly kind: 'declined';
      readonly reason: string;
      readonly bpmnProcessId: string;
      readonly elementId?: string;
    }
  | { readonly kind: 'expired'; readonly reason: string }
  | Unmatched
  | { readonly kind: 'delivered'; readonly sink: string; readonly attempts: number; readonly note?: string }
  | {
      readonly kind: 'deadLettered';
      readonly sink: string;
      readonly attempts: number;
      readonly reason: string;
    }
  | { readonly kind: 'failed'; readonly reason: string };

interface Unmatched {
  readonly kind: 'unmatched';
  readonly reason: string;
  readonly nearMisses: readonly NearMiss[];
}

/**
 * A fate as the log and the journal keep it. Of an event that nothing waits for its type tells the rest; so it is with many,
 * and they are the shorter for it.
 */
export type KeptFate = Exclude<Fate, Unmatched> | (Partial<Unmatched> & Pick<Unmatched, 'kind'>);

/** All kinds that the log keeps of an event, for those who ask for some; a repeat is only counted. */
export const FATE_KINDS = [
  'reply',
  'errorReply',
  'failReply',
  'unusableReply',
  'lateReply',
  'unknownJob',
  'earlyReply',
  'started',
  'correlated',
  'buffered',
  'refused',
  'declined',
  'expired',
  'unmatched',
  'delivered',
  'deadLettered',
  'failed',
  'gap',
  'outOfOrder',
] as const satisfies readonly Fate['kind'][];

/** An open subscription that the event nearly met: the same type with another key, or the same key with another type. */
export interface NearMiss {
  readonly messageName: string;
  readonly correlationKey: string;
  readonly processInstanceKey: string;
  readonly elementId: string;
}

/** What became of a message within the turn that published it. */
export interface Publication {
  readonly fates: readonly Fate[];
  /** Instances that the message is on its way to: they take it in a later turn. */
  readonly onTheWay: number;
}

/** Reads from the records of a publication what became of the message. */
export function publicationOf(
  request: MessageRequest,
  records: readonly LogRecord[],
  now: number,
): Publication {
  const fates: Fate[] = [];
  let messageKey = -1;
  let onTheWay = 0;
  for (const record of records) {
    if (record.recordType !== 'EVENT') continue;
    if (record.valueType === 'MESSAGE' && record.intent === 'PUBLISHED' && messageKey === -1)
      messageKey = record.key;
    if (record.valueType === 'MESSAGE_SUBSCRIPTION' && record.value.messageKey === messageKey) {
      if (record.intent === 'CORRELATING') onTheWay += 1;
      if (record.intent === 'REJECTED') onTheWay -= 1;
    }
    const use = messageUse(record);
    if (use?.messageKey !== messageKey) continue;
    fates.push(use.fate);
    if (use.fate.kind === 'correlated') onTheWay -= 1;
  }
  if (fates.length > 0 || onTheWay > 0) return { fates, onTheWay };
  const { name: messageName, correlationKey, timeToLive } = request;
  if (timeToLive > 0) {
    return { fates: [{ kind: 'buffered', messageName, correlationKey, until: now + timeToLive }], onTheWay };
  }
  return { fates: [{ kind: 'expired', reason: nobodyWaits(messageName, correlationKey) }], onTheWay };
}

/** Why a message without time to live had no effect. */
export function nobodyWaits(messageName: string, correlationKey: string): string {
  return `Nobody waited for '${messageName}' with key '${correlationKey}', and it has no time to live.`;
}

/** The message that a record tells to have reached an instance, and how; undefined for other records. */
export function messageUse(
  record: LogRecord,
): { readonly messageKey: number; readonly fate: Fate } | undefined {
  if (record.recordType !== 'EVENT' || record.intent !== 'CORRELATED') return undefined;
  if (record.valueType === 'PROCESS_MESSAGE_SUBSCRIPTION') {
    const { messageKey, processInstanceKey, bpmnProcessId, elementId } = record.value;
    return {
      messageKey,
      fate: { kind: 'correlated', ...placeOf(processInstanceKey, bpmnProcessId, elementId) },
    };
  }
  if (record.valueType === 'MESSAGE_START_EVENT_SUBSCRIPTION') {
    const { messageKey, processInstanceKey, bpmnProcessId, startEventId } = record.value;
    return {
      messageKey,
      fate: { kind: 'started', ...placeOf(processInstanceKey, bpmnProcessId, startEventId) },
    };
  }
  return undefined;
}

function placeOf(processInstanceKey: number, bpmnProcessId: string, elementId: string) {
  return { processInstanceKey: String(processInstanceKey), bpmnProcessId, elementId };
}

/** The fate of an event of this type. */
export function wholeFate(kept: KeptFate, type: string): Fate {
  if (kept.kind !== 'unmatched') return kept;
  const {
    reason = `No deployed model waits for events of type '${type}', and no instance does.`,
    nearMisses = [],
  } = kept;
  return { kind: 'unmatched', reason, nearMisses };
}

/** The fate of an event of this type as it is shown to programs: with its sentence. */
export function showFate(kept: KeptFate, type: string): Fate & { readonly text: string } {
  const fate = wholeFate(kept, type);
  return { ...fate, text: tellFate(fate) };
}

/** The fate as a sentence, for people. */
export function tellFate(fate: Fate): string {
  switch (fate.kind) {
    case 'duplicate':
      return `a repeat of event number ${fate.of}; no effect`;
    case 'gap':
      return `its source sent number ${fate.sequence} after ${fate.last}: those between have not come`;
    case 'outOfOrder':
      return `its source sent number ${fate.sequence} after ${fate.last}: out of order`;
    case 'reply':
      return `completed job ${fate.jobKey} at ${fate.elementId}`;
    case 'errorReply':
      return `threw the error '${fate.errorCode}' for job ${fate.jobKey} at ${fate.elementId}${noted(fate)}`;
    case 'failReply':
      return `failed job ${fate.jobKey} at ${fate.elementId}, which has ${fate.retries} retries left${noted(fate)}`;
    case 'unusableReply':
    case 'lateReply':
      return `a reply to job ${fate.jobKey} without effect: ${fate.reason}`;
    case 'unknownJob':
      return `a reply to job ${fate.jobKey}, which is not known here`;
    case 'earlyReply':
      return fate.jobKey === undefined
        ? `kept as an early reply for key '${fate.correlationKey}' until ${instant(fate.until)}`
        : `kept until ${instant(fate.until)} for the next try of job ${fate.jobKey}`;
    case 'started':
      return `started instance ${fate.processInstanceKey} of ${fate.bpmnProcessId}`;
    case 'correlated':
      return `moved instance ${fate.processInstanceKey} of ${fate.bpmnProcessId} on at ${fate.elementId}`;
    case 'buffered':
      return `waits until ${instant(fate.until)} for an instance with key '${fate.correlationKey}'`;
    case 'declined':
      return `not for ${placeText(fate)}: ${fate.reason}`;
    case 'refused':
      return fate.bpmnProcessId === undefined ? fate.reason : `refused by ${placeText(fate)}: ${fate.reason}`;
    case 'expired':
    case 'unmatched':
    case 'failed':
      return fate.reason;
    case 'delivered':
      return `delivered to ${fate.sink} at attempt ${fate.attempts}${noted(fate)}`;
    case 'deadLettered':
      return `given up for ${fate.sink} after ${fate.attempts} ${fate.attempts === 1 ? 'attempt' : 'attempts'}: ${fate.reason}`;
    default:
      return expectNever(fate);
  }
}

function noted({ note }: { readonly note?: string }): string {
  return note === undefined ? '' : `; ${note}`;
}

function placeText({ bpmnProcessId, elementId }: { bpmnProcessId?: string; elementId?: string }): string {
  return elementId === undefined ? `${bpmnProcessId}` : `${elementId} of ${bpmnProcessId}`;
}

function instant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
