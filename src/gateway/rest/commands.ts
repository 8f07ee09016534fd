import type { ExpressionValue } from '../../engine/records/batch.ts';
import type { Route } from '../http.ts';
import { RawJson } from '../json.ts';
import { command } from './command.ts';
import { type GatewayContext, TENANT } from './context.ts';
import { SHOWN, shown, shownList } from './schema.ts';
import {
  filledText,
  flag,
  invalid,
  key,
  operationReference,
  read,
  required,
  requiredVariables,
  tenant,
  text,
  variables,
  whole,
} from './shape.ts';

/** Called otherwise where it is missing. */
const messageName = required(
  read({ type: 'string', minLength: 1 }, (fields, name) => {
    const value = fields.string(name) ?? '';
    if (value.trim() === '') throw invalid('No messageName provided.');
    return value;
  }),
);

/** Messages, signals, variables, incidents and expressions. */
export function commandRoutes({ runtime }: Pick<GatewayContext, 'runtime'>): Route[] {
  return [
    command(runtime, {
      id: 'publishMessage',
      tag: 'Message',
      summary: 'Publishes a message, which is kept for its time to live.',
      path: '/v2/messages/publication',
      body: {
        name: filledText(),
        correlationKey: text(),
        timeToLive: whole(undefined, 'ms'),
        messageId: text('While a message with it lives, no other is taken.'),
        variables: variables(),
        tenantId: tenant('Publish Message'),
      },
      command: ({ body }) => ({
        valueType: 'MESSAGE',
        intent: 'PUBLISH',
        value: {
          name: body.name,
          correlationKey: body.correlationKey ?? '',
          timeToLive: body.timeToLive ?? 0,
          messageId: body.messageId ?? '',
          variables: body.variables,
        },
      }),
      shows: shown({ messageKey: SHOWN.key, tenantId: SHOWN.text }),
      show: (accepted) => ({ messageKey: String(accepted.key), tenantId: TENANT }),
    }),
    command(runtime, {
      id: 'correlateMessage',
      tag: 'Message',
      summary: 'Correlates a message at once, and tells with which instance.',
      path: '/v2/messages/correlation',
      body: {
        name: messageName,
        correlationKey: text(),
        variables: variables(),
        tenantId: tenant('Correlate Message'),
      },
      command: ({ body }) => ({
        valueType: 'MESSAGE_CORRELATION',
        intent: 'CORRELATE',
        value: { name: body.name, correlationKey: body.correlationKey ?? '', variables: body.variables },
      }),
      shows: shown({ tenantId: SHOWN.text, messageKey: SHOWN.key, processInstanceKey: SHOWN.key }),
      show: (accepted) => {
        const value = accepted.value as { processInstanceKey: number; messageKey?: number };
        return {
          tenantId: TENANT,
          messageKey: String(value.messageKey ?? accepted.key),
          processInstanceKey: String(value.processInstanceKey),
        };
      },
    }),
    command(runtime, {
      id: 'broadcastSignal',
      tag: 'Signal',
      summary: 'Broadcasts a signal.',
      path: '/v2/signals/broadcast',
      body: { signalName: filledText(), variables: variables(), tenantId: tenant('Broadcast Signal') },
      command: ({ body }) => ({
        valueType: 'SIGNAL',
        intent: 'BROADCAST',
        value: { signalName: body.signalName, variables: body.variables },
      }),
      shows: shown({ signalKey: SHOWN.key, tenantId: SHOWN.text }),
      show: (accepted) => ({ signalKey: String(accepted.key), tenantId: TENANT }),
    }),
    command(runtime, {
      id: 'createElementInstanceVariables',
      tag: 'Element instance',
      summary: 'Sets variables in the scope of an element instance, or where they are.',
      method: 'PUT',
      path: '/v2/element-instances/:elementInstanceKey/variables',
      body: { variables: requiredVariables(), local: flag(), operationReference },
      command: ({ body, key: scopeKey }) => ({
        valueType: 'VARIABLE_DOCUMENT',
        intent: 'UPDATE',
        value: {
          scopeKey,
          updateSemantics: body.local ? 'LOCAL' : 'PROPAGATE',
          variables: body.variables,
        },
      }),
    }),
    command(runtime, {
      id: 'resolveIncident',
      tag: 'Incident',
      summary: 'Closes an incident and tries again what failed.',
      path: '/v2/incidents/:incidentKey/resolution',
      body: { operationReference },
      command: ({ key: incident }) => ({ valueType: 'INCIDENT', intent: 'RESOLVE', key: incident }),
    }),
    command(runtime, {
      id: 'evaluateExpression',
      tag: 'Expression',
      summary: 'Evaluates a FEEL expression; given variables hide those of the scope.',
      path: '/v2/expression/evaluation',
      body: {
        expression: filledText('With a leading `=`; without one it is a text.'),
        variables: variables(),
        scopeKey: key('Of an element instance or a process instance that is running.'),
        tenantId: tenant('Expression Evaluation'),
      },
      command: ({ body }) => ({
        valueType: 'EXPRESSION',
        intent: 'EVALUATE',
        value: { expression: body.expression, variables: body.variables, scopeKey: body.scopeKey ?? -1 },
      }),
      shows: shown({
        expression: SHOWN.text,
        result: SHOWN.any,
        warnings: shownList(shown({ message: SHOWN.text })),
      }),
      show: (accepted) => {
        const { expression, result, warnings } = accepted.value as ExpressionValue;
        return {
          expression,
          result: new RawJson(result),
          warnings: warnings.map(({ message }) => ({ message })),
        };
      },
    }),
  ];
}
