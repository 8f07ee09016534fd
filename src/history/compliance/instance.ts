import type { DatabaseSync } from 'node:sqlite';
import { type ComplianceModel, type Judgement, type Trace, traceOf } from '../../compliance/index.ts';
import { type DeviationRow, deviationOf } from './queries.ts';

/** One instance beside its model's order. */
export interface ComplianceInstance {
  readonly processInstanceKey: number;
  readonly processId: string;
  readonly version: number;
  readonly businessKey: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly deviations: number;
  readonly trace: Trace;
}

/** Rows of each kind that one trace is made of. */
const MOST_ROWS = 2000;

/** Undefined if there is no such instance, or if its model neither awaits nor sends events. */
export function complianceInstance(
  database: DatabaseSync,
  processInstanceKey: number,
): ComplianceInstance | undefined {
  const row = database
    .prepare(
      `SELECT i.*, m.process_id, m.version, m.model FROM compliance_instance i
         JOIN compliance_model m ON m.definition_key = i.definition_key WHERE i.key = ?`,
    )
    .get(processInstanceKey);
  if (row === undefined) return undefined;
  const model = JSON.parse(String(row['model'])) as ComplianceModel;
  const startedAt = Number(row['started_at']);
  const endedAt = row['ended_at'] === null ? null : Number(row['ended_at']);
  const startSequence = row['start_sequence'] === null ? undefined : Number(row['start_sequence']);
  const deviations = database
    .prepare(
      `SELECT v.*, ? AS version, NULL AS business_key FROM compliance_deviation v
        WHERE v.instance_key = ? ORDER BY v.id LIMIT ?`,
    )
    .all(Number(row['version']), processInstanceKey, MOST_ROWS)
    .map((found) => judgementOf(deviationOf(found)));
  const subscriptions = subscriptionsOf(database, processInstanceKey);
  const jobs = jobsOf(database, processInstanceKey, model);
  return {
    processInstanceKey,
    processId: String(row['process_id']),
    version: Number(row['version']),
    businessKey: row['business_key'] === null ? null : String(row['business_key']),
    startedAt,
    endedAt,
    deviations: Number(row['deviations']),
    trace: traceOf(model, {
      running: endedAt === null,
      happened: [...startOf(model, startedAt, startSequence), ...subscriptions.happened, ...jobs.happened],
      open: endedAt === null ? [...subscriptions.open, ...jobs.open] : [],
      deviations,
    }),
  };
}

interface Facts {
  readonly happened: { elementId: string; eventType: string; time: number; eventSequence?: number }[];
  readonly open: { elementId: string; eventType: string; since: number }[];
}

/** An instance that was created without an event has none at its start. */
function startOf(model: ComplianceModel, time: number, eventSequence: number | undefined): Facts['happened'] {
  const place = model.places.find(({ kind }) => kind === 'start');
  if (!place || eventSequence === undefined) return [];
  return [{ elementId: place.elementId, eventType: place.awaits ?? '', time, eventSequence }];
}

function subscriptionsOf(database: DatabaseSync, processInstanceKey: number): Facts {
  const facts: Facts = { happened: [], open: [] };
  for (const row of database
    .prepare(
      `SELECT element_id, message_name, state, updated_at, event_sequence FROM message_subscription
        WHERE instance_key = ? AND kind = 'PROCESS_EVENT' ORDER BY key LIMIT ?`,
    )
    .all(processInstanceKey, MOST_ROWS)) {
    const elementId = String(row['element_id']);
    const eventType = String(row['message_name']);
    const time = Number(row['updated_at']);
    const eventSequence = row['event_sequence'] === null ? undefined : Number(row['event_sequence']);
    // A subscription that does not interrupt stays open when its event has come.
    if (row['state'] === 'CORRELATED' || eventSequence !== undefined)
      facts.happened.push({
        elementId,
        eventType,
        time,
        ...(eventSequence !== undefined && { eventSequence }),
      });
    if (row['state'] === 'CREATED') facts.open.push({ elementId, eventType, since: time });
  }
  return facts;
}

function jobsOf(database: DatabaseSync, processInstanceKey: number, model: ComplianceModel): Facts {
  const facts: Facts = { happened: [], open: [] };
  const places = new Map(model.places.map((place) => [place.elementId, place]));
  for (const row of database
    .prepare(
      `SELECT element_id, state, creation_date, end_date, sent_sequence, reply_sequence FROM job
        WHERE instance_key = ? ORDER BY key LIMIT ?`,
    )
    .all(processInstanceKey, MOST_ROWS)) {
    const elementId = String(row['element_id']);
    const place = places.get(elementId);
    if (!place) continue;
    const created = Number(row['creation_date']);
    if (row['sent_sequence'] !== null) {
      const eventSequence = Number(row['sent_sequence']);
      facts.happened.push({ elementId, eventType: place.sends ?? '', time: created, eventSequence });
    }
    if (row['reply_sequence'] !== null) {
      const eventSequence = Number(row['reply_sequence']);
      const eventType = place.awaits ?? place.sends ?? '';
      facts.happened.push({ elementId, eventType, time: Number(row['end_date']), eventSequence });
    } else if (row['end_date'] === null && place.kind !== 'send') {
      facts.open.push({ elementId, eventType: place.awaits ?? '', since: created });
    }
  }
  return facts;
}

function judgementOf({ eventSequence, ...row }: DeviationRow): Judgement {
  const { processInstanceKey, processDefinitionKey, eventType, verdict, elementId, time, reason } = row;
  return {
    ...{ processInstanceKey, processDefinitionKey, eventType, verdict, elementId, time, reason },
    ...(eventSequence !== null && { eventSequence }),
  };
}
