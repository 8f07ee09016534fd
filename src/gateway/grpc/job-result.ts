import type { JobResult } from '../../engine/records/command.ts';
import type { UserTaskCorrections } from '../../engine/records/job-result.ts';
import { GatewayError } from '../errors.ts';
import { refusePriority } from '../rest/job-result.ts';
import { document, message, messages, text, texts } from './fields.ts';
import type { Message } from './protocol.ts';

/** What the worker of a task listener or of an ad-hoc subprocess decided; undefined if it sent nothing. */
export function jobResultOf(result: Message | undefined): JobResult | undefined {
  if (result === undefined) return undefined;
  const type = (result['type'] as string | undefined) || 'userTask';
  switch (type) {
    case 'userTask': {
      const corrections = correctionsOf(message(result, 'corrections'));
      return {
        type,
        denied: result['denied'] === true,
        deniedReason: (result['deniedReason'] as string | undefined) ?? '',
        corrections,
        correctedAttributes: Object.keys(corrections),
      };
    }
    // The reference of the protocol writes it with a small p, the clients with a large one.
    case 'adHocSubProcess':
    case 'adHocSubprocess':
      return {
        type: 'adHocSubProcess',
        activateElements: messages(result, 'activateElements').map((element) => ({
          elementId: text(element, 'elementId'),
          variables: document(element),
        })),
        isCompletionConditionFulfilled: result['isCompletionConditionFulfilled'] === true,
        isCancelRemainingInstances: result['isCancelRemainingInstances'] === true,
      };
    default:
      throw new GatewayError(
        'INVALID_ARGUMENT',
        `Unexpected value '${type}' for result.type; expected one of 'userTask', 'adHocSubProcess'.`,
      );
  }
}

/** Only the attributes that were sent are corrected; an empty one is cleared. */
function correctionsOf(corrections: Message | undefined): UserTaskCorrections {
  if (corrections === undefined) return {};
  const list = (name: string): readonly string[] | undefined => {
    const sent = message(corrections, name);
    return sent && texts(sent, 'values');
  };
  refusePriority(corrections['priority'] as number | undefined);
  const named = {
    assignee: corrections['assignee'],
    candidateGroupsList: list('candidateGroups'),
    candidateUsersList: list('candidateUsers'),
    dueDate: corrections['dueDate'],
    followUpDate: corrections['followUpDate'],
    priority: corrections['priority'],
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
