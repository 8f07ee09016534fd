import type { StatePort, TableSpec } from '../../engine/state/port.ts';

/** Which event a message was made of, so that what becomes of it after its publication is the event's fate too. */
export interface MessageEvent {
  readonly messageKey: number;
  readonly sequence: number;
  /** True if the message has reached an instance. */
  readonly used: boolean;
  /** Of a message without life: instances that will take it in later turns. */
  readonly onTheWay: number;
}

export const MESSAGE_EVENTS: TableSpec<MessageEvent> = {
  name: 'message_events',
  key: 'messageKey',
  indexes: {},
};

/** The message reached an instance: the event it was made of. */
export function messageUsed(rows: StatePort, messageKey: number): number | undefined {
  const row = rows.get(MESSAGE_EVENTS, messageKey);
  if (row === undefined) return undefined;
  if (row.onTheWay > 0) arrive(rows, { ...row, used: true });
  else if (!row.used) rows.put(MESSAGE_EVENTS, { ...row, used: true });
  return row.sequence;
}

/** An instance did not take the message after all. Answers what is left if nobody else is to take it. */
export function messageMissed(rows: StatePort, messageKey: number): MessageEvent | undefined {
  const row = rows.get(MESSAGE_EVENTS, messageKey);
  return row !== undefined && row.onTheWay > 0 && arrive(rows, row) ? row : undefined;
}

/** The message's life is over, unless it is still on its way. */
export function messageEnded(rows: StatePort, messageKey: number): MessageEvent | undefined {
  const row = rows.get(MESSAGE_EVENTS, messageKey);
  if (row === undefined || row.onTheWay > 0) return undefined;
  rows.delete(MESSAGE_EVENTS, messageKey);
  return row;
}

/** One of those on the way has arrived; true if it was the last. */
function arrive(rows: StatePort, row: MessageEvent): boolean {
  if (row.onTheWay === 1) rows.delete(MESSAGE_EVENTS, row.messageKey);
  else rows.put(MESSAGE_EVENTS, { ...row, onTheWay: row.onTheWay - 1 });
  return row.onTheWay === 1;
}
