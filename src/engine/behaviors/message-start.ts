import { modelOf, type Work } from '../processing/work.ts';
import type { Document, MessageStartEventSubscriptionValue } from '../records/record.ts';
import { startLockId, wentTo } from '../state/appliers/messages.ts';
import {
  MESSAGES,
  type MessageRow,
  PROCESSES,
  START_LOCKS,
  START_SUBSCRIPTIONS,
  type StartLockRow,
  type StartSubscriptionRow,
} from '../state/tables.ts';
import { startByEvent } from './creation.ts';
import { passesBy } from './messages.ts';

/** The process and key by which a message started this instance; undefined if none with a key did. */
export function startLockOf(w: Work, processInstanceKey: number): StartLockRow | undefined {
  for (const lock of w.state.scan(START_LOCKS, 'byInstance', [processInstanceKey], { limit: 1 })) return lock;
  return undefined;
}

/** Whether a message may start an instance by this start event now. */
export function mayStart(
  w: Work,
  message: Pick<MessageRow, 'key' | 'correlationKey' | 'notFor'>,
  subscription: StartSubscriptionRow,
): boolean {
  const { key: messageKey, correlationKey } = message;
  const { bpmnProcessId, processDefinitionKey, startEventId: elementId } = subscription;
  if (passesBy(message, { processDefinitionKey, elementId })) return false;
  if (wentTo(w.state, messageKey, bpmnProcessId)) return false;
  return (
    correlationKey === '' ||
    w.state.get(START_LOCKS, startLockId(bpmnProcessId, correlationKey)) === undefined
  );
}

/** Starts an instance by a message; gives its key. */
export function startByMessage(
  w: Work,
  subscription: StartSubscriptionRow,
  message: { readonly key: number; readonly correlationKey: string; readonly variables: Document },
): number {
  const { key, ...start } = subscription;
  const process = w.state.get(PROCESSES, subscription.processDefinitionKey);
  if (process === undefined) throw new Error(`Start subscription ${key} belongs to no process definition`);
  const event = modelOf(w.graph(process.processDefinitionKey), subscription.startEventId);
  const processInstanceKey = w.nextKey();
  const value: MessageStartEventSubscriptionValue = {
    ...start,
    messageKey: message.key,
    correlationKey: message.correlationKey,
    processInstanceKey,
    variables: message.variables,
  };
  w.emit(key, { valueType: 'MESSAGE_START_EVENT_SUBSCRIPTION', intent: 'CORRELATED', value });
  startByEvent(w, process, event, message.variables, processInstanceKey);
  return processInstanceKey;
}

/** An instance that a message started has ended: the next message that waited for that starts one. */
export function startBufferedMessage(w: Work, ended: StartLockRow): void {
  const { bpmnProcessId, correlationKey } = ended;
  let oldest: { message: MessageRow; subscription: StartSubscriptionRow } | undefined;
  for (const subscription of latestStartSubscriptions(w, bpmnProcessId)) {
    for (const message of w.state.scan(MESSAGES, 'byName', [subscription.messageName, correlationKey])) {
      if (message.deadline <= w.now || !mayStart(w, message, subscription)) continue;
      if (oldest === undefined || message.key < oldest.message.key) oldest = { message, subscription };
      break;
    }
  }
  if (oldest !== undefined) startByMessage(w, oldest.subscription, oldest.message);
}

function latestStartSubscriptions(w: Work, bpmnProcessId: string): readonly StartSubscriptionRow[] {
  const versions = [...w.state.scan(PROCESSES, 'byVersion', [bpmnProcessId])];
  return versions.flatMap(({ processDefinitionKey }) => [
    ...w.state.scan(START_SUBSCRIPTIONS, 'byDefinition', [processDefinitionKey]),
  ]);
}
