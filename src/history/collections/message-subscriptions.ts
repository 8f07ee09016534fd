import {
  type CollectionSpec,
  field,
  NULLABLE,
  NULLABLE_UNSORTED,
  OWNER_COLUMNS,
  rootProcessInstanceKey,
  type TableSpec,
  tenantId,
} from './spec.ts';

export const MESSAGE_SUBSCRIPTION_TABLE = {
  name: 'message_subscription',
  columns: {
    message_name: 'TEXT',
    correlation_key: 'TEXT',
    state: 'TEXT',
    updated_at: 'INTEGER',
    ...OWNER_COLUMNS,
    kind: 'TEXT',
    event_sequence: 'INTEGER',
  },
  indexes: [
    'message_subscription_instance ON message_subscription (instance_key)',
    `message_subscription_closed_start ON message_subscription (updated_at)
       WHERE kind = 'START_EVENT' AND state = 'DELETED'`,
    'message_subscription_name ON message_subscription (message_name, correlation_key)',
  ],
} as const satisfies TableSpec;

/** What instances and start events wait for. Those of start events have no instance. */
export const messageSubscriptions = {
  table: MESSAGE_SUBSCRIPTION_TABLE.name,
  key: 'messageSubscriptionKey',
  rest: { path: 'message-subscriptions', entity: 'Message Subscription', search: true, get: false },
  fields: {
    messageSubscriptionKey: field('key', 't.key'),
    processDefinitionId: field('string', 't.process_id'),
    processDefinitionKey: field('key', 't.definition_key', NULLABLE_UNSORTED),
    processInstanceKey: field('key', 't.instance_key', NULLABLE),
    elementId: field('string', 't.element_id'),
    elementInstanceKey: field('key', 't.element_key', NULLABLE),
    messageSubscriptionState: field('string', 't.state', {
      values: ['CORRELATED', 'CREATED', 'DELETED', 'MIGRATED'],
    }),
    lastUpdatedDate: field('date', 't.updated_at'),
    messageName: field('string', 't.message_name'),
    correlationKey: field('string', 't.correlation_key', NULLABLE),
    tenantId,
    rootProcessInstanceKey,
  },
} as const satisfies CollectionSpec;
