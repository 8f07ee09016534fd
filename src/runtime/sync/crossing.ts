import type { MessagePort } from 'node:worker_threads';
import { errorToData, InternalError, textOf } from '../errors.ts';
import type { Reply } from '../protocol.ts';
import type { Numbered } from './protocol.ts';

/** A value that cannot cross to another thread is a mistake of its handler, and fails its own caller only. */
export function post(port: MessagePort, numbered: Numbered): void {
  try {
    port.postMessage(numbered);
  } catch (error) {
    const { number, message } = numbered;
    if (message.type !== 'outcome') throw error;
    const { outcome } = message;
    const replies = outcome.replies.map((reply) => (crosses(reply) ? reply : failed(reply, error)));
    const told = { ...outcome, replies, pushes: outcome.pushes.filter(crosses) };
    port.postMessage({ number, message: { type: 'outcome', outcome: told } } satisfies Numbered);
  }
}

function crosses(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

function failed({ id }: Reply, cause: unknown): Reply {
  return {
    id,
    ok: false,
    error: errorToData(new InternalError(`The answer cannot be sent: ${textOf(cause)}`)),
  };
}
