import type { CompensationSubscriptionValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { COMPENSATIONS } from '../tables.ts';

export function applyCompensation(
  state: StatePort,
  key: number,
  intent: string,
  value: CompensationSubscriptionValue,
): void {
  if (intent === 'COMPLETED' || intent === 'DELETED') state.delete(COMPENSATIONS, key);
  else state.put(COMPENSATIONS, { ...value, key });
}
