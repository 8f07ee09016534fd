import {
  type COLLECTIONS,
  type CollectionName,
  collection,
  type Rendered,
  type Row,
} from '../../history/index.ts';
import { RawJson } from '../json.ts';

/** A row as JSON; members of the type `json` stand as exact texts. */
export type RenderedRow<Name extends CollectionName, One extends boolean = false> = Rendered<
  (typeof COLLECTIONS)[Name],
  One
>;

/** Rows of the read model as REST shows them: keys as strings, times as ISO 8601 in UTC. */
export function renderRow<Name extends CollectionName>(name: Name, row: Row): RenderedRow<Name> {
  return render(name, row, false) as RenderedRow<Name>;
}

/** The one entity that was asked for, with what only it shows. */
export function renderOne<Name extends CollectionName>(name: Name, row: Row): RenderedRow<Name, true> {
  return render(name, row, true) as RenderedRow<Name, true>;
}

function render(name: CollectionName, row: Row, one: boolean): Record<string, unknown> {
  const item: Record<string, unknown> = {};
  for (const [field, { type, shown, absent = null }] of Object.entries(collection(name).fields)) {
    if (shown === 'never' || (shown === 'single' && !one)) continue;
    const value = row[field] ?? null;
    if (value === null) item[field] = absent;
    else if (type === 'key') item[field] = String(value);
    else if (type === 'date') item[field] = new Date(Number(value)).toISOString();
    else if (type === 'bool') item[field] = Number(value) === 1;
    else if (type === 'json') item[field] = new RawJson(String(value));
    else item[field] = value;
  }
  return item;
}
