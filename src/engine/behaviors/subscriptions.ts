import type { GraphElement } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import type { MessageSubscriptionValue } from '../records/record.ts';
import {
  type ElementRow,
  MESSAGE_SUBSCRIPTIONS,
  type MessageSubscriptionRow,
  SIGNAL_SUBSCRIPTIONS,
  type SignalSubscriptionRow,
} from '../state/tables.ts';
import { evaluateCorrelationKey, evaluateMessageName, evaluateString } from './expressions.ts';
import { cancelTimer, createTimer, evaluateTimer, timersOf } from './timers.ts';
import { NO_VARIABLES } from './variables.ts';

/**
 * Lets an element instance wait for events. All expressions are evaluated first: if one fails (`IncidentError`)
 * nothing is opened.
 */
export function subscribe(w: Work, row: ElementRow, events: readonly GraphElement[]): void {
  const messages = events.flatMap((event) => evaluatedMessage(w, row, event));
  const timers = events.flatMap((event) =>
    event.timer === undefined ? [] : [{ event, schedule: evaluateTimer(w, event.timer, row.key) }],
  );
  const signals = events.flatMap((event) =>
    event.signal === undefined ? [] : [{ event, name: evaluateString(w, event.signal.name, row.key) }],
  );
  for (const { event, name, correlationKey } of messages) openMessage(w, row, event, name, correlationKey);
  for (const { event, schedule } of timers) {
    createTimer(w, { ...timerOwner(row), targetElementId: event.id }, schedule);
  }
  for (const { event, name } of signals) openSignal(w, row, event, name);
}

function timerOwner(row: ElementRow) {
  return {
    elementInstanceKey: row.key,
    processInstanceKey: row.processInstanceKey,
    processDefinitionKey: row.processDefinitionKey,
    bpmnProcessId: row.bpmnProcessId,
  };
}

function evaluatedMessage(w: Work, row: ElementRow, event: GraphElement) {
  const { message } = event;
  if (message === undefined) return [];
  const name = evaluateMessageName(w, message.name, row.key);
  // What is local to an activity is not seen by the keys of its boundary events.
  const scopeKey = event.type === 'BOUNDARY_EVENT' ? row.flowScopeKey : row.key;
  const key = message.correlationKey ?? { kind: 'static', value: '' };
  return [{ event, name, correlationKey: evaluateCorrelationKey(w, key, scopeKey) }];
}

function openMessage(
  w: Work,
  row: ElementRow,
  event: GraphElement,
  messageName: string,
  correlationKey: string,
): void {
  const key = w.nextKey();
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
  w.follow({ kind: 'message-subscription', intent: 'CREATE', key, value });
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
}

/** In the order in which Zeebe keeps names: those of fewer bytes first, those of one length as their bytes are. */
function byName<Row>(rows: readonly Row[], nameOf: (row: Row) => string): readonly Row[] {
  if (rows.length < 2) return rows;
  const keyed = rows.map((row) => ({
    row,
    points: [...nameOf(row)].map((sign) => sign.codePointAt(0) ?? 0),
  }));
  keyed.sort(
    (left, right) => utf8Length(left.points) - utf8Length(right.points) || compare(left.points, right.points),
  );
  return keyed.map(({ row }) => row);
}

function utf8Length(points: readonly number[]): number {
  return points.reduce(
    (sum, point) => sum + (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4),
    0,
  );
}

/** Code points are ordered as their UTF-8 bytes are. */
function compare(left: readonly number[], right: readonly number[]): number {
  for (const [index, point] of left.entries()) {
    const difference = point - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
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
