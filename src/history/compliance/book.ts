import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type {
  ComplianceModel,
  ComplianceView,
  Finding,
  Judgement,
  KeptEvent,
  KnownInstance,
  KnownJob,
  KnownWait,
} from '../../compliance/index.ts';
import type { RowBuffer } from '../buffer.ts';
import { Counts } from './counts.ts';
import { KeptEvents } from './kept.ts';
import { Models } from './models.ts';

interface InstanceRow {
  readonly key: number;
  definitionKey: number;
  businessKey: string | null;
  startSequence: number | null;
  readonly startedAt: number;
  endedAt: number | null;
  deviations: number;
}

/** Newest instances that are looked at for one key. */
const MOST_INSTANCES = 20;

/**
 * Keeps what the judge finds. Rows of a batch are held back and written at its end, so that an instance that begins
 * and ends within a batch is written once; look-ups that need an index write first.
 */
export class ComplianceBook implements ComplianceView {
  readonly #database: DatabaseSync;
  readonly #rows: RowBuffer;
  readonly #models: Models;
  readonly #counts: Counts;
  readonly #kept: KeptEvents;
  readonly #instances = new Map<number, InstanceRow>();
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, rows: RowBuffer) {
    this.#database = database;
    this.#rows = rows;
    this.#models = new Models(database);
    this.#counts = new Counts(database);
    this.#kept = new KeptEvents(database);
  }

  apply(finding: Finding): void {
    switch (finding.kind) {
      case 'model':
        this.#models.put(finding.model);
        return;
      case 'started':
        this.#instances.set(finding.processInstanceKey, {
          key: finding.processInstanceKey,
          definitionKey: finding.processDefinitionKey,
          businessKey: finding.businessKey ?? null,
          startSequence: null,
          startedAt: finding.time,
          endedAt: null,
          deviations: 0,
        });
        return;
      case 'named':
        this.#change(finding.processInstanceKey, (row) => {
          row.businessKey ??= finding.businessKey;
        });
        return;
      case 'migrated':
        this.#change(finding.processInstanceKey, (row) => {
          row.definitionKey = finding.processDefinitionKey;
        });
        return;
      case 'ended':
        this.#change(finding.processInstanceKey, (row) => {
          row.endedAt = finding.time;
          this.#counts.instance(row.definitionKey, finding.time, 1, row.deviations === 0 ? 1 : 0);
        });
        return;
      case 'judged':
        this.#judge(finding.judgement);
        return;
      case 'identified':
        this.#identify(finding);
        return;
      case 'kept':
        this.#kept.put(finding.event);
        return;
      case 'dropped':
        this.#kept.drop(finding.key);
        return;
    }
  }

  /** Writes what was held back. The caller holds the transaction. */
  flush(): void {
    for (const row of this.#instances.values()) {
      this.#run(
        `INSERT OR REPLACE INTO compliance_instance
           (key, definition_key, business_key, start_sequence, started_at, ended_at, deviations)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        row.key,
        row.definitionKey,
        row.businessKey,
        row.startSequence,
        row.startedAt,
        row.endedAt,
        row.deviations,
      );
    }
    this.#instances.clear();
    this.#counts.flush();
  }

  /** Forgets what was not written, after a failed transaction. */
  discard(): void {
    this.#instances.clear();
    this.#counts.discard();
    this.#models.reload();
    this.#kept.recount();
  }

  model(processDefinitionKey: number): ComplianceModel | undefined {
    return this.#models.get(processDefinitionKey);
  }

  isAwaited(eventType: string): boolean {
    return this.#models.hearing(eventType).length > 0;
  }

  instance(processInstanceKey: number): KnownInstance | undefined {
    const row = this.#instance(processInstanceKey);
    return row && knownOf(row);
  }

  instancesKnowing(eventType: string, correlationKey: string): readonly KnownInstance[] {
    const models = this.#models.hearing(eventType);
    this.#flushAll();
    const names = [...new Set(models.flatMap(({ places }) => places.flatMap(({ awaits }) => awaits ?? [])))];
    const rows = this.#all(
      `SELECT key FROM compliance_instance WHERE business_key = ?1
       UNION
       SELECT instance_key FROM message_subscription
        WHERE message_name IN (SELECT value FROM json_each(?2)) AND correlation_key = ?1 AND kind = 'PROCESS_EVENT'
       ORDER BY 1 DESC LIMIT ${MOST_INSTANCES}`,
      correlationKey,
      JSON.stringify(names),
    );
    const heard = new Set(models.map(({ processDefinitionKey }) => processDefinitionKey));
    return rows.flatMap(({ key }) => {
      const known = this.instance(Number(key));
      return known && heard.has(known.processDefinitionKey) ? [known] : [];
    });
  }

  waits(processInstanceKey: number, eventType: string, correlationKey: string): readonly KnownWait[] {
    this.#flushAll();
    const rows = this.#all(
      `SELECT element_id, state, updated_at FROM message_subscription
        WHERE message_name = ? AND correlation_key = ? AND instance_key = ? ORDER BY key DESC`,
      eventType,
      correlationKey,
      processInstanceKey,
    );
    return rows.map((row) => ({
      processInstanceKey,
      elementId: String(row['element_id']),
      state: stateOf(String(row['state'])),
      since: Number(row['updated_at']),
    }));
  }

  job(jobKey: number): KnownJob | undefined {
    const row = this.#rows.get('job', jobKey);
    if (row === undefined) return undefined;
    return {
      processInstanceKey: Number(row['instance_key']),
      processDefinitionKey: Number(row['definition_key']),
      elementId: String(row['element_id']),
    };
  }

  kept(key: number): KeptEvent | undefined {
    return this.#kept.get(key);
  }

  keptFor(processInstanceKey: number): readonly KeptEvent[] {
    return this.#kept.of(processInstanceKey);
  }

  #judge(judgement: Judgement): void {
    const { processInstanceKey, processDefinitionKey, elementId, eventType, verdict, time } = judgement;
    this.#counts.event({ definitionKey: processDefinitionKey, elementId, eventType, verdict, time });
    if (verdict === 'expected') return;
    this.#change(processInstanceKey, (row) => {
      row.deviations += 1;
      // It had been counted among those without.
      if (row.deviations === 1 && row.endedAt !== null)
        this.#counts.instance(row.definitionKey, row.endedAt, 0, -1);
    });
    this.#run(
      `INSERT INTO compliance_deviation
         (instance_key, definition_key, sequence, event_type, verdict, element_id, time, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      processInstanceKey,
      processDefinitionKey,
      judgement.eventSequence ?? null,
      eventType,
      verdict,
      elementId,
      time,
      judgement.reason,
    );
  }

  #identify({ as, key, eventSequence }: Extract<Finding, { kind: 'identified' }>): void {
    switch (as) {
      case 'start':
        this.#change(key, (row) => {
          row.startSequence = eventSequence;
        });
        return;
      case 'taken':
        this.#rows.put('message_subscription', key, { event_sequence: eventSequence });
        return;
      case 'sent':
        this.#rows.put('job', key, { sent_sequence: eventSequence });
        return;
      case 'reply':
        this.#rows.put('job', key, { reply_sequence: eventSequence });
        return;
    }
  }

  #change(processInstanceKey: number, change: (row: InstanceRow) => void): void {
    const row = this.#instance(processInstanceKey);
    if (row === undefined) return;
    change(row);
    this.#instances.set(processInstanceKey, row);
  }

  #instance(key: number): InstanceRow | undefined {
    const held = this.#instances.get(key);
    if (held) return held;
    const [row] = this.#all('SELECT * FROM compliance_instance WHERE key = ?', key);
    if (row === undefined) return undefined;
    return {
      key,
      definitionKey: Number(row['definition_key']),
      businessKey: row['business_key'] === null ? null : String(row['business_key']),
      startSequence: numberOrNull(row['start_sequence']),
      startedAt: Number(row['started_at']),
      endedAt: numberOrNull(row['ended_at']),
      deviations: Number(row['deviations']),
    };
  }

  #flushAll(): void {
    this.#rows.flush();
    this.flush();
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#prepared(sql).run(...values);
  }

  #all(sql: string, ...values: (string | number)[]) {
    return this.#prepared(sql).all(...values);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}

function knownOf({ key, definitionKey, endedAt }: InstanceRow): KnownInstance {
  return {
    processInstanceKey: key,
    processDefinitionKey: definitionKey,
    ...(endedAt !== null && { endedAt }),
  };
}

function stateOf(state: string): KnownWait['state'] {
  if (state === 'CREATED') return 'open';
  return state === 'CORRELATED' ? 'met' : 'left';
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
