import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LogRecord } from '../engine/records/log.ts';
import { liveRecords } from '../engine/state/live-records.ts';
import type { StatePort } from '../engine/state/port.ts';
import { History, type RecordSource } from '../history/index.ts';
import { findScenarios } from './scenarios/folders.ts';
import { runScenario } from './scenarios/run.ts';

/** A journal in memory whose first `pruned` records are gone, and the state that it led to. */
function sourceOf(log: readonly LogRecord[], pruned: number, state: StatePort): RecordSource {
  const all = log.map((record, index) => ({ position: index + 1, record }));
  return {
    last: () => log.length,
    oldest: () => pruned + 1,
    read: (position, limit) => all.slice(Math.max(position, pruned), Math.max(position, pruned) + limit),
    cut: () => 0,
    live: () => ({
      position: log.length,
      since: log[pruned]?.timestamp ?? 0,
      records: () => liveRecords(state, log[pruned]?.timestamp ?? 0),
      close: () => undefined,
    }),
    close: () => undefined,
  };
}

const ACTIVE = `SELECT key FROM process_instance WHERE state = 'ACTIVE'`;
const ACTIVE_SCOPES = `${ACTIVE} UNION SELECT key FROM element_instance WHERE state = 'ACTIVE' AND instance_key IN (${ACTIVE})`;
const OF_ACTIVE = `instance_key IN (${ACTIVE})`;

/** Which rows of each table live. */
const LIVING: Readonly<Record<string, string>> = {
  process_definition: `state <> 'DELETED'`,
  process_instance: `state = 'ACTIVE'`,
  element_instance: `state = 'ACTIVE'`,
  variable: `scope_key IN (${ACTIVE_SCOPES})`,
  job: `end_date IS NULL AND ${OF_ACTIVE}`,
  incident: `state = 'ACTIVE'`,
  message_subscription: `state = 'CREATED' AND (kind = 'START_EVENT' OR ${OF_ACTIVE})`,
  timer: `state = 'CREATED' AND (instance_key < 0 OR ${OF_ACTIVE})`,
  user_task: `completion_date IS NULL AND ${OF_ACTIVE}`,
  decision_definition: `state = 'ACTIVE'`,
  decision_requirements: `state = 'ACTIVE'`,
  form: `state = 'ACTIVE'`,
  cluster_variable: 'deleted IS NULL',
  compliance_model: `definition_key IN (SELECT key FROM process_definition WHERE state <> 'DELETED')`,
};
/** State does not remember when things began, and remembers better who holds a job: no record of the job tells it. */
const FORGOTTEN: Readonly<Record<string, RegExp>> = {
  job: /^worker$|^deadline$|_date$|_at$/,
  timer: /^$/,
  user_task: /^$/,
};
const TIMES = /_date$|_at$/;
/** Steps of a job after which it is as it was at first. */
const STEPS_OF_JOBS: ReadonlySet<unknown> = new Set(['TIMED_OUT', 'MIGRATED', 'RETRIES_UPDATED']);

/** Rows of what lives, as texts; and how many element instances are active at each element. */
function living(file: string): readonly string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = Object.entries(LIVING).flatMap(([table, which]) =>
      database
        .prepare(`SELECT * FROM ${table} WHERE ${which}`)
        .all()
        .map((row) => {
          if (table === 'job' && STEPS_OF_JOBS.has(row['state'])) row['state'] = 'CREATED';
          const shown = Object.entries(row).filter(([name]) => !(FORGOTTEN[table] ?? TIMES).test(name));
          return `${table} ${JSON.stringify(Object.fromEntries(shown))}`;
        }),
    );
    const counts = database
      .prepare('SELECT definition_key, element_id, active FROM element_count WHERE active <> 0')
      .all();
    return [...rows, ...counts.map((count) => `element_count ${JSON.stringify(count)}`)].sort();
  } finally {
    database.close();
  }
}

test('built again after pruning, the read model of each scenario shows all that lives', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-rebuild-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let number = 0;
  const build = (log: readonly LogRecord[], pruned: number, state: StatePort): readonly string[] => {
    number += 1;
    const file = join(folder, `${number}.db`);
    const history = new History(file, sourceOf(log, pruned, state));
    history.catchUp();
    const rows = living(file);
    history.close();
    return rows;
  };
  const scenarios = findScenarios(fileURLToPath(new URL('../../scenarios', import.meta.url)));
  assert.ok(scenarios.length > 200);
  for (const [index, scenario] of scenarios.entries()) {
    const { name, session } = await runScenario(scenario);
    const { log, state } = session;
    if (log.length === 0) continue;
    const whole = build(log, 0, state);
    const pruned = index % 2 === 0 ? Math.floor(log.length / 2) : log.length - 1;
    assert.deepEqual(build(log, pruned, state), whole, `${name}, ${pruned} records pruned`);
  }
});
