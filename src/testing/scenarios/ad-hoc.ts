import type { AdHocActivation } from '../../engine/records/ad-hoc.ts';
import type { ClientCommand } from '../../engine/records/command.ts';
import { documentOf } from './document.ts';
import type { Json, JsonObject } from './format.ts';

/** Elements to activate, as a scenario names them. */
export function activations(elements: Json | undefined): readonly AdHocActivation[] {
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
