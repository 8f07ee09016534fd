import type { TimerValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { ELEMENTS, TIMERS } from '../tables.ts';

export function applyTimer(state: StatePort, key: number, intent: string, value: TimerValue): void {
  if (intent === 'CREATED' || intent === 'MIGRATED') {
    // What it is for acts on nothing any more (an event subprocess in one that interrupted): it would be due for ever.
    if (state.get(ELEMENTS, value.elementInstanceKey)?.accepts === 'none') return;
    const startOf = value.elementInstanceKey < 0 ? value.processDefinitionKey : null;
    state.put(TIMERS, { ...value, key, startOf });
  } else state.delete(TIMERS, key);
}
