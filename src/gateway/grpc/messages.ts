import type { DurableRuntime } from '../../runtime/client.ts';
import { acceptedOf } from '../errors.ts';
import { TENANT } from '../rest/context.ts';
import type { Unary } from './call.ts';
import { document, number, tenant, text } from './fields.ts';

/** Messages and signals. */
export function messageCalls(runtime: DurableRuntime): Record<string, Unary> {
  return {
    PublishMessage: async (request) => {
      tenant('PublishMessage', request);
      const value = {
        name: text(request, 'name'),
        correlationKey: text(request, 'correlationKey'),
        timeToLive: number(request, 'timeToLive'),
        messageId: text(request, 'messageId'),
        variables: document(request),
      };
      const { key } = acceptedOf(await runtime.execute({ valueType: 'MESSAGE', intent: 'PUBLISH', value }));
      return { key, tenantId: TENANT };
    },
    BroadcastSignal: async (request) => {
      tenant('BroadcastSignal', request);
      const value = { signalName: text(request, 'signalName'), variables: document(request) };
      const { key } = acceptedOf(await runtime.execute({ valueType: 'SIGNAL', intent: 'BROADCAST', value }));
      return { key, tenantId: TENANT };
    },
  };
}
