import type { Database, SqlValue } from '../store/database.ts';
import { fateHash, identityHash, termHash } from './event-hash.ts';
import { findInRun } from './event-index.ts';
import type { EventPage, EventQuery, EventSummary } from './event-query.ts';
import { kindCondition, kindValues } from './fate-kinds.ts';
import type { FateEntry } from './logged-event.ts';
import { RUN_LENGTH } from './young-events.ts';

interface SummaryRow {
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject: string | null;
  readonly correlation_key: string | null;
  readonly correlation_id: string | null;
  readonly received: number;
  readonly fates: string | null;
  readonly fate: string | null;
}

const COLUMNS = `sequence, source, id, type, subject, correlation_key, correlation_id, received, fates,
  (SELECT fate FROM event_fate WHERE event_fate.sequence = event.sequence ORDER BY number DESC LIMIT 1) AS fate`;
const CONDITIONS = [
  ['type', 'type = ?'],
  ['source', 'source = ?'],
  ['id', 'id = ?'],
  ['subject', 'subject = ?'],
  ['correlationKey', 'correlation_key = ?'],
  ['correlationId', 'correlation_id = ?'],
  ['cause', 'cause = ?'],
] as const;
/** Events looked at in one go where no index helps, and in one query. */
const PORTION = 5000;
const MOST_LOOKED_AT = 200_000;

/**
 * Events that match, the newest first unless `after` is given. From any connection to the data folder. Where no index
 * helps it looks at a bounded number of events and lets others work in between; the page says where to go on.
 */
export async function searchEvents(db: Database, query: EventQuery): Promise<EventPage> {
  const where = conditionsOf(query);
  const { low, high } = boundsOf(db, query);
  if (query.after !== undefined) return searchUpwards(db, query, where, { low, high });
  const hash = hashOf(query);
  if (hash !== undefined) return searchByHash(db, query, where, { low, high }, hash);
  if (query.data === undefined && query.fates !== undefined)
    return searchByKinds(db, query, where, { low, high });
  if (query.data === undefined) return pageOf(select(db, where, low, high, query.limit), query.limit);
  const found: SummaryRow[] = [];
  for (let above = high; above > low; above -= PORTION) {
    const from = Math.max(low, above - PORTION);
    if (high - above >= MOST_LOOKED_AT) return { items: found.map(summaryOf), next: above + 1 };
    found.push(...select(db, where, from, above, query.limit - found.length));
    if (found.length === query.limit) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return pageOf(found, query.limit);
}

/** For those who follow the log: they ask for what is young, so no index is needed. */
async function searchUpwards(
  db: Database,
  { after = 0, limit }: EventQuery,
  where: Where,
  { low, high }: Bounds,
): Promise<EventPage> {
  const found: SummaryRow[] = [];
  let seen = low;
  while (seen < high && seen - low < MOST_LOOKED_AT) {
    const to = Math.min(high, seen + PORTION);
    found.push(...select(db, where, seen, to, limit - found.length, 'ASC'));
    seen = found.length === limit ? (found.at(-1)?.sequence ?? to) : to;
    if (found.length === limit) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { items: found.map(summaryOf), next: Math.max(after, seen) };
}

interface Where {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Sequences above `low`, up to and with `high`. */
interface Bounds {
  readonly low: number;
  readonly high: number;
}

function conditionsOf(query: EventQuery): Where {
  const used = CONDITIONS.filter(([name]) => query[name] !== undefined);
  const sql = used.map(([, condition]) => ` AND ${condition}`);
  const values: SqlValue[] = used.map(([name]) => query[name] ?? null);
  for (const [path, text] of query.data ?? []) {
    sql.push(
      ' AND CASE WHEN data IS NOT NULL AND json_valid(CAST(data AS TEXT)) THEN CAST(data AS TEXT) -> ? IN (?, ?) END',
    );
    values.push(`$.${path}`, text, JSON.stringify(text));
  }
  if (query.fates !== undefined) {
    sql.push(` AND (${query.fates.map(kindCondition).join(' OR ')})`);
    values.push(...query.fates.flatMap(kindValues));
  }
  return { sql: sql.join(''), values };
}

/** By the indexes of kinds of fates, so that a rare one is found at once in a long log. */
async function searchByKinds(
  db: Database,
  query: EventQuery,
  where: Where,
  { low, high }: Bounds,
): Promise<EventPage> {
  const found = new Map<number, SummaryRow>();
  let looked = low;
  for (const kind of query.fates ?? []) {
    for (const row of selectKind(db, where, kind, low, high, query.limit)) found.set(row.sequence, row);
    const { rows, down } = await rowsByHash(db, query.limit, where, { low, high }, fateHash(kind));
    for (const row of rows) found.set(row.sequence, row);
    looked = Math.max(looked, down);
  }
  // Below where the search of one kind stopped, another may have found what is not next yet.
  const newest = [...found.values()].filter(({ sequence }) => sequence > looked);
  newest.sort((one, other) => other.sequence - one.sequence);
  return pageOf(newest.slice(0, query.limit), query.limit, looked > low ? looked + 1 : undefined);
}

/** Of what became of events after their own transaction. */
function selectKind(
  db: Database,
  where: Where,
  kind: string,
  low: number,
  high: number,
  limit: number,
): SummaryRow[] {
  return db.all<SummaryRow>(
    `SELECT ${COLUMNS}
      FROM (SELECT sequence AS place FROM event_fate_kind WHERE kind = ? AND sequence > ? AND sequence <= ?)
      CROSS JOIN event
      WHERE event.sequence = place${where.sql} ORDER BY place DESC LIMIT ?`,
    kind,
    low,
    high,
    ...where.values,
    limit,
  );
}

function select(
  db: Database,
  where: Where,
  low: number,
  high: number,
  limit: number,
  order: 'ASC' | 'DESC' = 'DESC',
): SummaryRow[] {
  return db.all<SummaryRow>(
    `SELECT ${COLUMNS} FROM event WHERE sequence > ? AND sequence <= ?${where.sql} ORDER BY sequence ${order} LIMIT ?`,
    low,
    high,
    ...where.values,
    limit,
  );
}

/** Times ascend with the sequence, so those of a span of time are found by halving. */
function boundsOf(db: Database, { from, to, before, after = 0 }: EventQuery): Bounds {
  const last = db.get<{ last: number | null }>('SELECT max(sequence) AS last FROM event')?.last ?? 0;
  const low = Math.max(after, from === undefined ? 0 : lastBefore(db, last, from));
  const high = to === undefined ? last : lastBefore(db, last, to + 1);
  return { low, high: Math.min(high, (before ?? last + 1) - 1) };
}

/** Sequence of the last event received before a time; 0 if there is none. */
function lastBefore(db: Database, last: number, time: number): number {
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const row = db.get<{ sequence: number; received: number }>(
      'SELECT sequence, received FROM event WHERE sequence <= ? ORDER BY sequence DESC LIMIT 1',
      middle,
    );
    if (!row || row.received < time) low = middle;
    else high = row.sequence - 1;
  }
  return low;
}

/** Of the condition that most likely names the fewest events. */
function hashOf({
  source,
  id,
  subject,
  correlationKey,
  correlationId,
  type,
}: EventQuery): number | undefined {
  if (source !== undefined && id !== undefined) return identityHash(source, id);
  const text = id ?? correlationId ?? correlationKey ?? subject ?? source ?? type;
  return text === undefined ? undefined : termHash(text);
}

async function searchByHash(
  db: Database,
  { limit }: EventQuery,
  where: Where,
  bounds: Bounds,
  hash: number,
): Promise<EventPage> {
  const { rows, down } = await rowsByHash(db, limit, where, bounds, hash);
  return pageOf(rows, limit, down > bounds.low ? down + 1 : undefined);
}

/** The newest rows with a hash, and how far `down` it was looked for more: above that sequence there are no others. */
async function rowsByHash(
  db: Database,
  limit: number,
  where: Where,
  { low, high }: Bounds,
  hash: number,
): Promise<{ readonly rows: SummaryRow[]; readonly down: number }> {
  const runs = db.all<{ first: number; last: number }>(
    'SELECT first, last FROM event_run ORDER BY first DESC',
  );
  const young = Math.max(low, runs[0]?.last ?? 0);
  const rows = select(db, where, young, high, limit);
  let looked = 0;
  for (const { first } of runs) {
    if (rows.length === limit || first + RUN_LENGTH <= low) break;
    if (first > high) continue;
    for (const sequence of findInRun(db, first, hash)) {
      if (rows.length === limit) break;
      if (sequence <= low || sequence > high) continue;
      if (looked === MOST_LOOKED_AT) return { rows, down: sequence };
      rows.push(...select(db, where, sequence - 1, sequence, 1));
      looked += 1;
      if (looked % PORTION === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { rows, down: rows.length === limit ? (rows.at(-1)?.sequence ?? 1) - 1 : low };
}

/** @param rest where to go on though the page is not full, if not everything was looked at */
function pageOf(rows: readonly SummaryRow[], limit: number, rest?: number): EventPage {
  const next = rows.length === limit ? rows.at(-1)?.sequence : rest;
  return { items: rows.map(summaryOf), ...(next !== undefined && { next }) };
}

function summaryOf(row: SummaryRow): EventSummary {
  const { subject, correlation_key, correlation_id, fates, fate, ...rest } = row;
  const first = fates === null ? undefined : (JSON.parse(fates) as FateEntry[]).at(-1);
  const last = fate === null ? first : (JSON.parse(fate) as FateEntry);
  return {
    ...rest,
    ...(subject !== null && { subject }),
    ...(correlation_key !== null && { correlationKey: correlation_key }),
    ...(correlation_id !== null && { correlationId: correlation_id }),
    ...(last && { fate: last }),
  };
}

/** Sequence of the newest event with this source and id. */
export async function findEvent(db: Database, source: string, id: string): Promise<number | undefined> {
  return (await searchEvents(db, { source, id, limit: 1 })).items[0]?.sequence;
}
