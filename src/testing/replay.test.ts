import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { LogRecord } from '../engine/records/log.ts';
import { apply } from '../engine/state/appliers/apply.ts';
import { Overlay } from '../engine/state/overlay.ts';
import type { StatePort } from '../engine/state/port.ts';
import { TABLES } from '../engine/state/tables.ts';
import { CORRELATIONS, type CorrelationRow, SINGLE_CORRELATIONS } from '../engine/state/waiting-tables.ts';
import { Database } from '../store/database.ts';
import { Journal } from '../store/journal.ts';
import { migrate, readMigrations } from '../store/migrate.ts';
import { SqliteState } from '../store/sqlite-state.ts';
import { findScenarios } from './scenarios/folders.ts';
import { runScenario } from './scenarios/run.ts';

// Invariant I1 of docs/design.md, byte by byte, on the tables and the journal of the store.

/** No events: the next key to give out, and what a turn left over (which a settled scenario does not have). */
const NO_EVENTS = new Set(['counters']);

/** State tables and journal as a data folder has them, without the disk. */
class Store {
  readonly db = new Database(':memory:');
  readonly state = new SqliteState(this.db);
  readonly journal = new Journal(this.db);
  #position = 0;

  constructor() {
    migrate(this.db, [readMigrations('store', new URL('../store/sql/', import.meta.url))]);
    this.state.prepare(TABLES);
  }

  commit(changes: Parameters<SqliteState['flush']>[0], records: readonly LogRecord[], now: number): void {
    this.db.transaction(() => {
      this.journal.append(this.#position + 1, records, now);
      this.state.flush(changes);
    });
    this.#position += records.length;
  }

  rows(table: string): unknown[] {
    if (this.db.get('SELECT 1 FROM sqlite_schema WHERE name = ?', `state_${table}`) === undefined) return [];
    return this.db
      .all<{ v: string }>(`SELECT v FROM state_${table} ORDER BY k`)
      .map(({ v }) => JSON.parse(v) as unknown);
  }

  /** Every row of every state table, as text. */
  dump(): string {
    const names = TABLES.map(({ name }) => `state_${name}`)
      .filter((name) => !NO_EVENTS.has(name.slice('state_'.length)))
      .filter((name) => this.db.get('SELECT 1 FROM sqlite_schema WHERE name = ?', name) !== undefined)
      .sort();
    return names
      .flatMap((name) =>
        this.db
          .all<object>(`SELECT * FROM ${name} ORDER BY k`)
          .map((row) => `${name} ${JSON.stringify(row)}`),
      )
      .join('\n');
  }
}

const { open } = JSON.parse(
  readFileSync(new URL('./scenarios/known-groups.json', import.meta.url), 'utf8'),
) as { readonly open: Readonly<Record<string, string>> };
const scenarios = findScenarios(fileURLToPath(new URL('../../scenarios', import.meta.url))).filter(
  ({ name, group }) => open[name] === undefined && open[group] === undefined,
);

for (const maxRecords of [500, 3])
  test(`replaying the journal of each scenario gives byte-equal tables (turns of ${maxRecords} records)`, async () => {
    assert.ok(scenarios.length > 200);
    for (const scenario of scenarios) {
      const live = new Store();
      const { name, difference } = await runScenario(scenario, { maxRecords, store: live });
      // Instances that run for the same signal take other turns when turns are short; both orders are right.
      if (maxRecords > 3) assert.equal(difference, undefined, name);
      const replayed = new Store();
      // One batch of the journal, one commit, as the turns were.
      for (const { records } of live.journal.batches<LogRecord>(0, Number.POSITIVE_INFINITY)) {
        const overlay = new Overlay(replayed.state);
        for (const record of records) apply(overlay, record);
        replayed.commit(overlay.changes(), [], 0);
      }
      assert.equal(replayed.dump(), live.dump(), name);
      for (const spec of TABLES) {
        const { derive } = spec;
        if (derive === undefined) continue;
        const derived = new Store();
        for (const row of derive(asBefore(live))) derived.state.put(spec, row);
        assert.deepEqual(derived.rows(spec.name), live.rows(spec.name), `${spec.name} of ${name}`);
        derived.db.close();
      }
      live.db.close();
      replayed.db.close();
    }
  });

/** With what a folder of before has besides. */
function asBefore(live: Store): StatePort {
  const before = new Overlay(live.state);
  for (const { messageKey, processes } of live.rows(CORRELATIONS.name) as CorrelationRow[])
    for (const id of processes) before.put(SINGLE_CORRELATIONS, { id: `${messageKey}:${id}`, messageKey });
  return before;
}
