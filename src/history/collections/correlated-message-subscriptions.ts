import type { LogRecord } from '../../engine/records/log.ts';
import {
  type CollectionSpec,
  field,
  NULLABLE,
  OWNER_COLUMNS,
  orNull,
  type RowSink,
  rootProcessInstanceKey,
  type TableSpec,
  tenantId,
} from './spec.ts';

/** One row for each message that a subscription took; keyed by the record's position. */
export const CORRELATED_TABLE = {
  name: 'correlated_message_subscription',
  columns: {
    message_key: 'INTEGER',
    message_name: 'TEXT',
    correlation_key: 'TEXT',
    subscription_key: 'INTEGER',
    correlated_at: 'INTEGER',
    ...OWNER_COLUMNS,
  },
  indexes: [
    'correlated_message_subscription_instance ON correlated_message_subscription (instance_key)',
    'correlated_message_subscription_message ON correlated_message_subscription (message_key)',
  ],
} as const satisfies TableSpec;

export const correlatedMessageSubscriptions = {
  table: CORRELATED_TABLE.name,
  key: 'place',
  rest: {
    path: 'correlated-message-subscriptions',
    entity: 'Correlated Message Subscription',
    search: true,
    get: false,
  },
  fields: {
    correlationKey: field('string', `nullif(t.correlation_key, '')`, NULLABLE),
    correlationTime: field('date', 't.correlated_at'),
    elementId: field('string', 't.element_id'),
    elementInstanceKey: field('key', 't.element_key', NULLABLE),
    messageKey: field('key', 't.message_key'),
    messageName: field('string', 't.message_name'),
    partitionId: field('int', '1'),
    processDefinitionId: field('string', 't.process_id'),
    processDefinitionKey: field('key', 't.definition_key'),
    processInstanceKey: field('key', 't.instance_key'),
    subscriptionKey: field('key', 't.subscription_key'),
    tenantId,
    rootProcessInstanceKey,
    place: field('key', 't.key', { shown: 'never', filter: false, sort: false }),
  },
} as const satisfies CollectionSpec;

type Subscription = Extract<
  LogRecord,
  { valueType: 'PROCESS_MESSAGE_SUBSCRIPTION' | 'MESSAGE_START_EVENT_SUBSCRIPTION' }
>;

/** Keeps what CORRELATED tells; other intents say nothing here. */
export function projectCorrelation(position: number, record: Subscription, rows: RowSink): void {
  if (record.intent !== 'CORRELATED') return;
  const { value } = record;
  const start = record.valueType === 'MESSAGE_START_EVENT_SUBSCRIPTION';
  rows.put(CORRELATED_TABLE.name, position, {
    message_key: value.messageKey,
    message_name: value.messageName,
    correlation_key: value.correlationKey,
    subscription_key: record.key,
    correlated_at: record.timestamp,
    instance_key: value.processInstanceKey,
    element_key: 'elementInstanceKey' in value ? orNull(value.elementInstanceKey) : null,
    element_id: start ? record.value.startEventId : record.value.elementId,
    process_id: value.bpmnProcessId,
    definition_key: value.processDefinitionKey,
  });
}
