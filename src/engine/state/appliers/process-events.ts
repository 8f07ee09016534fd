import type { ProcessEventValue } from '../../records/record.ts';
import type { StatePort } from '../port.ts';
import { ELEMENTS, TRIGGERS } from '../tables.ts';

export function applyProcessEvent(
  state: StatePort,
  key: number,
  intent: 'TRIGGERING' | 'TRIGGERED',
  value: ProcessEventValue,
): void {
  if (intent === 'TRIGGERED') {
    state.delete(TRIGGERS, key);
    return;
  }
  state.put(TRIGGERS, {
    key,
    scopeKey: value.scopeKey,
    elementId: value.targetElementId,
    variables: value.variables,
  });
  const scope = value.closes === undefined ? undefined : state.get(ELEMENTS, value.scopeKey);
  if (scope === undefined) return;
  if (value.closes === 'all') state.put(ELEMENTS, { ...scope, accepts: 'none' });
  else
    state.put(ELEMENTS, {
      ...scope,
      accepts: 'boundary',
      interruptedBy: value.targetElementId,
      activeFlows: 0,
    });
}
