import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { Workload } from './workloads.ts';
import { loop, openWriter } from './writer.ts';

export interface Figures {
  readonly perSecond: number;
  readonly syncsPerInstance: number;
}

/** The SQL that a run wrote, transaction by transaction. */
export interface Script {
  readonly instances: number;
  readonly schema: readonly string[];
  readonly transactions: readonly (readonly Statement[])[];
}

interface Statement {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** Runs clients in a closed loop, each beginning a new instance when it is done with one. */
export async function measure(workload: Workload, concurrency: number, ms: number): Promise<Figures> {
  return inFolder(async (folder) => {
    const writer = await openWriter(folder, workload.bpmn);
    const began = performance.now();
    const { instances, commits } = await loop(
      writer,
      (n) => workload.client(n),
      concurrency,
      () => performance.now() - began > ms,
    );
    const seconds = (performance.now() - began) / 1000;
    await writer.close();
    return { perSecond: instances / seconds, syncsPerInstance: commits / instances };
  });
}

/** The same, for a number of instances, noting down the SQL that is written. */
export async function record(workload: Workload, concurrency: number, instances: number): Promise<Script> {
  return inFolder(async (folder) => {
    const writer = await openWriter(folder, workload.bpmn);
    const transactions: Statement[][] = [];
    let current: Statement[] = [];
    const { db } = writer.folder;
    const run = db.run.bind(db);
    db.run = (sql, ...values) => {
      if (/^(INSERT|UPDATE|DELETE)/.test(sql.trim())) current.push({ sql, values });
      else if (sql === 'COMMIT') {
        transactions.push(current);
        current = [];
      } else if (sql === 'ROLLBACK') current = [];
      return run(sql, ...values);
    };
    const done = await loop(
      writer,
      (n) => workload.client(n),
      concurrency,
      (count) => count >= instances,
    );
    const schema = db
      .all<{ sql: string }>(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
      )
      .map(({ sql }) => sql);
    await writer.close();
    return { instances: done.instances, schema, transactions };
  });
}

/** Writes the same rows by plain prepared statements, with the same commits; answers instances a second. */
export function replay(script: Script, ms: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  try {
    let instances = 0;
    let spent = 0;
    for (let turn = 0; spent < ms; turn++) {
      const db = new DatabaseSync(join(folder, `${turn}.db`));
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      for (const sql of script.schema) db.exec(sql);
      const statements = new Map<string, StatementSync>();
      const began = performance.now();
      for (const transaction of script.transactions) {
        db.exec('BEGIN IMMEDIATE');
        for (const { sql, values } of transaction) {
          let statement = statements.get(sql);
          if (!statement) {
            statement = db.prepare(sql);
            statements.set(sql, statement);
          }
          statement.run(...values);
        }
        db.exec('COMMIT');
      }
      spent += performance.now() - began;
      instances += script.instances;
      db.close();
    }
    return instances / (spent / 1000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
