import type { ClientCommand } from '../records/command.ts';
import type { Change } from '../state/overlay.ts';
import type { StatePort } from '../state/port.ts';
import { JOBS, type JobRow, MESSAGES, type MessageRow, TIMERS, type TimerRow } from '../state/tables.ts';

interface Due {
  readonly at: number;
  readonly command: ClientCommand;
}

/**
 * What is due at `now`, in order of due time. A job times out only after its deadline; all else is due at its time.
 * Commands of one call are to be carried out before the next call, or they come again.
 */
export function dueCommands(state: StatePort, now: number, limit: number): ClientCommand[] {
  const due: Due[] = [];
  const upTo = { upTo: now, limit };
  for (const row of state.scan(MESSAGES, 'byDeadline', [], upTo))
    due.push({ at: row.deadline, command: { valueType: 'MESSAGE', intent: 'EXPIRE', key: row.key } });
  for (const row of state.scan(TIMERS, 'byDueDate', [], upTo))
    due.push({ at: row.dueDate, command: { valueType: 'TIMER', intent: 'TRIGGER', key: row.key } });
  for (const row of state.scan(JOBS, 'byDeadline', [], { upTo: now - 1, limit }))
    due.push({ at: row.deadline ?? now, command: { valueType: 'JOB', intent: 'TIME_OUT', key: row.key } });
  for (const row of state.scan(JOBS, 'byBackOff', [], upTo))
    due.push({
      at: row.recursAt ?? now,
      command: { valueType: 'JOB', intent: 'RECUR_AFTER_BACKOFF', key: row.key },
    });
  // A stable sort: of what is due at the same time, messages expire first.
  due.sort((left, right) => left.at - right.at);
  return due.slice(0, limit).map(({ command }) => command);
}

export function nextDue(state: StatePort): number | undefined {
  const times: number[] = [];
  const first = { limit: 1 };
  for (const row of state.scan(MESSAGES, 'byDeadline', [], first)) times.push(row.deadline);
  for (const row of state.scan(TIMERS, 'byDueDate', [], first)) times.push(row.dueDate);
  for (const row of state.scan(JOBS, 'byDeadline', [], first)) times.push(dueOfJob(row));
  for (const row of state.scan(JOBS, 'byBackOff', [], first)) times.push(dueOfJob(row));
  return times.length === 0 ? undefined : Math.min(...times);
}

export function dueBy({ table, row }: Change): number | undefined {
  if (row === undefined) return undefined;
  if (table.name === MESSAGES.name) return (row as MessageRow).deadline;
  if (table.name === TIMERS.name) return (row as TimerRow).dueDate;
  if (table.name !== JOBS.name) return undefined;
  const due = dueOfJob(row as JobRow);
  return due === Number.POSITIVE_INFINITY ? undefined : due;
}

function dueOfJob({ deadline, recursAt }: JobRow): number {
  const timesOut = deadline === null ? Number.POSITIVE_INFINITY : deadline + 1;
  return Math.min(timesOut, recursAt ?? Number.POSITIVE_INFINITY);
}
