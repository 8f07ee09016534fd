import type { JobResult } from '../../engine/records/command.ts';
import { activations } from './ad-hoc.ts';
import type { JsonObject } from './format.ts';

/** The `result` of a step `complete`, as the REST API takes it. */
export function jobResult(result: JsonObject): JobResult {
  if (result.type === 'adHocSubProcess') {
    return {
      type: 'adHocSubProcess',
      activateElements: activations(result.activateElements),
      isCompletionConditionFulfilled: result.isCompletionConditionFulfilled === true,
      isCancelRemainingInstances: result.isCancelRemainingInstances === true,
    };
  }
  const named = Object.entries((result.corrections ?? {}) as JsonObject).map(
    ([name, value]) => [name.startsWith('candidate') ? `${name}List` : name, value] as const,
  );
  return {
    type: 'userTask',
    denied: result.denied === true,
    deniedReason: typeof result.deniedReason === 'string' ? result.deniedReason : '',
    correctedAttributes: named.map(([name]) => name),
    corrections: Object.fromEntries(named),
  };
}
