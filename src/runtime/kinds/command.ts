import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import type { RequestHandler, WriterModule } from '../module.ts';

/** Request kind `command`: an engine command, answered when the transaction that accepted it is synced. */
export function commandModule(): WriterModule {
  const handler: RequestHandler<ClientCommand, Answer> = {
    kind: 'command',
    handle: (command, tx) => tx.execute(command).answer,
  };
  return { name: 'commands', handlers: [handler] };
}
