import { type CollectionSpec, field, NULLABLE, ONLY_SEARCHED, tenantId } from './spec.ts';

/** All that was deployed and is not deleted, by the key of what it holds. */
export const resources = {
  table: `(
    SELECT key, process_id AS id, resource_name, version, version_tag, xml AS content FROM process_definition
      WHERE state <> 'DELETED'
    UNION ALL SELECT key, requirements_id, resource_name, version, NULL, xml FROM decision_requirements
      WHERE state <> 'DELETED'
    UNION ALL SELECT key, form_id, resource_name, version, NULL, resource FROM form WHERE state <> 'DELETED')`,
  key: 'resourceKey',
  rest: { path: 'resources', entity: 'Resource', search: false, get: true },
  fields: {
    resourceName: field('string', 't.resource_name'),
    version: field('int', 't.version'),
    versionTag: field('string', `nullif(t.version_tag, '')`, NULLABLE),
    resourceId: field('string', 't.id'),
    tenantId,
    resourceKey: field('key', 't.key'),
    content: field('string', 't.content', { ...ONLY_SEARCHED, filter: false }),
  },
} as const satisfies CollectionSpec;
