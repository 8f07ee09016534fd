import type { At } from '../elements/processor.ts';
import { askCompletion } from '../elements/transitions.ts';
import { modelOf, type Work } from '../processing/work.ts';
import type { CompensationSubscriptionValue, Document } from '../records/record.ts';
import { COMPENSATIONS, type CompensationRow, type ElementRow } from '../state/tables.ts';
import { boundaryEvents, isInnerInstance } from './model.ts';
import { childValue } from './triggers.ts';
import { localVariables, NO_VARIABLES } from './variables.ts';

/** Completed scopes that are compensated by what ran in them. */
const HOLDERS = new Set([
  'SUB_PROCESS',
  'MULTI_INSTANCE_BODY',
  'AD_HOC_SUB_PROCESS',
  'AD_HOC_SUB_PROCESS_INNER_INSTANCE',
]);

type Intent = 'CREATED' | 'TRIGGERED' | 'COMPLETED' | 'DELETED';

function emit(w: Work, key: number, intent: Intent, value: CompensationSubscriptionValue): void {
  w.emit(key, { valueType: 'COMPENSATION_SUBSCRIPTION', intent, value });
}

function subscriptionValue({ key: _key, ...value }: CompensationRow): CompensationSubscriptionValue {
  return value;
}

/** Notes, when an activity completes, what would undo it. */
export function registerCompensation(w: Work, { row, model, graph }: At): void {
  const boundary = boundaryEvents(graph, model).find((event) => event.eventType === 'COMPENSATION');
  if (boundary?.compensationHandler !== undefined && !isInnerInstance(w, row)) {
    create(w, row, boundary.compensationHandler, NO_VARIABLES);
    return;
  }
  const holds = HOLDERS.has(row.type);
  if (holds && subscriptionsOfScope(w, row.key).length > 0) create(w, row, '', localVariables(w, row.key));
}

function create(w: Work, row: ElementRow, compensationHandlerId: string, variables: Document): void {
  emit(w, w.nextKey(), 'CREATED', {
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    compensableActivityId: row.elementId,
    compensableActivityInstanceKey: row.key,
    compensableActivityScopeKey: row.flowScopeKey,
    compensationHandlerId,
    compensationHandlerInstanceKey: -1,
    throwEventId: '',
    throwEventInstanceKey: -1,
    variables,
  });
}

function subscriptionsOfScope(w: Work, scopeKey: number): readonly CompensationRow[] {
  return [...w.state.scan(COMPENSATIONS, 'byScope', [scopeKey])];
}

/** Starts the handlers that a throw event asks for; false if there are none. */
export function triggerCompensation(w: Work, at: At): boolean {
  const scope = w.element(at.row.flowScopeKey);
  if (scope === undefined) return false;
  const wanted = at.model.compensatedActivity;
  // From an event subprocess the scope around it is compensated, unless an activity is named: that is a neighbour.
  const outwards = scope.type === 'EVENT_SUB_PROCESS' && wanted === undefined;
  const scopeKey = outwards ? scope.flowScopeKey : scope.key;
  const subscriptions = subscriptionsOfScope(w, scopeKey).filter(
    (subscription) => wanted === undefined || subscription.compensableActivityId === wanted,
  );
  return trigger(w, at, scope, subscriptions);
}

function trigger(w: Work, at: At, scope: ElementRow, subscriptions: readonly CompensationRow[]): boolean {
  let triggered = false;
  for (const subscription of subscriptions) {
    if (subscription.throwEventInstanceKey >= 0) continue;
    triggered = true;
    const thrown = { throwEventId: at.row.elementId, throwEventInstanceKey: at.row.key };
    if (subscription.compensationHandlerId === '') {
      emit(w, subscription.key, 'TRIGGERED', { ...subscriptionValue(subscription), ...thrown });
      trigger(w, at, scope, subscriptionsOfScope(w, subscription.compensableActivityInstanceKey));
    } else {
      startHandler(w, at, scope, { ...subscription, ...thrown });
      // The handler of a scope does not stand for those inside: they run too.
      trigger(w, at, scope, subscriptionsOfScope(w, subscription.compensableActivityInstanceKey));
    }
  }
  return triggered;
}

function startHandler(w: Work, { graph }: At, scope: ElementRow, subscription: CompensationRow): void {
  const activity = modelOf(graph, subscription.compensableActivityId);
  const boundary = boundaryEvents(graph, activity).find((event) => event.eventType === 'COMPENSATION');
  if (boundary !== undefined) {
    const key = w.nextKey();
    const value = childValue(scope, boundary);
    for (const intent of ['ACTIVATING', 'ACTIVATED', 'COMPLETING', 'COMPLETED'] as const)
      w.emit(key, { valueType: 'PROCESS_INSTANCE', intent: `ELEMENT_${intent}`, value });
  }
  const key = w.nextKey();
  emit(w, subscription.key, 'TRIGGERED', {
    ...subscriptionValue(subscription),
    compensationHandlerInstanceKey: key,
  });
  const handler = modelOf(graph, subscription.compensationHandlerId);
  w.follow({ kind: 'element', intent: 'ACTIVATE', key, value: childValue(scope, handler) });
}

/** When a handler has completed: its subscription is done, and perhaps those around it and the throw event. */
export function handlerCompleted(w: Work, row: ElementRow): void {
  if (w.model(row).isForCompensation !== true) return;
  for (const subscription of [...w.state.scan(COMPENSATIONS, 'byHandler', [row.key])]) {
    finish(w, subscription);
    const left = [
      ...w.state.scan(COMPENSATIONS, 'byThrower', [subscription.throwEventInstanceKey], { limit: 1 }),
    ];
    const thrower = w.element(subscription.throwEventInstanceKey);
    if (left.length === 0 && thrower !== undefined) askCompletion(w, thrower);
  }
}

function finish(w: Work, subscription: CompensationRow): void {
  emit(w, subscription.key, 'COMPLETED', subscriptionValue(subscription));
  const scopeKey = subscription.compensableActivityScopeKey;
  const siblings = subscriptionsOfScope(w, scopeKey).filter((other) => other.throwEventInstanceKey >= 0);
  if (siblings.length > 0) return;
  for (const around of [...w.state.scan(COMPENSATIONS, 'byThrower', [subscription.throwEventInstanceKey])]) {
    if (around.compensableActivityInstanceKey === scopeKey && around.compensationHandlerId === '')
      finish(w, around);
  }
}

export function deleteCompensationsOfInstance(w: Work, processInstanceKey: number): void {
  for (const row of [...w.state.scan(COMPENSATIONS, 'byInstance', [processInstanceKey])])
    emit(w, row.key, 'DELETED', subscriptionValue(row));
}

export function deleteCompensationsOfScope(w: Work, scopeKey: number): void {
  for (const row of subscriptionsOfScope(w, scopeKey)) emit(w, row.key, 'DELETED', subscriptionValue(row));
}
