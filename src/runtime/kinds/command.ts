import { awaitedAnswer } from '../../engine/records/awaited-answer.ts';
import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import type { LogRecord } from '../../engine/records/log.ts';
import { PARKED, type RequestHandler, type WriterModule } from '../module.ts';

/**
 * Request kind `command`: an engine command, answered when the transaction that accepted it is synced. What task
 * listeners hold back is answered by the record that ends it, or by undefined if the client's patience ends before.
 */
export function commandModule(): WriterModule {
  /** User task → the request that asked for the step it is in; a task is in one step at a time. */
  const waiting = new Map<number, { readonly id: number; readonly command: ClientCommand }>();

  const forget = (id: number): void => {
    for (const [task, request] of waiting) if (request.id === id) waiting.delete(task);
  };

  const handler: RequestHandler<ClientCommand, Answer> = {
    kind: 'command',
    handle: (command, tx, id) => {
      const { answer } = tx.execute(command);
      if (answer.kind === 'rejected' || answer.awaits === undefined) return answer;
      waiting.set(answer.awaits, { id, command });
      return PARKED;
    },
  };

  return {
    name: 'commands',
    handlers: [handler],
    onRecords: (records, tx) => {
      if (waiting.size === 0) return;
      for (const record of records) {
        const request = record.valueType === 'USER_TASK' ? waiting.get(record.key) : undefined;
        const answer = request && awaitedAnswer(request.command, record as LogRecord);
        if (request === undefined || answer === undefined) continue;
        tx.reply(request.id, answer);
        tx.afterCommit(() => forget(request.id));
      }
    },
    cancel: (id) => {
      forget(id);
      return undefined;
    },
    forget,
  };
}
