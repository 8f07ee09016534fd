/**
 * Where each session stands. All moves between states are made here, and the counts follow.
 *
 * S1. States only go forward: waiting → turn → holding → issued; from the first three also → left.
 * S2. A session that was ever seen is never appended again (R16).
 */
import type { Database, Row } from '../../lib/database.ts';
import { ExitRate } from './exit-rate.ts';
import { WaitingRank } from './waiting-rank.ts';

/** Why a session left without tickets. */
export type LeaveReason = 'quit' | 'removed' | 'timeout' | 'timedOut' | 'refused' | 'soldOut' | 'abandoned';

/** Where a session stands; dates in epoch milliseconds. */
export type SessionState =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'waiting'; readonly number: number }
  | { readonly kind: 'turn'; readonly turnEndsAt: number }
  | { readonly kind: 'holding' }
  | { readonly kind: 'issued' }
  | { readonly kind: 'left' };

export class Sessions {
  readonly rank = new WaitingRank();
  readonly exits = new ExitRate();
  private readonly database: Database;
  private readonly now: () => number;
  private turnCount = 0;
  private holdCount = 0;
  private lastNumber = 0;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
    database.onUndo(() => this.load());
    this.load();
  }

  /** Customers that choose. */
  get turns(): number {
    return this.turnCount;
  }

  /** Customers that choose or pay. */
  get buying(): number {
    return this.turnCount + this.holdCount;
  }

  state(sessionId: string): SessionState {
    return stateOf(
      this.database.get('SELECT state, number, turn_ends_at FROM session WHERE session_id = ?', sessionId),
    );
  }

  /** Appends a session that was never seen. */
  append(sessionId: string): void {
    this.lastNumber += 1;
    this.database.run(
      "INSERT INTO session (session_id, number, state, joined_at) VALUES (?, ?, 'waiting', ?)",
      sessionId,
      this.lastNumber,
      this.now(),
    );
    this.rank.add(this.lastNumber);
  }

  /** Notes the end of a session that was never seen, so that a join that comes later finds it over. */
  noteGone(sessionId: string, reason: LeaveReason): void {
    const now = this.now();
    this.database.run(
      "INSERT INTO session (session_id, state, joined_at, ended_at, end_reason) VALUES (?, 'left', ?, ?, ?)",
      sessionId,
      now,
      now,
      reason,
    );
  }

  /** The session that waits longest. */
  next(): { readonly sessionId: string; readonly number: number } | undefined {
    const row = this.database.get(
      "SELECT session_id, number FROM session WHERE state = 'waiting' ORDER BY number LIMIT 1",
    );
    return row === undefined ? undefined : { sessionId: String(row.session_id), number: Number(row.number) };
  }

  /** Sessions in order of waiting. */
  waiting(limit: number): readonly string[] {
    return this.database
      .all("SELECT session_id FROM session WHERE state = 'waiting' ORDER BY number LIMIT ?", limit)
      .map((row) => String(row.session_id));
  }

  /** When a session was appended. */
  joinedAt(sessionId: string): number {
    return Number(
      this.database.get('SELECT joined_at FROM session WHERE session_id = ?', sessionId)?.joined_at ?? 0,
    );
  }

  /** Sessions whose turn ended at `date` or before. */
  overdueTurns(date: number): readonly string[] {
    return this.database
      .all("SELECT session_id FROM session WHERE state = 'turn' AND turn_ends_at <= ?", date)
      .map((row) => String(row.session_id));
  }

  /** The earliest end of a turn. */
  firstTurnEnd(): number | undefined {
    const row = this.database.get("SELECT min(turn_ends_at) AS first FROM session WHERE state = 'turn'");
    return typeof row?.first === 'number' ? row.first : undefined;
  }

  toTurn(sessionId: string, number: number, turnEndsAt: number): void {
    const now = this.now();
    this.database.run(
      "UPDATE session SET state = 'turn', called_at = ?, turn_ends_at = ? WHERE session_id = ?",
      now,
      turnEndsAt,
      sessionId,
    );
    this.rank.remove(number);
    this.turnCount += 1;
    this.exits.record(now);
  }

  toHolding(sessionId: string): void {
    this.database.run("UPDATE session SET state = 'holding' WHERE session_id = ?", sessionId);
    this.turnCount -= 1;
    this.holdCount += 1;
  }

  toIssued(sessionId: string): void {
    this.database.run(
      "UPDATE session SET state = 'issued', ended_at = ? WHERE session_id = ?",
      this.now(),
      sessionId,
    );
    this.holdCount -= 1;
  }

  /** Ends a session that waits, chooses or pays; `state` is its present one. */
  toLeft(
    sessionId: string,
    state: Extract<SessionState, { kind: 'waiting' | 'turn' | 'holding' }>,
    reason: LeaveReason,
  ): void {
    this.database.run(
      "UPDATE session SET state = 'left', ended_at = ?, end_reason = ? WHERE session_id = ?",
      this.now(),
      reason,
      sessionId,
    );
    switch (state.kind) {
      case 'waiting':
        this.rank.remove(state.number);
        return;
      case 'turn':
        this.turnCount -= 1;
        return;
      case 'holding':
        this.holdCount -= 1;
        return;
      default:
        state satisfies never;
    }
  }

  /** Reads the counts from the file. */
  private load(): void {
    const { database, rank } = this;
    rank.clear();
    for (const row of database.all("SELECT number FROM session WHERE state = 'waiting'"))
      rank.add(Number(row.number));
    this.turnCount = this.count('turn');
    this.holdCount = this.count('holding');
    this.lastNumber = Number(database.get('SELECT max(number) AS last FROM session')?.last ?? 0);
    const calls = database.all(
      'SELECT called_at FROM session WHERE called_at > ? ORDER BY called_at',
      ExitRate.since(this.now()),
    );
    const opened = database.get(
      'SELECT min(called_at) AS first FROM session WHERE called_at IS NOT NULL',
    )?.first;
    this.exits.load(
      calls.map((row) => Number(row.called_at)),
      typeof opened === 'number' ? opened : undefined,
    );
  }

  private count(state: 'turn' | 'holding'): number {
    return Number(
      this.database.get('SELECT count(*) AS count FROM session WHERE state = ?', state)?.count ?? 0,
    );
  }
}

function stateOf(row: Row | undefined): SessionState {
  if (row === undefined) return { kind: 'unknown' };
  switch (row.state) {
    case 'waiting':
      return { kind: 'waiting', number: Number(row.number) };
    case 'turn':
      return { kind: 'turn', turnEndsAt: Number(row.turn_ends_at) };
    case 'holding':
    case 'issued':
    case 'left':
      return { kind: row.state };
    default:
      throw new TypeError(`The file holds a session in the unknown state ${String(row.state)}.`);
  }
}
