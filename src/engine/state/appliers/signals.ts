import type { SignalSubscriptionValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { SIGNAL_SUBSCRIPTIONS } from '../tables.ts';

export function applySignalSubscription(
  state: StatePort,
  key: number,
  intent: string,
  value: SignalSubscriptionValue,
): void {
  if (intent === 'DELETED') state.delete(SIGNAL_SUBSCRIPTIONS, key);
  else {
    const startOf = value.catchEventInstanceKey < 0 ? value.processDefinitionKey : null;
    state.put(SIGNAL_SUBSCRIPTIONS, { ...value, key, startOf });
  }
}
