import type { TimerValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { ELEMENTS, TIMERS } from '../tables.ts';

export function applyTimer(state: StatePort, key: number, intent: string, value: TimerValue): void {
  if (intent === 'CREATED' || intent === 'MIGRATED') {
    const owner = state.get(ELEMENTS, value.elementInstanceKey);
    // It can never act, and would be due again and again.
    if (owner?.type === 'EVENT_SUB_PROCESS' && owner.accepts !== 'all') return;
    const startOf = value.elementInstanceKey < 0 ? value.processDefinitionKey : null;
    state.put(TIMERS, { ...value, key, startOf });
  } else state.delete(TIMERS, key);
}
