import type { ConditionalSubscriptionValue } from '../../records/conditional.ts';
import type { StatePort } from '../port.ts';
import { CONDITIONAL_SUBSCRIPTIONS } from '../tables.ts';

/** A subscription stays when it is triggered: what it interrupts, or completes, deletes it. */
export function applyConditionalSubscription(
  state: StatePort,
  key: number,
  intent: 'CREATED' | 'TRIGGERED' | 'DELETED' | 'MIGRATED',
  value: ConditionalSubscriptionValue,
): void {
  switch (intent) {
    case 'CREATED':
    case 'MIGRATED': {
      const startOf = value.elementInstanceKey < 0 ? value.processDefinitionKey : null;
      state.put(CONDITIONAL_SUBSCRIPTIONS, { ...value, key, startOf });
      return;
    }
    case 'DELETED':
      state.delete(CONDITIONAL_SUBSCRIPTIONS, key);
      return;
    case 'TRIGGERED':
      return;
  }
}
