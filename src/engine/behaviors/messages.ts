import type { FollowUp } from '../processing/follow-up.ts';
import type { Work } from '../processing/work.ts';
import { modelOf } from '../processing/work.ts';
import type { MessageSubscriptionValue } from '../records/record.ts';
import { wentTo } from '../state/appliers/messages.ts';
import {
  MESSAGE_SUBSCRIPTIONS,
  MESSAGES,
  type MessageRow,
  type MessageSubscriptionRow,
} from '../state/tables.ts';
import { acceptsTrigger, triggerEvent } from './triggers.ts';

type Command<Kind extends FollowUp['kind']> = Extract<FollowUp, { readonly kind: Kind }>;

/** The messages' side of a subscription. */
export function processMessageSubscription(w: Work, command: Command<'message-subscription'>): void {
  const { key, value } = command;
  const row = w.state.get(MESSAGE_SUBSCRIPTIONS, key);
  switch (command.intent) {
    case 'CREATE':
      if (row === undefined || row.closing) return;
      w.emit(key, { valueType: 'MESSAGE_SUBSCRIPTION', intent: 'CREATED', value });
      if (!correlateBuffered(w, row))
        w.follow({ kind: 'process-message-subscription', intent: 'CREATE', key, value });
      return;
    case 'CORRELATE':
      w.emit(key, { valueType: 'MESSAGE_SUBSCRIPTION', intent: 'CORRELATED', value });
      if (row !== undefined && !row.closing && row.closesAfterOne !== true) correlateBuffered(w, row);
      return;
    case 'REJECT':
      w.emit(key, { valueType: 'MESSAGE_SUBSCRIPTION', intent: 'REJECTED', value });
      offerAgain(w, value);
      return;
    case 'DELETE':
      if (row === undefined) return;
      w.emit(key, { valueType: 'MESSAGE_SUBSCRIPTION', intent: 'DELETED', value });
      w.follow({ kind: 'process-message-subscription', intent: 'DELETE', key, value });
      return;
  }
}

/** The instance's side of a subscription. */
export function processInstanceSubscription(w: Work, command: Command<'process-message-subscription'>): void {
  const { key, value } = command;
  const row = w.state.get(MESSAGE_SUBSCRIPTIONS, key);
  switch (command.intent) {
    case 'CREATE':
      if (row !== undefined && !row.closing)
        w.emit(key, {
          valueType: 'PROCESS_MESSAGE_SUBSCRIPTION',
          intent: 'CREATED',
          value: row.value,
        });
      return;
    case 'DELETE':
      if (row !== undefined)
        w.emit(key, { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION', intent: 'DELETED', value });
      return;
    case 'CORRELATE':
      correlate(w, row, key, value);
      return;
  }
}

function correlate(
  w: Work,
  row: MessageSubscriptionRow | undefined,
  key: number,
  value: MessageSubscriptionValue,
): void {
  const element = w.element(value.elementInstanceKey);
  const event =
    element && modelOf(w.graph(element.processDefinitionKey), row?.value.elementId ?? value.elementId);
  if (
    row === undefined ||
    row.closing ||
    element === undefined ||
    !event ||
    !acceptsTrigger(element, event)
  ) {
    w.follow({ kind: 'message-subscription', intent: 'REJECT', key, value });
    return;
  }
  w.emit(key, { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION', intent: 'CORRELATED', value });
  triggerEvent(w, element, event, value.variables);
  w.follow({ kind: 'message-subscription', intent: 'CORRELATE', key, value });
}

/** True if the message must not reach this element (see `MessageRequest.notFor`). */
export function passesBy(
  { notFor }: Pick<MessageRow, 'notFor'>,
  { processDefinitionKey, elementId }: { readonly processDefinitionKey: number; readonly elementId: string },
): boolean {
  return notFor?.includes(`${processDefinitionKey}:${elementId}`) === true;
}

/** Gives a message to a subscription. */
export function correlateTo(w: Work, row: MessageSubscriptionRow, message: MessageRow): FollowUp {
  const { correlationKey } = row;
  const value = { ...row.value, correlationKey, messageKey: message.key, variables: message.variables };
  w.emit(row.key, { valueType: 'MESSAGE_SUBSCRIPTION', intent: 'CORRELATING', value });
  return { kind: 'process-message-subscription', intent: 'CORRELATE', key: row.key, value };
}

/** Gives the oldest buffered message that fits to a subscription; false if there is none. */
function correlateBuffered(w: Work, row: MessageSubscriptionRow): boolean {
  const { messageName, bpmnProcessId } = row.value;
  for (const message of w.state.scan(MESSAGES, 'byName', [messageName, row.correlationKey])) {
    if (message.deadline <= w.now || passesBy(message, row.value)) continue;
    if (wentTo(w.state, message.key, bpmnProcessId)) continue;
    w.follow(correlateTo(w, row, message));
    return true;
  }
  return false;
}

/** Open subscriptions that a message fits, the oldest of each process. */
export function openSubscriptions(w: Work, message: MessageRow): readonly MessageSubscriptionRow[] {
  const byProcess = new Map<string, MessageSubscriptionRow>();
  for (const row of w.state.scan(MESSAGE_SUBSCRIPTIONS, 'open', [message.name, message.correlationKey])) {
    const { bpmnProcessId } = row.value;
    if (byProcess.has(bpmnProcessId) || passesBy(message, row.value)) continue;
    if (!wentTo(w.state, message.key, bpmnProcessId)) byProcess.set(bpmnProcessId, row);
  }
  return [...byProcess.values()];
}

/** An instance did not take a message after all: another instance of the process may. */
function offerAgain(w: Work, value: MessageSubscriptionValue): void {
  const message = w.state.get(MESSAGES, value.messageKey);
  if (message === undefined) return;
  const other = openSubscriptions(w, message).find((row) => row.value.bpmnProcessId === value.bpmnProcessId);
  if (other !== undefined) w.follow(correlateTo(w, other, message));
}
