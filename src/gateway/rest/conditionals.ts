import type { Answer } from '../../engine/records/command.ts';
import type { ConditionalEvaluationValue } from '../../engine/records/conditional.ts';
import { acceptedOf, GatewayError } from '../errors.ts';
import { Fields } from '../fields.ts';
import { json, type Route } from '../http.ts';
import { type GatewayContext, TENANT } from './context.ts';

/** Evaluates conditional start events of processes (Camunda 8.9). */
export function conditionalRoutes({ runtime }: GatewayContext): Route[] {
  return [
    {
      method: 'POST',
      path: '/v2/conditionals/evaluation',
      accepts: 'json',
      handler: async (request) => {
        const body = Fields.ofBody(request);
        if (!body.has('variables')) throw new GatewayError('INVALID_ARGUMENT', 'No variables provided.');
        const value = {
          processDefinitionKey: body.key('processDefinitionKey') ?? -1,
          variables: body.document('variables'),
        };
        body.tenant();
        body.end();
        const answer = await runtime.execute({
          valueType: 'CONDITIONAL_EVALUATION',
          intent: 'EVALUATE',
          value,
        });
        const accepted = acceptedOf(answer as Answer<ConditionalEvaluationValue>);
        return json(200, {
          conditionalEvaluationKey: String(accepted.key),
          tenantId: TENANT,
          processInstances: accepted.value.startedProcessInstances.map((started) => ({
            processDefinitionKey: String(started.processDefinitionKey),
            processInstanceKey: String(started.processInstanceKey),
          })),
        });
      },
    },
  ];
}
