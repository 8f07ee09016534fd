import { mayStart, startByMessage } from '../behaviors/message-start.ts';
import { correlateTo, openSubscriptions } from '../behaviors/messages.ts';
import { Rejection } from '../processing/rejection.ts';
import type { Work } from '../processing/work.ts';
import type { MessageRequest } from '../records/command.ts';
import type { MessageValue } from '../records/record.ts';
import { messageIdentity } from '../state/appliers/messages.ts';
import { MESSAGES, type MessageRow, START_SUBSCRIPTIONS } from '../state/tables.ts';
import { type Accepted, type CommandOf, NOTHING } from './command.ts';

/** Publishes a message: to all that wait for it, once for each process, and to those that will in its life. */
export function publishMessage(w: Work, value: MessageRequest): Accepted {
  if (value.messageId !== '') refuseTwin(w, value);
  const key = w.nextKey();
  const row = emitMessage(w, key, { ...value, deadline: w.now + Math.max(0, value.timeToLive) });
  deliverMessage(w, row);
  if (value.timeToLive <= 0) expire(w, row);
  return { key, value: NOTHING };
}

function refuseTwin(w: Work, { name, correlationKey, messageId }: MessageRequest): void {
  const identity = messageIdentity(name, correlationKey, messageId);
  for (const _twin of w.state.scan(MESSAGES, 'byIdentity', [identity], { limit: 1 })) {
    const reason = `Expected to publish a new message with id '${messageId}', but a message with that id was already published`;
    throw new Rejection('ALREADY_EXISTS', reason);
  }
}

function emitMessage(w: Work, key: number, value: MessageValue): MessageRow {
  w.emit(key, { valueType: 'MESSAGE', intent: 'PUBLISHED', value });
  const row = w.state.get(MESSAGES, key);
  if (row === undefined) throw new Error(`Message ${key} was not kept`);
  return row;
}

/** Gives a message to who waits for it now; answers the keys of the instances, started ones first. */
function deliverMessage(w: Work, message: MessageRow): readonly number[] {
  const followUps = openSubscriptions(w, message).map((row) => correlateTo(w, row, message));
  const started: number[] = [];
  for (const subscription of [...w.state.scan(START_SUBSCRIPTIONS, 'byName', [message.name])]) {
    if (mayStart(w, message, subscription)) started.push(startByMessage(w, subscription, message));
  }
  const reached: number[] = [];
  for (const followUp of followUps) {
    w.follow(followUp);
    if (followUp.kind === 'process-message-subscription') reached.push(followUp.value.processInstanceKey);
  }
  return [...started, ...reached];
}

function expire(w: Work, { key, identity: _identity, ...value }: MessageRow): void {
  w.emit(key, { valueType: 'MESSAGE', intent: 'EXPIRED', value });
}

/** The end of a buffered message's life. */
export function expireMessage(w: Work, key: number): Accepted {
  const row = w.state.get(MESSAGES, key);
  if (row === undefined)
    throw new Rejection(
      'NOT_FOUND',
      `Expected to expire message with key '${key}', but no such message was found`,
    );
  expire(w, row);
  return { key, value: NOTHING };
}

/** Correlates a message at once and keeps nothing of it; the caller is refused if nobody waits for it. */
export function correlateMessage(w: Work, { value }: CommandOf<'MESSAGE_CORRELATION'>): Accepted {
  const { name, correlationKey } = value;
  const key = w.nextKey();
  const row = emitMessage(w, key, { ...value, timeToLive: -1, messageId: '', deadline: w.now });
  const [processInstanceKey = -1] = deliverMessage(w, row);
  const answer = { messageKey: key, processInstanceKey };
  const intent = processInstanceKey < 0 ? 'NOT_CORRELATED' : 'CORRELATED';
  w.emit(key, { valueType: 'MESSAGE_CORRELATION', intent, value: { ...value, ...answer } });
  expire(w, row);
  if (processInstanceKey >= 0) return { key, value: answer };
  const reason =
    `Expected to find subscription for message with name '${name}' and correlation key '${correlationKey}', but ` +
    `none was found.`;
  return { key, value: answer, refused: new Rejection('NOT_FOUND', reason) };
}
