import type { AdHocActivation, AdHocSubProcessResult } from '../../engine/records/ad-hoc.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields, pathKey } from '../fields.ts';
import { NO_CONTENT, type Route } from '../http.ts';
import type { GatewayContext } from './context.ts';

/** Activating elements of ad-hoc subprocesses. */
export function adHocRoutes({ runtime }: GatewayContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/element-instances/ad-hoc-activities/:adHocSubProcessInstanceKey/activation',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        const activateElements = activationsOf(body.objects('elements'));
        const cancelRemainingInstances = body.boolean('cancelRemainingInstances') ?? false;
        body.end();
        if (activateElements.length === 0)
          throw new GatewayError('INVALID_ARGUMENT', 'No elements provided.');
        const key = pathKey(request, 'adHocSubProcessInstanceKey');
        acceptedOf(
          await runtime.execute({
            valueType: 'AD_HOC_SUB_PROCESS_INSTRUCTION',
            intent: 'ACTIVATE',
            key,
            value: { activateElements, cancelRemainingInstances },
          }),
        );
        return NO_CONTENT;
      },
    },
  ];
}

function activationsOf(elements: readonly Fields[] | undefined): readonly AdHocActivation[] {
  return (elements ?? []).map((element) => {
    const elementId = element.requiredString('elementId');
    const variables = element.document('variables');
    element.end();
    return { elementId, variables };
  });
}

/** `result` of the completion of an ad-hoc subprocess's job. */
export function adHocResultOf(result: Fields): AdHocSubProcessResult {
  const decided = {
    type: 'adHocSubProcess',
    activateElements: activationsOf(result.objects('activateElements')),
    isCompletionConditionFulfilled: result.boolean('isCompletionConditionFulfilled') ?? false,
    isCancelRemainingInstances: result.boolean('isCancelRemainingInstances') ?? false,
  } as const;
  result.end();
  return decided;
}
