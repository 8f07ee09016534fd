import type { GraphElement, TimerDefinition } from '../../bpmn/graph.ts';
import { cycleError } from '../../bpmn/validation/timer-text.ts';
import { FeelDateTime, FeelDaysTimeDuration, FeelYearsMonthsDuration } from '../../feel/index.ts';
import { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { TimerValue } from '../records/record.ts';
import { TIMERS, type TimerRow } from '../state/tables.ts';
import { Cron } from '../time/cron.ts';
import { parseDateTime, parseFeelDateTime } from '../time/date-time.ts';
import { addInterval, type Interval, parseInterval } from '../time/interval.ts';
import { sourceText, valueOfText, wrongType } from './expressions.ts';

/** When a timer fires first, and how often in all (-1: without end). */
export interface Schedule {
  readonly dueDate: number;
  readonly repetitions: number;
}

/** Evaluates a timer of the model, from now. Throws `IncidentError` if it cannot be read. */
export function evaluateTimer(w: Work, timer: TimerDefinition, scopeKey: number): Schedule {
  switch (timer.kind) {
    case 'duration':
      return { dueDate: addInterval(w.now, durationOf(w, timer, scopeKey)), repetitions: 1 };
    case 'date':
      return { dueDate: dateOf(w, timer, scopeKey), repetitions: 1 };
    case 'cycle':
      return cycleOf(w, timer, scopeKey);
  }
}

function durationOf(w: Work, timer: TimerDefinition, scopeKey: number): Interval {
  const text = sourceText(timer.value);
  const result = valueOfText(w, timer.value, scopeKey);
  const { value } = result;
  const isDuration = value instanceof FeelDaysTimeDuration || value instanceof FeelYearsMonthsDuration;
  const iso = isDuration ? value.toIso() : value;
  if (typeof iso !== 'string')
    throw new IncidentError(
      'EXTRACT_VALUE_ERROR',
      wrongType(text, "one of '[DURATION, PERIOD, STRING]'", result),
      scopeKey,
    );
  const interval = parseInterval(iso);
  if (interval !== undefined) return interval;
  throw new IncidentError(
    'EXTRACT_VALUE_ERROR',
    `Invalid duration format '${iso}' for expression '${text}'.`,
    scopeKey,
  );
}

function dateOf(w: Work, timer: TimerDefinition, scopeKey: number): number {
  const text = sourceText(timer.value);
  const result = valueOfText(w, timer.value, scopeKey);
  const iso = result.value instanceof FeelDateTime ? result.value.toIso() : result.value;
  if (typeof iso !== 'string')
    throw new IncidentError(
      'EXTRACT_VALUE_ERROR',
      wrongType(text, "one of '[DATE_TIME, STRING]'", result),
      scopeKey,
    );
  const date = result.value instanceof FeelDateTime ? parseFeelDateTime(iso) : parseDateTime(iso);
  if (date !== undefined) return date;
  throw new IncidentError(
    'EXTRACT_VALUE_ERROR',
    `Invalid date-time format '${iso}' for expression '${text}'.`,
    scopeKey,
  );
}

function cycleOf(w: Work, timer: TimerDefinition, scopeKey: number, lastDue?: number): Schedule {
  const result = valueOfText(w, timer.value, scopeKey);
  const cycle = result.value;
  if (typeof cycle !== 'string')
    throw new IncidentError(
      'EXTRACT_VALUE_ERROR',
      wrongType(sourceText(timer.value), "'STRING'", result),
      scopeKey,
    );
  const schedule = readCycle(cycle, w.now, lastDue);
  if (schedule !== undefined) return schedule;
  const problem = cycleError(cycle) ?? `Invalid cycle format '${cycle}'`;
  throw new IncidentError('EXTRACT_VALUE_ERROR', problem, scopeKey);
}

/**
 * Reads `R3/PT10S`, `R/2040-01-01T00:00:00Z/PT1H` or a cron expression; undefined if it is none of them.
 *
 * @param lastDue when it was due before, if it is set again (epoch ms)
 */
export function readCycle(text: string, now: number, lastDue?: number): Schedule | undefined {
  if (!text.startsWith('R')) {
    const cron = Cron.parse(text);
    const dueDate = cron?.next(now);
    if (dueDate !== undefined) return { dueDate, repetitions: -1 };
    // What never comes (the 31st of February) is due now, and once.
    return cron && { dueDate: now, repetitions: 0 };
  }
  const match = /^R([+-]?\d+)?\/(?:(.*)\/)?([^/]+)$/.exec(text);
  const interval = match?.[3] === undefined ? undefined : parseInterval(match[3]);
  if (match === null || interval === undefined) return undefined;
  const repetitions = match[1] === undefined ? -1 : Number(match[1]);
  const start = match[2] ? parseDateTime(match[2]) : undefined;
  if (match[2] && start === undefined) return undefined;
  // The next time is counted from the last one, so that it does not shift. One that is past as well, or a start that
  // is past, counts for nothing: the interval begins now.
  const wanted = lastDue === undefined ? start : addInterval(lastDue, interval);
  return { dueDate: wanted !== undefined && wanted > now ? wanted : addInterval(now, interval), repetitions };
}

export function createTimer(w: Work, owner: Omit<TimerValue, keyof Schedule>, schedule: Schedule): void {
  w.emit(w.nextKey(), { valueType: 'TIMER', intent: 'CREATED', value: { ...owner, ...schedule } });
}

export function timerValue(row: TimerRow): TimerValue {
  const { key: _key, startOf: _startOf, ...value } = row;
  return value;
}

export function cancelTimer(w: Work, row: TimerRow): void {
  w.emit(row.key, { valueType: 'TIMER', intent: 'CANCELED', value: timerValue(row) });
}

export function timersOf(w: Work, elementInstanceKey: number): readonly TimerRow[] {
  return [...w.state.scan(TIMERS, 'byElement', [elementInstanceKey])];
}

/** Sets the timer of a cycle again after it fired. */
export function repeatTimer(w: Work, fired: TimerRow, event: GraphElement, scopeKey: number): void {
  const goesOn = fired.repetitions === -1 || fired.repetitions > 1;
  if (event.timer === undefined || event.timer.kind !== 'cycle' || !goesOn) return;
  const { dueDate } = cycleOf(w, event.timer, scopeKey, fired.dueDate);
  const repetitions = fired.repetitions === -1 ? -1 : fired.repetitions - 1;
  const { dueDate: _due, repetitions: _left, ...owner } = timerValue(fired);
  createTimer(w, owner, { dueDate, repetitions });
}
