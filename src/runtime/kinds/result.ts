import type { Answer, ClientCommand } from '../../engine/records/command.ts';
import { PARKED, type RequestHandler, type WriterModule } from '../module.ts';

/** Body of request kind `create-with-result`. */
export interface CreateWithResultBody {
  readonly command: ClientCommand & { readonly intent: 'CREATE_WITH_AWAITING_RESULT' };
  /** False: the client has gone already; the instance is created and nobody is told. */
  readonly wait: boolean;
}

/**
 * Request kind `create-with-result`: answered by the PROCESS_INSTANCE_RESULT record of the created instance, whose
 * value is the answer's; undefined if the client's patience ends before. An instance that ends in another way than
 * by completing has no result, as in Zeebe.
 */
export function resultModule(): WriterModule {
  /** Instance → request, and back. */
  const requests = new Map<number, number>();
  const instances = new Map<number, number>();

  const forget = (id: number): void => {
    const instance = instances.get(id);
    if (instance !== undefined) requests.delete(instance);
    instances.delete(id);
  };

  const create: RequestHandler<CreateWithResultBody, Answer | undefined> = {
    kind: 'create-with-result',
    handle: ({ command, wait }, tx, id) => {
      const { answer } = tx.execute(command);
      if (answer.kind === 'rejected') return answer;
      if (!wait) return undefined;
      // The instance may be complete already; its result is met by the hook below, which runs after this.
      requests.set(answer.key, id);
      instances.set(id, answer.key);
      return PARKED;
    },
  };

  return {
    name: 'results',
    handlers: [create],
    onRecords: (records, tx) => {
      if (requests.size === 0) return;
      for (const { valueType, key, value } of records) {
        const id = valueType === 'PROCESS_INSTANCE_RESULT' ? requests.get(key) : undefined;
        if (id === undefined) continue;
        tx.reply(id, { kind: 'accepted', key, value } satisfies Answer);
        tx.afterCommit(() => forget(id));
      }
    },
    cancel: (id) => {
      forget(id);
      return undefined;
    },
    forget,
  };
}
