import type { AdHocSubProcessResult } from '../../engine/records/ad-hoc.ts';
import type { Fields } from '../fields.ts';
import type { Route } from '../http.ts';
import { command } from './command.ts';
import type { GatewayContext } from './context.ts';
import { filledList, filledText, flag, list, readMembers, variables } from './shape.ts';

const ACTIVATION = { elementId: filledText(), variables: variables() };

/** Activating elements of ad-hoc subprocesses. */
export function adHocRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    command(runtime, {
      id: 'activateAdHocSubProcessActivities',
      tag: 'Ad-hoc sub-process',
      summary: 'Activates elements of an ad-hoc subprocess.',
      path: '/v2/element-instances/ad-hoc-activities/:adHocSubProcessInstanceKey/activation',
      body: { elements: filledList(ACTIVATION), cancelRemainingInstances: flag() },
      command: ({ body, key }) => ({
        valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION',
        intent: 'ACTIVATE',
        key,
        value: {
          activateElements: body.elements,
          cancelRemainingInstances: body.cancelRemainingInstances,
        },
      }),
    }),
  ];
}

/** `result` of the completion of an ad-hoc subprocess's job, after its `type`. */
export function adHocResultOf(result: Fields): AdHocSubProcessResult {
  return {
    type: 'adHocSubProcess',
    ...readMembers(result, {
      activateElements: list(ACTIVATION),
      isCompletionConditionFulfilled: flag(),
      isCancelRemainingInstances: flag(),
    }),
  };
}
