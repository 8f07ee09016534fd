import type { TimerValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { TIMERS } from '../tables.ts';

export function applyTimer(state: StatePort, key: number, intent: string, value: TimerValue): void {
  if (intent === 'CREATED' || intent === 'MIGRATED') {
    const startOf = value.elementInstanceKey < 0 ? value.processDefinitionKey : null;
    state.put(TIMERS, { ...value, key, startOf });
  } else state.delete(TIMERS, key);
}
