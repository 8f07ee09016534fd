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

/** Whether a message went to an instance of a process already. */
export function wentTo(state: StatePort, messageKey: number, bpmnProcessId: string): boolean {
  return state.get(CORRELATIONS, messageKey)?.processes.includes(bpmnProcessId) ?? false;
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
  state.delete(CORRELATIONS, key);
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
  switch (intent) {
    case 'CREATING':
      // An instance waits for a name once: a later event takes the place, and the messages' side stays as it is.
      if (row !== undefined) {
        const closes = row.closesAfterOne === true || row.value.interrupting;
        state.put(MESSAGE_SUBSCRIPTIONS, { ...row, value, ...(closes && { closesAfterOne: true }) });
        return;
      }
      state.put(MESSAGE_SUBSCRIPTIONS, {
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
      correlate(state, value);
      return;
    }
    case 'CORRELATED':
      if (row === undefined) return;
      if (ofInstance) {
        if (value.interrupting) state.delete(MESSAGE_SUBSCRIPTIONS, key);
        else {
          const { correlationKey } = value;
          state.put(MESSAGE_SUBSCRIPTIONS, { ...row, value: { ...row.value, correlationKey } });
        }
      } else if (row.closesAfterOne !== true)
        state.put(MESSAGE_SUBSCRIPTIONS, { ...row, openName: value.messageName });
      return;
    case 'REJECTED':
      uncorrelate(state, value);
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
      const { bpmnProcessId, correlationKey, processInstanceKey } = value;
      // A message that was not kept cannot be correlated again; its end removes what is noted here.
      correlate(state, value);
      if (correlationKey === '') return;
      const id = startLockId(bpmnProcessId, correlationKey);
      state.put(START_LOCKS, { id, bpmnProcessId, correlationKey, processInstanceKey });
      return;
    }
  }
}

type Correlation = Pick<MessageSubscriptionValue, 'messageKey' | 'bpmnProcessId'>;

function correlate(state: StatePort, { messageKey, bpmnProcessId }: Correlation): void {
  const { processes = [] } = state.get(CORRELATIONS, messageKey) ?? {};
  if (processes.includes(bpmnProcessId)) return;
  state.put(CORRELATIONS, { messageKey, processes: [...processes, bpmnProcessId].sort() });
}

function uncorrelate(state: StatePort, { messageKey, bpmnProcessId }: Correlation): void {
  const { processes = [] } = state.get(CORRELATIONS, messageKey) ?? {};
  const others = processes.filter((id) => id !== bpmnProcessId);
  if (others.length > 0) state.put(CORRELATIONS, { messageKey, processes: others });
  else if (processes.length > 0) state.delete(CORRELATIONS, messageKey);
}
