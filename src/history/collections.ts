/**
 * What can be searched, and by which fields. Field names are those of Camunda's REST API, so that a surface can show
 * rows as they come; the SQL beside them is where the value stands in the read model.
 */

/** `key`: a decimal string at the ports, `date`: ISO 8601 at the ports, epoch ms inside. */
export type FieldType = 'key' | 'string' | 'int' | 'date' | 'bool';

export interface FieldSpec {
  readonly type: FieldType;
  readonly sql: string;
  /** False for what is only shown. */
  readonly filter: boolean;
  readonly sort: boolean;
  /** Long texts are indexed by so many of their first characters. */
  readonly indexedPrefix?: number;
}

/** Characters of a variable's text that its index holds (see the schema). */
export const VARIABLE_PREFIX = 80;

export interface CollectionSpec {
  readonly table: string;
  /** The field that identifies a row and breaks ties of the order. */
  readonly key: string;
  readonly fields: Readonly<Record<string, FieldSpec>>;
  /** Narrows the table, where not every row belongs to the collection. */
  readonly where?: string;
}

const field = (type: FieldType, sql: string, use: 'all' | 'shown' | 'filtered' = 'all'): FieldSpec => ({
  type,
  sql,
  filter: use !== 'shown',
  sort: use === 'all',
});

const rootOf = `(SELECT p.root_key FROM process_instance p WHERE p.key = t.instance_key)`;
const root = field('key', rootOf, 'filtered');
const elementName = field(
  'string',
  `(SELECT d.element_names ->> t.element_id FROM process_definition d WHERE d.key = t.definition_key)`,
  'filtered',
);

export const COLLECTIONS = {
  processDefinitions: {
    table: 'process_definition',
    key: 'processDefinitionKey',
    where: `t.state = 'ACTIVE'`,
    fields: {
      processDefinitionKey: field('key', 't.key'),
      processDefinitionId: field('string', 't.process_id'),
      name: field('string', 't.name'),
      resourceName: field('string', 't.resource_name'),
      version: field('int', 't.version'),
      isLatestVersion: field(
        'bool',
        `(t.version = (SELECT max(o.version) FROM process_definition o
           WHERE o.process_id = t.process_id AND o.state = 'ACTIVE'))`,
        'filtered',
      ),
    },
  },
  processInstances: {
    table: 'process_instance',
    key: 'processInstanceKey',
    fields: {
      processInstanceKey: field('key', 't.key'),
      processDefinitionId: field('string', 't.process_id'),
      processDefinitionName: field(
        'string',
        `(SELECT d.name FROM process_definition d WHERE d.key = t.definition_key)`,
      ),
      processDefinitionVersion: field('int', 't.version'),
      processDefinitionKey: field('key', 't.definition_key'),
      state: field('string', 't.state'),
      startDate: field('date', 't.start_date'),
      endDate: field('date', 't.end_date'),
      hasIncident: field(
        'bool',
        `(t.key IN (SELECT i.instance_key FROM incident i WHERE i.state = 'ACTIVE'))`,
      ),
      parentProcessInstanceKey: field('key', 't.parent_instance_key'),
      parentElementInstanceKey: field('key', 't.parent_element_key'),
      rootProcessInstanceKey: field('key', 't.root_key', 'filtered'),
      businessId: field('string', 't.business_id'),
      tags: field('string', 't.tags', 'shown'),
    },
  },
  elementInstances: {
    table: 'element_instance',
    key: 'elementInstanceKey',
    fields: {
      elementInstanceKey: field('key', 't.key'),
      processInstanceKey: field('key', 't.instance_key'),
      processDefinitionKey: field('key', 't.definition_key'),
      processDefinitionId: field('string', 't.process_id'),
      elementId: field('string', 't.element_id'),
      elementName,
      type: field('string', 't.type'),
      state: field('string', 't.state'),
      startDate: field('date', 't.start_date'),
      endDate: field('date', 't.end_date'),
      elementInstanceScopeKey: field('key', 't.scope_key', 'filtered'),
      hasIncident: field(
        'bool',
        `(EXISTS (SELECT 1 FROM incident i WHERE i.instance_key = t.instance_key AND i.state = 'ACTIVE'
           AND i.element_key = t.key))`,
        'filtered',
      ),
      incidentKey: field(
        'key',
        `(SELECT max(i.key) FROM incident i WHERE i.instance_key = t.instance_key AND i.state = 'ACTIVE'
           AND i.element_key = t.key)`,
        'filtered',
      ),
      rootProcessInstanceKey: root,
    },
  },
  variables: {
    table: 'variable',
    key: 'variableKey',
    fields: {
      variableKey: field('key', 't.key'),
      name: field('string', 't.name'),
      value: { ...field('string', 't.value'), indexedPrefix: VARIABLE_PREFIX },
      scopeKey: field('key', 't.scope_key'),
      processInstanceKey: field('key', 't.instance_key'),
      rootProcessInstanceKey: root,
    },
  },
  jobs: {
    table: 'job',
    key: 'jobKey',
    fields: {
      jobKey: field('key', 't.key'),
      type: field('string', 't.type'),
      kind: field('string', 't.kind'),
      listenerEventType: field('string', 't.listener_event'),
      state: field('string', 't.state'),
      retries: field('int', 't.retries'),
      worker: field('string', 't.worker'),
      deadline: field('date', 'nullif(t.deadline, -1)'),
      errorMessage: field('string', 't.error_message'),
      errorCode: field('string', 't.error_code'),
      customHeaders: field('string', 't.custom_headers', 'shown'),
      elementId: field('string', 't.element_id'),
      elementInstanceKey: field('key', 't.element_key'),
      processInstanceKey: field('key', 't.instance_key'),
      processDefinitionId: field('string', 't.process_id'),
      processDefinitionKey: field('key', 't.definition_key'),
      creationTime: field('date', 't.creation_date'),
      endTime: field('date', 't.end_date'),
      lastUpdateTime: field('date', 't.updated_at'),
      hasFailedWithRetriesLeft: field('bool', `(t.state = 'FAILED' AND t.retries > 0)`, 'filtered'),
      rootProcessInstanceKey: root,
    },
  },
  incidents: {
    table: 'incident',
    key: 'incidentKey',
    fields: {
      incidentKey: field('key', 't.key'),
      errorType: field('string', 't.error_type'),
      errorMessage: field('string', 't.error_message'),
      state: field('string', 't.state'),
      creationTime: field('date', 't.creation_date'),
      elementId: field('string', 't.element_id'),
      elementInstanceKey: field('key', 't.element_key'),
      processInstanceKey: field('key', 't.instance_key'),
      processDefinitionId: field('string', 't.process_id'),
      processDefinitionKey: field('key', 't.definition_key'),
      jobKey: field('key', 't.job_key'),
      rootProcessInstanceKey: root,
    },
  },
  messageSubscriptions: {
    table: 'message_subscription',
    key: 'messageSubscriptionKey',
    fields: {
      messageSubscriptionKey: field('key', 't.key'),
      messageName: field('string', 't.message_name'),
      correlationKey: field('string', 't.correlation_key'),
      messageSubscriptionState: field('string', 't.state'),
      lastUpdatedDate: field('date', 't.updated_at'),
      elementId: field('string', 't.element_id'),
      elementInstanceKey: field('key', 't.element_key'),
      processInstanceKey: field('key', 't.instance_key'),
      processDefinitionId: field('string', 't.process_id'),
      processDefinitionKey: field('key', 't.definition_key'),
      rootProcessInstanceKey: root,
    },
  },
  userTasks: {
    table: 'user_task',
    key: 'userTaskKey',
    fields: {
      userTaskKey: field('key', 't.key'),
      name: elementName,
      state: field('string', 't.state'),
      assignee: field('string', `nullif(t.assignee, '')`),
      priority: field('int', 't.priority'),
      candidateGroups: field('string', 't.candidate_groups', 'shown'),
      candidateUsers: field('string', 't.candidate_users', 'shown'),
      dueDate: field('date', `(unixepoch(nullif(t.due_date, ''), 'subsec') * 1000)`),
      followUpDate: field('date', `(unixepoch(nullif(t.follow_up_date, ''), 'subsec') * 1000)`),
      creationDate: field('date', 't.creation_date'),
      completionDate: field('date', 't.completion_date'),
      externalFormReference: field('string', `nullif(t.external_form_reference, '')`, 'shown'),
      formKey: field('key', 't.form_key', 'shown'),
      customHeaders: field('string', 't.custom_headers', 'shown'),
      elementId: field('string', 't.element_id'),
      elementInstanceKey: field('key', 't.element_key'),
      processInstanceKey: field('key', 't.instance_key'),
      processDefinitionId: field('string', 't.process_id'),
      processDefinitionKey: field('key', 't.definition_key'),
      processDefinitionVersion: field('int', 't.version', 'shown'),
      processName: field(
        'string',
        `(SELECT d.name FROM process_definition d WHERE d.key = t.definition_key)`,
        'shown',
      ),
      rootProcessInstanceKey: root,
    },
  },
  decisionInstances: {
    table: 'decision_instance',
    key: 'decisionEvaluationInstanceKey',
    fields: {
      decisionEvaluationInstanceKey: field('string', `(t.evaluation_key || '-' || t.place)`),
      decisionEvaluationKey: field('key', 't.evaluation_key'),
      state: field('string', 't.state'),
      evaluationDate: field('date', 't.evaluation_date'),
      evaluationFailure: field('string', 't.evaluation_failure'),
      decisionDefinitionId: field('string', 't.decision_id'),
      decisionDefinitionKey: field('key', 't.decision_key'),
      decisionDefinitionName: field('string', 't.decision_name'),
      decisionDefinitionVersion: field('int', 't.decision_version'),
      decisionDefinitionType: field('string', 't.decision_type'),
      rootDecisionDefinitionKey: field('key', 't.root_decision_key'),
      decisionRequirementsKey: field('key', 't.requirements_key'),
      elementInstanceKey: field('key', 't.element_key'),
      processInstanceKey: field('key', 't.instance_key'),
      processDefinitionKey: field('key', 't.definition_key'),
      rootProcessInstanceKey: root,
      result: field('string', 't.result', 'shown'),
      evaluatedInputs: field('string', 't.inputs', 'shown'),
      matchedRules: field('string', 't.rules', 'shown'),
    },
  },
  timers: {
    table: 'timer',
    key: 'timerKey',
    fields: {
      timerKey: field('key', 't.key'),
      dueDate: field('date', 't.due_date'),
      repetitions: field('int', 't.repetitions'),
      state: field('string', 't.state'),
      elementId: field('string', 't.element_id'),
      elementInstanceKey: field('key', 't.element_key'),
      processInstanceKey: field('key', 't.instance_key'),
      processDefinitionKey: field('key', 't.definition_key'),
    },
  },
} as const satisfies Record<string, CollectionSpec>;

export type CollectionName = keyof typeof COLLECTIONS;

export function collection(name: CollectionName): CollectionSpec {
  return COLLECTIONS[name];
}
