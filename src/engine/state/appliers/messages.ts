import type { SubscriptionIntent } from '../../records/log.ts';
import type {
  MessageStartEventSubscriptionValue,
  MessageSubscriptionValue,
  MessageValue,
} from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import {
  CORRELATIONS,
  MESSAGE_SUBSCRIPTIONS,
  MESSAGES,
  START_LOCKS,
  START_SUBSCRIPTIONS,
} from '../tables.ts';

export function messageIdentity(name: string, correlationKey: string, messageId: string): string {
  return JSON.stringify([name, correlationKey, messageId]);
}

export function correlationId(messageKey: number, bpmnProcessId: string): string {
  return `${messageKey}:${bpmnProcessId}`;
}

export function startLockId(bpmnProcessId: string, correlationKey: string): string {
  return JSON.stringify([bpmnProcessId, correlationKey]);
}

export function applyMessage(
  state: StatePort,
  key: number,
  intent: 'PUBLISHED' | 'EXPIRED',
  value: MessageValue,
): void {
  if (intent === 'PUBLISHED') {
    const { name, correlationKey, messageId } = value;
    const identity = messageId === '' ? null : messageIdentity(name, correlationKey, messageId);
    state.put(MESSAGES, { ...value, key, identity });
    return;
  }
  state.delete(MESSAGES, key);
  for (const row of [...state.scan(CORRELATIONS, 'byMessage', [key])]) state.delete(CORRELATIONS, row.id);
}

/**
 * Zeebe keeps both sides of a subscription; here they are one row. PROCESS_MESSAGE_SUBSCRIPTION is the side of the
 * instance, MESSAGE_SUBSCRIPTION that of the messages.
 */
export function applyMessageSubscription(
  state: StatePort,
  side: 'PROCESS_MESSAGE_SUBSCRIPTION' | 'MESSAGE_SUBSCRIPTION',
  key: number,
  intent: SubscriptionIntent,
  value: MessageSubscriptionValue,
): void {
  const row = state.get(MESSAGE_SUBSCRIPTIONS, key);
  const ofInstance = side === 'PROCESS_MESSAGE_SUBSCRIPTION';
  let takesOne = false;
  switch (intent) {
    case 'CREATING':
      // As in Zeebe an element instance waits for a name once: what is opened last takes the place of the other.
      for (const other of [...state.scan(MESSAGE_SUBSCRIPTIONS, 'byElement', [value.elementInstanceKey])])
        if (other.value.messageName === value.messageName && !other.closing) {
          state.delete(MESSAGE_SUBSCRIPTIONS, other.key);
          takesOne = other.value.interrupting;
        }
      state.put(MESSAGE_SUBSCRIPTIONS, {
        ...(takesOne && { takesOne }),
        key,
        value,
        elementInstanceKey: value.elementInstanceKey,
        closing: false,
        openName: null,
        correlationKey: value.correlationKey,
      });
      return;
    case 'CREATED':
      // Only the messages' side opens it: from then on a message can be taken.
      if (row !== undefined && !ofInstance)
        state.put(MESSAGE_SUBSCRIPTIONS, { ...row, openName: value.messageName });
      return;
    case 'CORRELATING': {
      if (row !== undefined) state.put(MESSAGE_SUBSCRIPTIONS, { ...row, openName: null });
      const id = correlationId(value.messageKey, value.bpmnProcessId);
      state.put(CORRELATIONS, { id, messageKey: value.messageKey });
      return;
    }
    case 'CORRELATED':
      if (row === undefined) return;
      if (ofInstance) {
        if (value.interrupting) state.delete(MESSAGE_SUBSCRIPTIONS, key);
      } else state.put(MESSAGE_SUBSCRIPTIONS, { ...row, openName: row.takesOne ? null : value.messageName });
      return;
    case 'REJECTED':
      state.delete(CORRELATIONS, correlationId(value.messageKey, value.bpmnProcessId));
      return;
    case 'DELETING':
      if (row !== undefined) state.put(MESSAGE_SUBSCRIPTIONS, { ...row, closing: true, openName: null });
      return;
    case 'DELETED':
      if (ofInstance) state.delete(MESSAGE_SUBSCRIPTIONS, key);
      return;
    case 'MIGRATED':
      if (row !== undefined && ofInstance) state.put(MESSAGE_SUBSCRIPTIONS, { ...row, value });
      return;
  }
}

export function applyStartSubscription(
  state: StatePort,
  key: number,
  intent: 'CREATED' | 'CORRELATED' | 'DELETED',
  value: MessageStartEventSubscriptionValue,
): void {
  switch (intent) {
    case 'CREATED':
      state.put(START_SUBSCRIPTIONS, { ...value, key });
      return;
    case 'DELETED':
      state.delete(START_SUBSCRIPTIONS, key);
      return;
    case 'CORRELATED': {
      const { messageKey, bpmnProcessId, correlationKey, processInstanceKey } = value;
      // A message that was not kept cannot be correlated again; its end removes what is noted here.
      state.put(CORRELATIONS, { id: correlationId(messageKey, bpmnProcessId), messageKey });
      if (correlationKey === '') return;
      const id = startLockId(bpmnProcessId, correlationKey);
      state.put(START_LOCKS, { id, bpmnProcessId, correlationKey, processInstanceKey });
      return;
    }
  }
}
