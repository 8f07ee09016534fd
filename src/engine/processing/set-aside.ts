import { raiseBroken } from '../behaviors/incidents.ts';
import { type ElementRow, PENDING, USER_TASKS } from '../state/tables.ts';
import type { FollowUp } from './follow-up.ts';
import type { Work } from './work.ts';

/**
 * Takes the first left-over follow-up of a lane, which threw, out of the lane. It goes into an incident at the element
 * that it was for, or at the scope where that element was to be; resolving the incident does it again. If both are
 * gone, nothing waits for it and it is dropped.
 */
export function setAside(w: Work, lane: number, cause: string): void {
  for (const { id, command } of w.state.scan(PENDING, 'byLane', [lane], { limit: 1 })) {
    w.state.delete(PENDING, id);
    const followUp = command as FollowUp;
    const row = placeOf(w, followUp);
    if (row !== undefined) raiseBroken(w, row, `Unexpected error in ${nameOf(followUp)}: ${cause}`, followUp);
    return;
  }
}

function placeOf(w: Work, followUp: FollowUp): ElementRow | undefined {
  switch (followUp.kind) {
    case 'element': {
      const { key, value } = followUp;
      return w.element(key) ?? w.element(value.flowScopeKey) ?? w.element(value.parentElementInstanceKey);
    }
    case 'terminate-children':
      return w.element(followUp.scopeKey);
    case 'activate-children':
      return w.element(followUp.bodyKey);
    case 'message-subscription':
    case 'process-message-subscription':
    case 'conditional-subscription':
      return w.element(followUp.value.elementInstanceKey);
    case 'user-task':
      return w.element(w.state.get(USER_TASKS, followUp.key)?.elementInstanceKey ?? -1);
    case 'broadcast-signal':
      return w.element(followUp.lane);
  }
}

function nameOf(followUp: FollowUp): string {
  switch (followUp.kind) {
    case 'element':
      return `${followUp.intent} of element '${followUp.value.elementId}'`;
    case 'message-subscription':
    case 'process-message-subscription':
      return `${followUp.intent} of the subscription to message '${followUp.value.messageName}'`;
    case 'conditional-subscription':
      return `${followUp.intent} of the condition at '${followUp.value.catchEventId}'`;
    case 'user-task':
      return `${followUp.intent} of a user task`;
    case 'terminate-children':
    case 'activate-children':
    case 'broadcast-signal':
      return followUp.kind;
  }
}
