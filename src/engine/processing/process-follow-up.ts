import { triggerConditional } from '../behaviors/conditional-triggers.ts';
import { processInstanceSubscription, processMessageSubscription } from '../behaviors/messages.ts';
import { terminateNextChildren } from '../behaviors/scopes.ts';
import { broadcastSignal } from '../behaviors/signals.ts';
import { processElement } from '../elements/lifecycle.ts';
import { activateNextChildren } from '../elements/multi-instance-body.ts';
import { atOf } from '../elements/transitions.ts';
import { processUserTask } from '../elements/user-task-transitions.ts';
import type { FollowUp } from './follow-up.ts';
import type { Work } from './work.ts';

export function processFollowUp(w: Work, followUp: FollowUp): void {
  switch (followUp.kind) {
    case 'element':
      processElement(w, followUp);
      return;
    case 'terminate-children':
      terminateNextChildren(w, followUp.scopeKey, followUp.lane);
      return;
    case 'activate-children': {
      const body = w.element(followUp.bodyKey);
      if (body !== undefined) activateNextChildren(w, atOf(w, body));
      return;
    }
    case 'message-subscription':
      processMessageSubscription(w, followUp);
      return;
    case 'process-message-subscription':
      processInstanceSubscription(w, followUp);
      return;
    case 'conditional-subscription':
      triggerConditional(w, followUp.key);
      return;
    case 'user-task':
      processUserTask(w, followUp);
      return;
    case 'broadcast-signal':
      broadcastSignal(w, followUp.value);
      return;
  }
}
