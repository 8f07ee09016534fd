import type { DatabaseSync } from 'node:sqlite';
import { find, type Row, type SearchQuery, type SearchResult, search } from './search.ts';

/** An instance in a list: its row and where it stands now. */
export interface InstanceSummary {
  readonly instance: Row;
  /** Elements that are active now (not their enclosing sub-processes alone), each once. */
  readonly standsAt: readonly {
    readonly elementId: string;
    readonly elementName: string | null;
    readonly count: number;
  }[];
  readonly incidents: number;
}

export interface InstancePage extends Omit<SearchResult, 'items'> {
  readonly items: readonly InstanceSummary[];
}

/** All that the page of one instance shows. Lists are cut at {@link VIEW_LIMIT}; `cut` names those that were. */
export interface InstanceView {
  readonly instance: Row;
  readonly elements: readonly Row[];
  readonly flows: readonly { readonly elementId: string; readonly count: number }[];
  readonly variables: readonly Row[];
  readonly jobs: readonly Row[];
  readonly incidents: readonly Row[];
  readonly subscriptions: readonly Row[];
  readonly timers: readonly Row[];
  readonly called: readonly Row[];
  readonly cut: readonly string[];
}

export interface ElementStatistics {
  readonly elementId: string;
  readonly active: number;
  readonly completed: number;
  readonly canceled: number;
  readonly incidents: number;
}

export interface DefinitionOverview {
  readonly definition: Row;
  readonly active: number;
  readonly completed: number;
  readonly canceled: number;
  /** Instances with an open incident. */
  readonly withIncident: number;
}

/** Rows of one kind that the page of an instance shows at most. */
export const VIEW_LIMIT = 1000;
const PLACES_LIMIT = 5;

export function instancePage(database: DatabaseSync, query: SearchQuery): InstancePage {
  const page = search(database, { ...query, collection: 'processInstances' });
  // Only leaves: a scope that is active because something in it is active says nothing new. An ad-hoc subprocess is
  // active without, too.
  const places = database.prepare(
    `SELECT e.element_id AS elementId, count(*) AS count,
            (SELECT d.element_names ->> e.element_id FROM process_definition d WHERE d.key = e.definition_key) AS elementName
     FROM element_instance e WHERE e.instance_key = ? AND e.end_date IS NULL
       AND e.type NOT IN ('SUB_PROCESS', 'EVENT_SUB_PROCESS', 'AD_HOC_SUB_PROCESS_INNER_INSTANCE', 'MULTI_INSTANCE_BODY')
       AND (e.type <> 'AD_HOC_SUB_PROCESS' OR NOT EXISTS (
         SELECT 1 FROM element_instance i
         WHERE i.instance_key = e.instance_key AND i.scope_key = e.key AND i.end_date IS NULL))
     GROUP BY e.element_id ORDER BY min(e.key) LIMIT ${PLACES_LIMIT}`,
  );
  const incidents = database.prepare(
    `SELECT count(*) AS n FROM incident WHERE instance_key = ? AND state = 'ACTIVE'`,
  );
  return {
    ...page,
    items: page.items.map((instance) => {
      const key = Number(instance['processInstanceKey']);
      return {
        instance,
        standsAt: places.all(key).map((row) => ({
          elementId: String(row['elementId']),
          elementName: row['elementName'] === null ? null : String(row['elementName']),
          count: Number(row['count']),
        })),
        incidents: Number(incidents.get(key)?.['n'] ?? 0),
      };
    }),
  };
}

export function instanceView(database: DatabaseSync, key: number): InstanceView | undefined {
  const instance = find(database, 'processInstances', key);
  if (instance === undefined) return undefined;
  const cut: string[] = [];
  const list = (
    collection: SearchQuery['collection'],
    field = 'processInstanceKey',
    order: 'ASC' | 'DESC' = 'ASC',
  ) => {
    const result = search(database, {
      collection,
      where: [{ kind: 'compare', field, operator: 'eq', value: key }],
      sort: order === 'ASC' ? [] : [{ field: 'incidentKey', order }],
      page: { kind: 'from', from: 0, limit: VIEW_LIMIT },
    });
    if (result.totalItems > result.items.length) cut.push(collection);
    return result.items;
  };
  const flows = database
    .prepare('SELECT element_id AS elementId, count FROM sequence_flow WHERE instance_key = ? LIMIT 10000')
    .all(key);
  return {
    instance,
    elements: list('elementInstances'),
    flows: flows.map((row) => ({ elementId: String(row['elementId']), count: Number(row['count']) })),
    variables: list('variables'),
    jobs: list('jobs'),
    incidents: list('incidents', 'processInstanceKey', 'DESC'),
    subscriptions: list('messageSubscriptions'),
    timers: list('timers'),
    called: list('processInstances', 'parentProcessInstanceKey'),
    cut,
  };
}

/** Counts by element of one definition, sequence flows included; only elements that were ever reached. */
export function elementStatistics(database: DatabaseSync, definitionKey: number): ElementStatistics[] {
  const incidents = new Map<string, number>();
  for (const row of database
    .prepare(
      `SELECT element_id AS elementId, count(DISTINCT instance_key) AS n FROM incident
       WHERE state = 'ACTIVE' AND definition_key = ? GROUP BY element_id`,
    )
    .all(definitionKey)) {
    incidents.set(String(row['elementId']), Number(row['n']));
  }
  return database
    .prepare(
      `SELECT element_id AS elementId, max(active, 0) AS active, completed, canceled FROM element_count
       WHERE definition_key = ? ORDER BY element_id`,
    )
    .all(definitionKey)
    .map((row) => ({
      elementId: String(row['elementId']),
      active: Number(row['active']),
      completed: Number(row['completed']),
      canceled: Number(row['canceled']),
      incidents: incidents.get(String(row['elementId'])) ?? 0,
    }));
}

/** All deployed definitions, newest version of each process first within it, with how their instances fare. */
export function definitionOverviews(database: DatabaseSync): DefinitionOverview[] {
  const counts = database.prepare(
    `SELECT max(c.active, 0) AS active, c.completed, c.canceled FROM element_count c
     WHERE c.definition_key = ? AND c.element_id = ?`,
  );
  const incidents = database.prepare(
    `SELECT count(DISTINCT instance_key) AS n FROM incident WHERE state = 'ACTIVE' AND definition_key = ?`,
  );
  const definitions = search(database, {
    collection: 'processDefinitions',
    where: [{ kind: 'compare', field: 'state', operator: 'eq', value: 'ACTIVE' }],
    sort: [
      { field: 'processDefinitionId', order: 'ASC' },
      { field: 'version', order: 'DESC' },
    ],
    page: { kind: 'from', from: 0, limit: VIEW_LIMIT },
  });
  return definitions.items.map((definition) => {
    const key = Number(definition['processDefinitionKey']);
    const row = counts.get(key, String(definition['processDefinitionId']));
    return {
      definition,
      active: Number(row?.['active'] ?? 0),
      completed: Number(row?.['completed'] ?? 0),
      canceled: Number(row?.['canceled'] ?? 0),
      withIncident: Number(incidents.get(key)?.['n'] ?? 0),
    };
  });
}
