/** Ends by itself what nobody else ended: overdue turns and holds, and customers who went away unseen. */
import type { Alarm } from '../../lib/clock.ts';
import type { Parts } from '../../lib/service.ts';
import type { BoxOffice } from './box-office.ts';
import type { Reservations } from './reservations.ts';
import type { Sessions } from './sessions.ts';
import type { TicketsSettings } from './settings.ts';

/** Frees a turn or a hold `safetySeconds` after its date. The process is expected to have done so before. */
export function createSafetyNet(
  parts: Parts,
  settings: TicketsSettings,
  sessions: Sessions,
  reservations: Reservations,
  office: BoxOffice,
): Alarm {
  const patience = settings.safetySeconds * 1_000;
  const arm = (): void => {
    const first = Math.min(
      sessions.firstTurnEnd() ?? Number.POSITIVE_INFINITY,
      reservations.firstExpiry() ?? Number.POSITIVE_INFINITY,
    );
    alarm.set(Number.isFinite(first) ? first + patience : undefined);
  };
  const alarm = parts.clock.alarm(
    async () => {
      await parts.database.write(() => {
        const date = parts.clock.now() - patience;
        for (const sessionId of sessions.overdueTurns(date)) office.drop(sessionId);
        for (const sessionId of reservations.overdue(date)) office.drop(sessionId);
      });
      arm();
    },
    (error) => {
      parts.log.error({ err: error }, 'the safety net failed; it will try again in a second');
      alarm.set(parts.clock.now() + 1_000);
    },
  );
  parts.database.onCommit(arm);
  arm();
  return alarm;
}

/** When the position of a waiting session was last asked for. Kept in memory: a start begins anew. */
export interface Presence {
  seen(sessionId: string): void;
  close(): void;
}

/** Drops waiting customers whose position nobody asked for during `graceSeconds`; does nothing if that is off. */
export function createPresence(
  parts: Parts,
  settings: TicketsSettings,
  sessions: Sessions,
  office: BoxOffice,
): Presence {
  const { graceSeconds } = settings;
  if (graceSeconds === undefined) return { seen: () => undefined, close: () => undefined };
  const grace = graceSeconds * 1_000;
  const step = Math.max(1_000, grace / 4);
  const began = parts.clock.now();
  let lastSeen = new Map<string, number>();
  const alarm = parts.clock.alarm(
    async () => {
      const now = parts.clock.now();
      const present = new Map<string, number>();
      const gone: string[] = [];
      for (const sessionId of sessions.waiting(Number.MAX_SAFE_INTEGER)) {
        const seen = lastSeen.get(sessionId) ?? sessions.joinedAt(sessionId);
        if (Math.max(seen, began) + grace <= now) gone.push(sessionId);
        else present.set(sessionId, seen);
      }
      lastSeen = present;
      await parts.database.write(() => {
        for (const sessionId of gone)
          if (sessions.state(sessionId).kind === 'waiting') office.drop(sessionId);
      });
      alarm.set(parts.clock.now() + step);
    },
    (error) => {
      parts.log.error({ err: error }, 'absent customers could not be dropped');
      alarm.set(parts.clock.now() + step);
    },
  );
  alarm.set(began + step);
  return { seen: (sessionId) => void lastSeen.set(sessionId, parts.clock.now()), close: () => alarm.close() };
}
