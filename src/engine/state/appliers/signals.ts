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
    // An instance waits for a name once: what is opened later takes the place.
    if (startOf === null)
      for (const row of [...state.scan(SIGNAL_SUBSCRIPTIONS, 'byElement', [value.catchEventInstanceKey])])
        if (row.signalName === value.signalName) state.delete(SIGNAL_SUBSCRIPTIONS, row.key);
    state.put(SIGNAL_SUBSCRIPTIONS, { ...value, key, startOf });
  }
}
