import type { AdHocInstructionValue } from '../../records/ad-hoc.ts';
import type { StatePort } from '../port.ts';
import { ELEMENTS } from '../tables.ts';

export function applyAdHocInstruction(
  state: StatePort,
  intent: 'ACTIVATED' | 'COMPLETED',
  value: AdHocInstructionValue,
): void {
  const row = state.get(ELEMENTS, value.adHocSubProcessInstanceKey);
  if (row !== undefined && intent === 'COMPLETED') state.put(ELEMENTS, { ...row, completionFulfilled: true });
}
