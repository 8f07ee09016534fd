import type { ClientCommand } from '../../engine/records/command.ts';
import type { DurableRuntime } from '../../runtime/client.ts';
import { acceptedOf } from '../errors.ts';
import type { Message } from './protocol.ts';

/** For calls whose answer says no more than that it was done. */
export async function carryOut(runtime: DurableRuntime, command: ClientCommand): Promise<Message> {
  acceptedOf(await runtime.execute(command));
  return {};
}
