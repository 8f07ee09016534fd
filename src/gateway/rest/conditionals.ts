import type { ConditionalEvaluationValue } from '../../engine/records/conditional.ts';
import type { Route } from '../http.ts';
import { command } from './command.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { SHOWN, shown, shownList } from './schema.ts';
import { key, requiredVariables, tenant } from './shape.ts';

/** Evaluates conditional start events of processes (Camunda 8.9). */
export function conditionalRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    command(runtime, {
      id: 'evaluateConditionals',
      tag: 'Conditional',
      summary: 'Starts the processes whose condition holds with these variables.',
      path: '/v2/conditionals/evaluation',
      body: {
        processDefinitionKey: key(),
        variables: requiredVariables(),
        tenantId: tenant('Evaluate Conditional'),
      },
      command: ({ body }) => ({
        valueType: 'CONDITIONAL_EVALUATION',
        intent: 'EVALUATE',
        value: { processDefinitionKey: body.processDefinitionKey ?? -1, variables: body.variables },
      }),
      shows: shown({
        conditionalEvaluationKey: SHOWN.key,
        tenantId: SHOWN.text,
        processInstances: shownList(
          shown({ processDefinitionKey: SHOWN.key, processInstanceKey: SHOWN.key }),
        ),
      }),
      show: (accepted) => ({
        conditionalEvaluationKey: String(accepted.key),
        tenantId: TENANT,
        processInstances: (accepted.value as ConditionalEvaluationValue).startedProcessInstances.map(
          (started) => ({
            processDefinitionKey: String(started.processDefinitionKey),
            processInstanceKey: String(started.processInstanceKey),
          }),
        ),
      }),
    }),
  ];
}
