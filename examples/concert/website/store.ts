/** The purchases in the website's own SQLite file. */
import type { Database } from '../lib/database.ts';
import type { SessionEvent } from './session/events.ts';
import { apply, newSession, type Session } from './session/session.ts';
import { type Outcome, outcomeOf, outcomes, type StageName, stageNames, stageOf } from './session/stage.ts';

/** Numbered steps; never edited, only appended. */
export const storeMigrations = [
  `CREATE TABLE session (
     session_id TEXT PRIMARY KEY,
     stage TEXT NOT NULL,
     known TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     changed_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX session_stage ON session (stage);
   CREATE INDEX session_unused ON session (created_at) WHERE stage = 'new';`,
] as const;

export interface Counts {
  readonly stages: Readonly<Record<StageName, number>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

export interface SessionStore {
  find(sessionId: string): Session | undefined;
  /** Inside `database.write`. */
  create(sessionId: string): Session;
  /**
   * Applies the event, to a new session if there is none: customers may also come by other ways than the shop.
   * Inside `database.write`; calls `onChanged` after the commit if the session became another.
   */
  change(sessionId: string, event: SessionEvent): Session;
  counts(): Counts;
  /** Purchases at a stage, those longest there first. */
  at(stage: StageName, limit: number): readonly Session[];
  /** Removes sessions that never joined, created before the date (epoch ms). Inside `database.write`. */
  removeUnused(before: number): void;
}

export function createSessionStore(
  database: Database,
  now: () => number,
  onChanged: (sessionId: string) => void,
): SessionStore {
  const find = (sessionId: string): Session | undefined => {
    const row = database.get('SELECT known FROM session WHERE session_id = ?', sessionId);
    return row ? (JSON.parse(String(row.known)) as Session) : undefined;
  };
  const create = (sessionId: string): Session => {
    const session = newSession(sessionId);
    database.run(
      'INSERT INTO session (session_id, stage, known, created_at, changed_at) VALUES (?, ?, ?, ?, ?)',
      sessionId,
      stageOf(session).stage,
      JSON.stringify(session),
      now(),
      now(),
    );
    return session;
  };
  return {
    find,
    create,
    change: (sessionId, event) => {
      const before = find(sessionId) ?? create(sessionId);
      const after = apply(before, event);
      if (after === before) return before;
      database.run(
        'UPDATE session SET stage = ?, known = ?, changed_at = ? WHERE session_id = ?',
        stageOf(after).stage,
        JSON.stringify(after),
        now(),
        sessionId,
      );
      database.afterCommit(() => onChanged(sessionId));
      return after;
    },
    counts: () => {
      const stages = Object.fromEntries(stageNames.map((stage) => [stage, 0])) as Record<StageName, number>;
      const ended = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
      for (const row of database.all('SELECT stage, count(*) AS sessions FROM session GROUP BY stage')) {
        const stage = row.stage as StageName;
        stages[stage] = Number(row.sessions);
        const outcome = outcomeOf(stage);
        if (outcome) ended[outcome] += Number(row.sessions);
      }
      return { stages, outcomes: ended };
    },
    at: (stage, limit) =>
      database
        .all('SELECT known FROM session WHERE stage = ? ORDER BY changed_at LIMIT ?', stage, limit)
        .map((row) => JSON.parse(String(row.known)) as Session),
    removeUnused: (before) => {
      database.run("DELETE FROM session WHERE stage = 'new' AND created_at < ?", before);
    },
  };
}
