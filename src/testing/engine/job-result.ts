import type { JobResult } from '../../client/job-result.ts';
import type { JobResult as EngineJobResult } from '../../engine/records/command.ts';
import { documentOf } from './documents.ts';

/** A decision of a worker as the engine takes it. */
export function engineResult(result: JobResult): EngineJobResult {
  if (result.type === 'adHocSubProcess') {
    const { activateElements = [] } = result;
    return {
      type: 'adHocSubProcess',
      activateElements: activateElements.map(({ elementId, variables }) => ({
        elementId,
        variables: documentOf(variables),
      })),
      isCompletionConditionFulfilled: result.isCompletionConditionFulfilled ?? false,
      isCancelRemainingInstances: result.isCancelRemainingInstances ?? false,
    };
  }
  const { candidateGroups, candidateUsers, ...others } = result.corrections ?? {};
  const corrections = {
    ...others,
    ...(candidateGroups !== undefined && { candidateGroupsList: candidateGroups }),
    ...(candidateUsers !== undefined && { candidateUsersList: candidateUsers }),
  };
  return {
    type: 'userTask',
    denied: result.denied ?? false,
    deniedReason: result.deniedReason ?? '',
    corrections,
    correctedAttributes: Object.keys(corrections),
  };
}
