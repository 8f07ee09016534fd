import { type CollectionName, collection, type Row } from '../../history/index.ts';

/** Rows of the read model as REST shows them: keys as strings, times as ISO 8601 in UTC. */
export function renderRow(name: CollectionName, row: Row): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  for (const [field, { type }] of Object.entries(collection(name).fields)) {
    const value = row[field] ?? null;
    if (value === null) item[field] = null;
    else if (type === 'key') item[field] = String(value);
    else if (type === 'date') item[field] = new Date(Number(value)).toISOString();
    else if (type === 'bool') item[field] = value === 1;
    else item[field] = value;
  }
  return item;
}
