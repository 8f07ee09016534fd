import type { Answer } from '../../engine/records/command.ts';
import type { ConditionalEvaluationValue } from '../../engine/records/conditional.ts';
import type { DurableRuntime } from '../../runtime/client.ts';
import { acceptedOf } from '../errors.ts';
import { TENANT } from '../rest/context.ts';
import type { Unary } from './call.ts';
import { document, number, tenant, text } from './fields.ts';

/** Messages, signals, and conditions of start events. */
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
    EvaluateConditional: async (request) => {
      tenant('EvaluateConditional', request);
      const value = {
        processDefinitionKey: (request['processDefinitionKey'] as number | undefined) ?? -1,
        variables: document(request),
      };
      const answer = await runtime.execute({
        valueType: 'CONDITIONAL_EVALUATION',
        intent: 'EVALUATE',
        value,
      });
      const { key, value: evaluated } = acceptedOf(answer as Answer<ConditionalEvaluationValue>);
      const processInstances = evaluated.startedProcessInstances;
      return { processInstances, conditionalEvaluationKey: key, tenantId: TENANT };
    },
  };
}
