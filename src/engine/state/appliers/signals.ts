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
    // As in Zeebe an element instance waits for a name once: what is opened last takes the place of the other.
    const instance = value.catchEventInstanceKey;
    if (intent === 'CREATED' && instance >= 0)
      for (const other of [...state.scan(SIGNAL_SUBSCRIPTIONS, 'byElement', [instance])])
        if (other.signalName === value.signalName) state.delete(SIGNAL_SUBSCRIPTIONS, other.key);
    const startOf = value.catchEventInstanceKey < 0 ? value.processDefinitionKey : null;
    state.put(SIGNAL_SUBSCRIPTIONS, { ...value, key, startOf });
  }
}
