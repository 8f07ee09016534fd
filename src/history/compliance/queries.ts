import type { DatabaseSync } from 'node:sqlite';
import type { Verdict } from '../../compliance/index.ts';
import { dayOf } from './tables.ts';

/** Epoch ms, both ends included; counts are kept by UTC day, so a range covers the whole days that it touches. */
export interface TimeRange {
  readonly from?: number;
  readonly to?: number;
}

export interface ComplianceFilter extends TimeRange {
  readonly processId?: string;
  readonly version?: number;
}

export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** How one process, or one version of it, did. */
export interface ComplianceFigures {
  readonly processId: string;
  readonly version: number;
  /** Instances that ended within the range. */
  readonly judged: number;
  /** Those of them without any deviation. */
  readonly conforming: number;
  readonly counts: VerdictCounts;
}

export interface PlaceFigures {
  readonly version: number;
  readonly elementId: string;
  readonly eventType: string;
  readonly counts: VerdictCounts;
}

export interface DeviationQuery extends ComplianceFilter {
  readonly processId: string;
  readonly verdict?: Verdict;
  readonly limit: number;
  /** Only deviations that were found before the one with this id. */
  readonly before?: number;
}

export interface DeviationRow {
  readonly id: number;
  readonly processInstanceKey: number;
  readonly processDefinitionKey: number;
  readonly version: number;
  readonly businessKey: string | null;
  readonly eventSequence: number | null;
  readonly eventType: string;
  readonly verdict: Verdict;
  readonly elementId: string;
  readonly time: number;
  readonly reason: string;
}

export interface DeviationPage {
  /** The newest first. */
  readonly items: readonly DeviationRow[];
  /** `before` of the next page; absent on the last one. */
  readonly next?: number;
}

/** Figures of each version of each process that awaits or sends events, also of those that nothing happened to. */
export function complianceFigures(database: DatabaseSync, filter: ComplianceFilter): ComplianceFigures[] {
  const { where, values } = modelsWhere(filter);
  const days = dayRange(filter);
  const counts = new Map<number, Record<Verdict, number>>();
  for (const row of database
    .prepare(
      `SELECT c.definition_key, c.verdict, sum(c.count) AS count FROM compliance_count c
         JOIN compliance_model m ON m.definition_key = c.definition_key
        WHERE ${where} AND c.day BETWEEN ? AND ? GROUP BY c.definition_key, c.verdict`,
    )
    .all(...values, ...days)) {
    const key = Number(row['definition_key']);
    const known = counts.get(key) ?? noCounts();
    counts.set(key, known);
    known[row['verdict'] as Verdict] = Number(row['count']);
  }
  return database
    .prepare(
      `SELECT m.definition_key, m.process_id, m.version, coalesce(sum(d.judged), 0) AS judged,
              coalesce(sum(d.conforming), 0) AS conforming
         FROM compliance_model m
         LEFT JOIN compliance_day d ON d.definition_key = m.definition_key AND d.day BETWEEN ? AND ?
        WHERE ${where} GROUP BY m.definition_key ORDER BY m.process_id, m.version`,
    )
    .all(...days, ...values)
    .map((row) => ({
      processId: String(row['process_id']),
      version: Number(row['version']),
      judged: Number(row['judged']),
      conforming: Number(row['conforming']),
      counts: counts.get(Number(row['definition_key'])) ?? noCounts(),
    }));
}

/** Counts of each place and event type of a process. */
export function compliancePlaces(
  database: DatabaseSync,
  filter: ComplianceFilter & { readonly processId: string },
): PlaceFigures[] {
  const { where, values } = modelsWhere(filter);
  const places = new Map<string, PlaceFigures & { readonly counts: Record<Verdict, number> }>();
  for (const row of database
    .prepare(
      `SELECT m.version, c.element_id, c.event_type, c.verdict, sum(c.count) AS count
         FROM compliance_count c JOIN compliance_model m ON m.definition_key = c.definition_key
        WHERE ${where} AND c.day BETWEEN ? AND ?
        GROUP BY m.version, c.element_id, c.event_type, c.verdict`,
    )
    .all(...values, ...dayRange(filter))) {
    const version = Number(row['version']);
    const elementId = String(row['element_id']);
    const eventType = String(row['event_type']);
    const id = JSON.stringify([version, elementId, eventType]);
    const place = places.get(id) ?? { version, elementId, eventType, counts: noCounts() };
    places.set(id, place);
    place.counts[row['verdict'] as Verdict] = Number(row['count']);
  }
  return [...places.values()];
}

/** Deviations of a process, the newest first. */
export function complianceDeviations(database: DatabaseSync, query: DeviationQuery): DeviationPage {
  const { where, values } = modelsWhere(query);
  const { verdict, from = 0, to = Number.MAX_SAFE_INTEGER, limit, before = Number.MAX_SAFE_INTEGER } = query;
  const rows = database
    .prepare(
      `SELECT v.*, m.version, i.business_key FROM compliance_deviation v
         JOIN compliance_model m ON m.definition_key = v.definition_key
         LEFT JOIN compliance_instance i ON i.key = v.instance_key
        WHERE ${where} AND v.id < ? AND v.time BETWEEN ? AND ? AND v.verdict = coalesce(?, v.verdict)
        ORDER BY v.id DESC LIMIT ?`,
    )
    .all(...values, before, from, to, verdict ?? null, limit + 1);
  const items = rows.slice(0, limit).map(deviationOf);
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last && { next: last.id }) };
}

export function deviationOf(row: Record<string, unknown>): DeviationRow {
  return {
    id: Number(row['id']),
    processInstanceKey: Number(row['instance_key']),
    processDefinitionKey: Number(row['definition_key']),
    version: Number(row['version']),
    businessKey: row['business_key'] === null ? null : String(row['business_key']),
    eventSequence: row['sequence'] === null ? null : Number(row['sequence']),
    eventType: String(row['event_type']),
    verdict: row['verdict'] as Verdict,
    elementId: String(row['element_id']),
    time: Number(row['time']),
    reason: String(row['reason']),
  };
}

function noCounts(): Record<Verdict, number> {
  return { expected: 0, early: 0, late: 0, unexpected: 0, missing: 0 };
}

function modelsWhere({ processId, version }: ComplianceFilter): {
  readonly where: string;
  readonly values: readonly (string | number)[];
} {
  const parts = [
    ...(processId === undefined ? [] : [['m.process_id = ?', processId] as const]),
    ...(version === undefined ? [] : [['m.version = ?', version] as const]),
  ];
  return {
    where: parts.map(([sql]) => sql).join(' AND ') || 'true',
    values: parts.map(([, value]) => value),
  };
}

function dayRange({ from, to }: TimeRange): [number, number] {
  return [from === undefined ? 0 : dayOf(from), to === undefined ? Number.MAX_SAFE_INTEGER : dayOf(to)];
}
