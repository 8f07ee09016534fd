import { modelOf, type Work } from '../processing/work.ts';
import { CONDITIONAL_SUBSCRIPTIONS } from '../state/tables.ts';
import { subscriptionValue } from './conditionals.ts';
import { acceptsTrigger, triggerEvent } from './triggers.ts';
import { NO_VARIABLES } from './variables.ts';

/**
 * A condition was found to hold. Without effect if its subscription has been closed meanwhile, or its element no
 * longer acts on events.
 */
export function triggerConditional(w: Work, key: number): void {
  const row = w.state.get(CONDITIONAL_SUBSCRIPTIONS, key);
  const element = row === undefined ? undefined : w.element(row.elementInstanceKey);
  if (row === undefined || element === undefined) return;
  const event = modelOf(w.graph(element.processDefinitionKey), row.catchEventId);
  if (!acceptsTrigger(element, event)) return;
  w.emit(key, { valueType: 'CONDITIONAL_SUBSCRIPTION', intent: 'TRIGGERED', value: subscriptionValue(row) });
  triggerEvent(w, element, event, NO_VARIABLES);
}
