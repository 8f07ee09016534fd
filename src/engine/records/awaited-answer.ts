import type { Answer, ClientCommand } from './command.ts';
import type { LogRecord } from './log.ts';

/** How the step of a user task's life that a request asked for has ended. */
type Settled = 'done' | 'denied' | 'canceled';

const SETTLING: Readonly<Record<string, Settled>> = {
  ASSIGNED: 'done',
  UPDATED: 'done',
  COMPLETED: 'done',
  ASSIGNMENT_DENIED: 'denied',
  UPDATE_DENIED: 'denied',
  COMPLETION_DENIED: 'denied',
  CANCELING: 'canceled',
};

const DENIED: Readonly<Record<string, string>> = {
  COMPLETE: 'Completion',
  ASSIGN: 'Assignment',
  CLAIM: 'Assignment',
  UPDATE: 'Update',
};

/**
 * The answer to a command that was accepted with `awaits`, if this record of that user task brings it: task listeners
 * have let its step happen or denied it, or the task was cancelled meanwhile.
 */
export function awaitedAnswer(command: ClientCommand, record: LogRecord): Answer | undefined {
  if (record.valueType !== 'USER_TASK' || record.recordType !== 'EVENT') return undefined;
  const settled = SETTLING[record.intent];
  const { valueType } = command;
  if (settled === undefined) return undefined;
  if (settled === 'done') return { kind: 'accepted', key: record.key, value: {} };
  const refused = (reason: string): Answer => {
    const intent = command.intent === 'CLAIM' && settled === 'denied' ? 'ASSIGN' : command.intent;
    return { kind: 'rejected', valueType, intent, type: 'INVALID_STATE', reason };
  };
  if (settled === 'canceled') return refused('user task was canceled during ongoing transition');
  const { elementInstanceKey, deniedReason = '' } = record.value;
  const subject =
    valueType === 'VARIABLE_DOCUMENT'
      ? `Variable update for user task instance with key '${elementInstanceKey}'`
      : `${DENIED[command.intent] ?? 'Update'} of the User Task with key '${record.key}'`;
  return refused(`${subject} was denied by Task Listener. Reason to deny: '${deniedReason}'`);
}
