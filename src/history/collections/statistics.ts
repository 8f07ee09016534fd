import { incidents } from './incidents.ts';
import { jobs } from './jobs.ts';
import { messageSubscriptions } from './message-subscriptions.ts';
import { processInstances } from './process-instances.ts';
import { type CollectionSpec, DEFINITION_NAME, field, NULLABLE, ONLY_SEARCHED, tenantId } from './spec.ts';

/** Statistics that are groups of rows. Their filters narrow the rows before they are grouped, if not said otherwise. */

const HAS_INCIDENT = processInstances.fields.hasIncident.sql;

const ACTIVE_COUNTS = {
  with_incident: `sum(${HAS_INCIDENT})`,
  without_incident: `sum(NOT ${HAS_INCIDENT})`,
};

/** Running instances by process. */
export const definitionInstanceStatistics = {
  table: '',
  groups: {
    of: { ...processInstances, where: `t.state = 'ACTIVE'` },
    columns: { process_id: 't.process_id', versions: 'count(DISTINCT t.version)', ...ACTIVE_COUNTS },
    by: ['t.process_id'],
  },
  key: 'processDefinitionId',
  fields: {
    processDefinitionId: field('string', 't.process_id'),
    tenantId: { ...tenantId, sort: false },
    latestProcessDefinitionName: field(
      'string',
      `(SELECT d.name FROM process_definition d WHERE d.process_id = t.process_id ORDER BY d.version DESC LIMIT 1)`,
      { nullable: true, sort: false },
    ),
    hasMultipleVersions: field('bool', '(t.versions > 1)', { sort: false }),
    activeInstancesWithoutIncidentCount: field('int', 't.without_incident'),
    activeInstancesWithIncidentCount: field('int', 't.with_incident'),
  },
} as const satisfies CollectionSpec;

/** Running instances by version of a process. */
export const versionInstanceStatistics = {
  table: '',
  groups: {
    of: { ...processInstances, where: `t.state = 'ACTIVE'` },
    columns: {
      process_id: 't.process_id',
      definition_key: 't.definition_key',
      version: 't.version',
      ...ACTIVE_COUNTS,
    },
    by: ['t.definition_key'],
  },
  key: 'processDefinitionKey',
  fields: {
    processDefinitionId: field('string', 't.process_id'),
    processDefinitionKey: field('key', 't.definition_key'),
    processDefinitionName: field('string', DEFINITION_NAME, NULLABLE),
    processDefinitionVersion: field('int', 't.version'),
    tenantId: { ...tenantId, sort: false },
    activeInstancesWithIncidentCount: field('int', 't.with_incident'),
    activeInstancesWithoutIncidentCount: field('int', 't.without_incident'),
  },
} as const satisfies CollectionSpec;

/** Open message subscriptions by definition. */
export const subscriptionStatistics = {
  table: '',
  groups: {
    of: { ...messageSubscriptions, where: `t.state = 'CREATED'` },
    columns: {
      process_id: 't.process_id',
      definition_key: 't.definition_key',
      instances: 'count(DISTINCT t.instance_key)',
      subscriptions: 'count(*)',
    },
    by: ['t.definition_key'],
  },
  key: 'processDefinitionKey',
  fields: {
    processDefinitionId: field('string', 't.process_id'),
    tenantId,
    processDefinitionKey: field('key', 't.definition_key'),
    processInstancesWithActiveSubscriptions: field('int', 't.instances'),
    activeSubscriptions: field('int', 't.subscriptions'),
  },
} as const satisfies CollectionSpec;

const OPEN_INCIDENTS = { ...incidents, where: `t.state = 'ACTIVE'` };

/** Instances with an open incident, by its message. */
export const incidentErrorStatistics = {
  table: '',
  groups: {
    of: OPEN_INCIDENTS,
    columns: {
      hash: 't.error_hash',
      message: 't.error_message',
      instances: 'count(DISTINCT t.instance_key)',
    },
    by: ['t.error_message'],
  },
  key: 'errorMessage',
  fields: {
    errorHashCode: field('int', 't.hash', { sort: false }),
    errorMessage: field('string', 't.message'),
    activeInstancesWithErrorCount: field('int', 't.instances'),
  },
} as const satisfies CollectionSpec;

/** Instances with an open incident of one message, by definition. */
export const incidentDefinitionStatistics = {
  table: '',
  groups: {
    of: OPEN_INCIDENTS,
    columns: {
      process_id: 't.process_id',
      definition_key: 't.definition_key',
      instances: 'count(DISTINCT t.instance_key)',
    },
    by: ['t.definition_key'],
  },
  key: 'processDefinitionKey',
  fields: {
    processDefinitionId: field('string', 't.process_id', { sort: false }),
    processDefinitionKey: field('key', 't.definition_key'),
    processDefinitionName: field('string', `coalesce(${DEFINITION_NAME}, t.process_id)`, { sort: false }),
    processDefinitionVersion: field(
      'int',
      '(SELECT d.version FROM process_definition d WHERE d.key = t.definition_key)',
      { sort: false },
    ),
    tenantId,
    activeInstancesWithErrorCount: field('int', 't.instances'),
  },
} as const satisfies CollectionSpec;

/** Errors of the jobs of one type. */
export const jobErrorStatistics = {
  table: '',
  groups: {
    of: { ...jobs, where: `(t.error_code <> '' OR t.error_message <> '')` },
    columns: {
      code: `coalesce(t.error_code, '')`,
      message: `coalesce(t.error_message, '')`,
      workers: `count(DISTINCT nullif(t.worker, ''))`,
    },
    by: [`coalesce(t.error_code, '')`, `coalesce(t.error_message, '')`],
  },
  key: 'place',
  fields: {
    errorCode: field('string', 't.code'),
    errorMessage: field('string', 't.message'),
    workers: field('int', 't.workers'),
    place: field('string', `(t.code || char(0) || t.message)`, { ...ONLY_SEARCHED, filter: false }),
  },
} as const satisfies CollectionSpec;
