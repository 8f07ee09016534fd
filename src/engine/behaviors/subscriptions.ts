import type { GraphElement } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import type { ConditionalSubscriptionValue } from '../records/conditional.ts';
import type { MessageSubscriptionValue } from '../records/record.ts';
import {
  CONDITIONAL_SUBSCRIPTIONS,
  type ConditionalSubscriptionRow,
  type ElementRow,
  MESSAGE_SUBSCRIPTIONS,
  type MessageSubscriptionRow,
  SIGNAL_SUBSCRIPTIONS,
  type SignalSubscriptionRow,
} from '../state/tables.ts';
import { holds, subscriptionValue, triggerLater } from './conditionals.ts';
import { evaluateCorrelationKey, evaluateMessageName, evaluateString } from './expressions.ts';
import { byName } from './name-order.ts';
import { cancelTimer, createTimer, evaluateTimer, timersOf } from './timers.ts';
import { NO_VARIABLES } from './variables.ts';

/**
 * Lets an element instance wait for events. All expressions are evaluated first: if one fails (`IncidentError`)
 * nothing is opened.
 */
export function subscribe(w: Work, row: ElementRow, events: readonly GraphElement[]): void {
  const evaluated = events.map((event) => ({
    event,
    message: evaluatedMessage(w, row, event),
    schedule: event.timer && evaluateTimer(w, event.timer, row.key),
    signalName: event.signal && evaluateString(w, event.signal.name, row.key),
  }));
  for (const { event, message } of evaluated) if (message !== undefined) openMessage(w, row, event, message);
  for (const { event, schedule } of evaluated)
    if (schedule !== undefined) createTimer(w, { ...timerOwner(row), targetElementId: event.id }, schedule);
  for (const { event, signalName } of evaluated)
    if (signalName !== undefined) openSignal(w, row, event, signalName);
  for (const event of events) openConditional(w, row, event);
}

function timerOwner(row: ElementRow) {
  return {
    elementInstanceKey: row.key,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    bpmnProcessId: row.bpmnProcessId,
  };
}

interface EvaluatedMessage {
  readonly name: string;
  readonly correlationKey: string;
}

function evaluatedMessage(w: Work, row: ElementRow, event: GraphElement): EvaluatedMessage | undefined {
  const { message } = event;
  if (message === undefined) return undefined;
  const name = evaluateMessageName(w, message.name, row.key);
  // What is local to an activity is not seen by the keys of its boundary events.
  const scopeKey = event.type === 'BOUNDARY_EVENT' ? row.flowScopeKey : row.key;
  const key = message.correlationKey ?? { kind: 'static', value: '' };
  return { name, correlationKey: evaluateCorrelationKey(w, key, scopeKey) };
}

function openMessage(
  w: Work,
  row: ElementRow,
  event: GraphElement,
  { name: messageName, correlationKey }: EvaluatedMessage,
): void {
  // An instance waits for a message name once: a later event takes the place of the one before.
  const taken = messageSubscriptionsOf(w, row.key).find(
    ({ closing, value }) => !closing && value.messageName === messageName,
  );
  const key = taken?.key ?? w.nextKey();
  const value: MessageSubscriptionValue = {
    processInstanceKey: row.processInstanceKey,
    elementInstanceKey: row.key,
    processDefinitionKey: row.processDefinitionKey,
    bpmnProcessId: row.bpmnProcessId,
    elementId: event.id,
    messageKey: -1,
    messageName,
    correlationKey,
    interrupting: event.interrupting ?? true,
    variables: NO_VARIABLES,
  };
  w.emit(key, { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION', intent: 'CREATING', value });
  if (taken === undefined) w.follow({ kind: 'message-subscription', intent: 'CREATE', key, value });
}

function openSignal(w: Work, row: ElementRow, event: GraphElement, signalName: string): void {
  w.emit(w.nextKey(), {
    valueType: 'SIGNAL_SUBSCRIPTION',
    intent: 'CREATED',
    value: {
      signalName,
      catchEventId: event.id,
      catchEventInstanceKey: row.key,
      processDefinitionKey: row.processDefinitionKey,
      bpmnProcessId: row.bpmnProcessId,
      processInstanceKey: row.processInstanceKey,
    },
  });
}

/** A condition is asked when its subscription is opened, and from then on at changes of variables. */
function openConditional(w: Work, row: ElementRow, event: GraphElement): void {
  const { conditional } = event;
  if (conditional === undefined) return;
  const key = w.nextKey();
  const value: ConditionalSubscriptionValue = {
    scopeKey: row.key,
    elementInstanceKey: row.key,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    bpmnProcessId: row.bpmnProcessId,
    catchEventId: event.id,
    interrupting: event.interrupting ?? true,
    condition: conditional.source,
    variableNames: conditional.variableNames,
    variableEvents: conditional.variableEvents,
  };
  w.emit(key, { valueType: 'CONDITIONAL_SUBSCRIPTION', intent: 'CREATED', value });
  if (holds(w, value.condition, row.key)) triggerLater(w, key, value);
}

/** Closes what an element instance waits for: all, or what is meant for the elements that `concerns` picks. */
export function unsubscribe(
  w: Work,
  elementKey: number,
  concerns: (elementId: string) => boolean = () => true,
): void {
  for (const timer of timersOf(w, elementKey)) if (concerns(timer.targetElementId)) cancelTimer(w, timer);
  for (const row of byName(messageSubscriptionsOf(w, elementKey), ({ value }) => value.messageName)) {
    if (!row.closing && concerns(row.value.elementId)) closeMessage(w, row);
  }
  for (const row of byName(signalSubscriptionsOf(w, elementKey), ({ signalName }) => signalName))
    if (concerns(row.catchEventId)) closeSignal(w, row);
  for (const row of conditionalSubscriptionsOf(w, elementKey))
    if (concerns(row.catchEventId)) closeConditional(w, row);
}

export function conditionalSubscriptionsOf(
  w: Work,
  elementKey: number,
): readonly ConditionalSubscriptionRow[] {
  return [...w.state.scan(CONDITIONAL_SUBSCRIPTIONS, 'byScope', [elementKey])];
}

export function closeConditional(w: Work, row: ConditionalSubscriptionRow): void {
  const value = subscriptionValue(row);
  w.emit(row.key, { valueType: 'CONDITIONAL_SUBSCRIPTION', intent: 'DELETED', value });
}

export function messageSubscriptionsOf(w: Work, elementKey: number): readonly MessageSubscriptionRow[] {
  return [...w.state.scan(MESSAGE_SUBSCRIPTIONS, 'byElement', [elementKey])];
}

export function signalSubscriptionsOf(w: Work, elementKey: number): readonly SignalSubscriptionRow[] {
  return [...w.state.scan(SIGNAL_SUBSCRIPTIONS, 'byElement', [elementKey])];
}

export function closeMessage(w: Work, row: MessageSubscriptionRow): void {
  const { key, value } = row;
  w.emit(key, { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION', intent: 'DELETING', value });
  w.follow({ kind: 'message-subscription', intent: 'DELETE', key, value });
}

export function closeSignal(w: Work, row: SignalSubscriptionRow): void {
  const { key, startOf: _startOf, ...value } = row;
  w.emit(key, { valueType: 'SIGNAL_SUBSCRIPTION', intent: 'DELETED', value });
}
