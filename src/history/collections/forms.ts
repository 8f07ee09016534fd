import type { LogRecord } from '../../engine/records/log.ts';
import { type CollectionSpec, field, ONLY_SEARCHED, type RowSink, type TableSpec, tenantId } from './spec.ts';

export const FORM_TABLE = {
  name: 'form',
  columns: {
    form_id: 'TEXT',
    version: 'INTEGER',
    resource_name: 'TEXT',
    resource: 'TEXT',
    state: 'TEXT',
  },
  indexes: ['form_id ON form (form_id, version)'],
} as const satisfies TableSpec;

export const forms = {
  table: FORM_TABLE.name,
  key: 'formKey',
  rest: { path: 'forms', entity: 'Form', search: false, get: true },
  where: `t.state = 'ACTIVE'`,
  fields: {
    tenantId,
    formId: field('string', 't.form_id'),
    schema: field('string', 't.resource'),
    version: field('int', 't.version'),
    formKey: field('key', 't.key'),
    isLatestVersion: field(
      'bool',
      `(t.version = (SELECT max(o.version) FROM form o WHERE o.form_id = t.form_id AND o.state = 'ACTIVE'))`,
      ONLY_SEARCHED,
    ),
  },
} as const satisfies CollectionSpec;

export function projectForm(record: Extract<LogRecord, { valueType: 'FORM' }>, rows: RowSink): void {
  const { value } = record;
  rows.put(FORM_TABLE.name, value.formKey, {
    form_id: value.formId,
    version: value.version,
    resource_name: value.resourceName,
    resource: value.resource,
    state: record.intent === 'DELETED' ? 'DELETED' : 'ACTIVE',
  });
}
