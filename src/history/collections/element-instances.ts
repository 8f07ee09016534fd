import {
  type CollectionSpec,
  ELEMENT_NAME,
  field,
  INSTANCES_WITH_INCIDENT,
  NULLABLE,
  ONLY_SEARCHED,
  rootProcessInstanceKey,
  type TableSpec,
  tenantId,
  UNSORTED,
} from './spec.ts';

export const ELEMENT_INSTANCE_TABLE = {
  name: 'element_instance',
  columns: {
    instance_key: 'INTEGER',
    process_id: 'TEXT',
    definition_key: 'INTEGER',
    element_id: 'TEXT',
    type: 'TEXT',
    event_type: 'TEXT',
    state: 'TEXT',
    start_date: 'INTEGER',
    end_date: 'INTEGER',
    scope_key: 'INTEGER',
  },
  indexes: [
    'element_instance_instance ON element_instance (instance_key)',
    'element_instance_active ON element_instance (instance_key, element_id) WHERE end_date IS NULL',
  ],
} as const satisfies TableSpec;

const INCIDENT = `FROM incident i WHERE i.instance_key = t.instance_key AND i.state = 'ACTIVE' AND i.element_key = t.key`;

/** A call activity is where an incident of what it called shows, too. */
const CALLS_ONE_WITH_INCIDENT = `(t.type = 'CALL_ACTIVITY' AND EXISTS (SELECT 1 FROM process_instance p
  WHERE p.parent_instance_key = t.instance_key AND p.parent_element_key = t.key AND p.key IN ${INSTANCES_WITH_INCIDENT}))`;

export const elementInstances = {
  table: ELEMENT_INSTANCE_TABLE.name,
  key: 'elementInstanceKey',
  rest: { path: 'element-instances', entity: 'Element Instance', search: true, get: true },
  fields: {
    elementInstanceKey: field('key', 't.key'),
    processInstanceKey: field('key', 't.instance_key'),
    processDefinitionKey: field('key', 't.definition_key'),
    processDefinitionId: field('string', 't.process_id'),
    startDate: field('date', 't.start_date'),
    endDate: field('date', 't.end_date', NULLABLE),
    elementId: field('string', 't.element_id'),
    elementName: field('string', `coalesce(${ELEMENT_NAME}, t.element_id)`),
    type: field('string', 't.type', {
      values: [
        'UNSPECIFIED',
        'PROCESS',
        'SUB_PROCESS',
        'EVENT_SUB_PROCESS',
        'AD_HOC_SUB_PROCESS',
        'AD_HOC_SUB_PROCESS_INNER_INSTANCE',
        'START_EVENT',
        'INTERMEDIATE_CATCH_EVENT',
        'INTERMEDIATE_THROW_EVENT',
        'BOUNDARY_EVENT',
        'END_EVENT',
        'SERVICE_TASK',
        'RECEIVE_TASK',
        'USER_TASK',
        'MANUAL_TASK',
        'TASK',
        'EXCLUSIVE_GATEWAY',
        'INCLUSIVE_GATEWAY',
        'PARALLEL_GATEWAY',
        'EVENT_BASED_GATEWAY',
        'SEQUENCE_FLOW',
        'MULTI_INSTANCE_BODY',
        'CALL_ACTIVITY',
        'BUSINESS_RULE_TASK',
        'SCRIPT_TASK',
        'SEND_TASK',
        'UNKNOWN',
      ],
    }),
    state: field('string', 't.state', { values: ['ACTIVE', 'COMPLETED', 'TERMINATED'] }),
    incidentKey: field('key', `(SELECT max(i.key) ${INCIDENT})`, NULLABLE),
    tenantId,
    hasIncident: field('bool', `(EXISTS (SELECT 1 ${INCIDENT}) OR ${CALLS_ONE_WITH_INCIDENT})`, UNSORTED),
    rootProcessInstanceKey,
    elementInstanceScopeKey: field('key', 't.scope_key', ONLY_SEARCHED),
  },
} as const satisfies CollectionSpec;
