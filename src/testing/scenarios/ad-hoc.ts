import type { AdHocActivation } from '../../engine/records/ad-hoc.ts';
import type { ClientCommand, JobResult } from '../../engine/records/command.ts';
import { documentOf } from './document.ts';
import type { Json, JsonObject } from './format.ts';

function activations(elements: Json | undefined): readonly AdHocActivation[] {
  return ((elements ?? []) as readonly JsonObject[]).map(({ elementId, variables }) => ({
    elementId: String(elementId),
    variables: documentOf(variables),
  }));
}

/** The command of a step `activateAdHoc`. */
export function adHocActivation(key: number, step: JsonObject): ClientCommand {
  return {
    valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION',
    intent: 'ACTIVATE',
    key,
    value: {
      activateElements: activations(step.elements),
      cancelRemainingInstances: step.cancelRemainingInstances === true,
    },
  };
}

/** The `result` of a step `complete`, as the REST API takes it. */
export function jobResult(result: JsonObject): JobResult {
  return {
    type: 'adHocSubProcess',
    activateElements: activations(result.activateElements),
    isCompletionConditionFulfilled: result.isCompletionConditionFulfilled === true,
    isCancelRemainingInstances: result.isCancelRemainingInstances === true,
  };
}
