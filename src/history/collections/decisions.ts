import type { LogRecord } from '../../engine/records/log.ts';
import {
  type CollectionSpec,
  field,
  ONLY_SEARCHED,
  type RowSink,
  type TableSpec,
  tenantId,
  UNSORTED,
} from './spec.ts';

export const DECISION_TABLE = {
  name: 'decision_definition',
  columns: {
    decision_id: 'TEXT',
    name: 'TEXT',
    version: 'INTEGER',
    version_tag: 'TEXT',
    requirements_id: 'TEXT',
    requirements_key: 'INTEGER',
    state: 'TEXT',
  },
  indexes: ['decision_definition_id ON decision_definition (decision_id, version)'],
} as const satisfies TableSpec;

export const DECISION_REQUIREMENTS_TABLE = {
  name: 'decision_requirements',
  columns: {
    requirements_id: 'TEXT',
    name: 'TEXT',
    version: 'INTEGER',
    resource_name: 'TEXT',
    xml: 'TEXT',
    state: 'TEXT',
  },
  indexes: [],
} as const satisfies TableSpec;

export const decisionDefinitions = {
  table: DECISION_TABLE.name,
  key: 'decisionDefinitionKey',
  where: `t.state = 'ACTIVE'`,
  rest: { path: 'decision-definitions', entity: 'Decision Definition', search: true, get: true },
  fields: {
    decisionDefinitionKey: field('key', 't.key'),
    decisionDefinitionId: field('string', 't.decision_id'),
    name: field('string', 't.name'),
    version: field('int', 't.version'),
    decisionRequirementsId: field('string', 't.requirements_id'),
    decisionRequirementsKey: field('key', 't.requirements_key'),
    decisionRequirementsName: field(
      'string',
      '(SELECT r.name FROM decision_requirements r WHERE r.key = t.requirements_key)',
    ),
    decisionRequirementsVersion: field(
      'int',
      '(SELECT r.version FROM decision_requirements r WHERE r.key = t.requirements_key)',
    ),
    tenantId,
    isLatestVersion: field(
      'bool',
      `(t.version = (SELECT max(o.version) FROM decision_definition o
         WHERE o.decision_id = t.decision_id AND o.state = 'ACTIVE'))`,
      ONLY_SEARCHED,
    ),
  },
} as const satisfies CollectionSpec;

export const decisionRequirements = {
  table: DECISION_REQUIREMENTS_TABLE.name,
  key: 'decisionRequirementsKey',
  where: `t.state = 'ACTIVE'`,
  rest: { path: 'decision-requirements', entity: 'Decision Requirements', search: true, get: true },
  fields: {
    decisionRequirementsKey: field('key', 't.key'),
    decisionRequirementsName: field('string', 't.name'),
    version: field('int', 't.version'),
    decisionRequirementsId: field('string', 't.requirements_id'),
    tenantId,
    resourceName: field('string', 't.resource_name', UNSORTED),
  },
} as const satisfies CollectionSpec;

type DecisionRecord = Extract<LogRecord, { valueType: 'DECISION' | 'DECISION_REQUIREMENTS' }>;

export function projectDecision(record: DecisionRecord, rows: RowSink): void {
  const state = record.intent === 'DELETED' ? 'DELETED' : 'ACTIVE';
  if (record.valueType === 'DECISION') {
    const { value } = record;
    rows.put(DECISION_TABLE.name, value.decisionKey, {
      decision_id: value.decisionId,
      name: value.decisionName,
      version: value.version,
      version_tag: value.versionTag,
      requirements_id: value.decisionRequirementsId,
      requirements_key: value.decisionRequirementsKey,
      state,
    });
    return;
  }
  const { value } = record;
  rows.put(DECISION_REQUIREMENTS_TABLE.name, value.decisionRequirementsKey, {
    requirements_id: value.decisionRequirementsId,
    name: value.decisionRequirementsName,
    version: value.decisionRequirementsVersion,
    resource_name: value.resourceName,
    xml: value.resource,
    state,
  });
}
