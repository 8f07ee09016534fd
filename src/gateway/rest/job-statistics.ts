import { type Condition, collection, METRIC_MINUTE, type Row } from '../../history/index.ts';
import { GatewayError } from '../errors.ts';
import { type Fields, invalidDate } from '../fields.ts';
import { momentOf } from './dates.ts';
import { refuse } from './problems.ts';

/** What requests for statistics say, and how counts of jobs are shown. */

/** A condition that a field is this value. */
export function equal(field: string, value: string | number): Condition {
  return { kind: 'compare', field, operator: 'eq', value };
}

/** A member that has to be there. */
export function required(body: Fields, name: string): Fields {
  const fields = body.object(name, true);
  if (fields === undefined) throw new GatewayError('INVALID_ARGUMENT', `No ${name} provided.`);
  return fields;
}

/** The field by which counts are told apart by type. */
export function jobType() {
  const spec = collection('jobMetrics').fields['jobType'];
  if (spec === undefined) throw new TypeError('Job metrics have a type');
  return spec;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

/** `from` and `to`, which statistics of jobs have to say; epoch ms. */
export function readWindow(filter: Fields): Window {
  const from = timeOf(filter, 'from');
  const to = timeOf(filter, 'to');
  if (from > to) throw new GatewayError('INVALID_ARGUMENT', `The value for from must not be after to.`);
  return { from, to };
}

function timeOf(filter: Fields, name: string): number {
  const text = filter.requiredString(name);
  return momentOf(text) ?? refuse([invalidDate(name, text)]);
}

/** Jobs are counted by minute, so the minute in which the window begins counts whole. */
export function minutes({ from, to }: Window): Condition[] {
  const first = Math.floor(from / METRIC_MINUTE) * METRIC_MINUTE;
  return [
    { kind: 'compare', field: 'time', operator: 'gte', value: first },
    { kind: 'compare', field: 'time', operator: 'lte', value: to },
  ];
}

/** The window and the type of jobs that a filter says; nothing else may stand there. */
export function readOfType(filter: Fields): { grouped: Condition[] } {
  const grouped = [...minutes(readWindow(filter)), equal('jobType', filter.requiredString('jobType'))];
  filter.end();
  return { grouped };
}

const MOST_POINTS = 100;

/** Length of a step, ms: whole minutes; without a resolution what shows the window in about {@link MOST_POINTS}. */
export function stepOf(resolution: string | undefined, window: number): number {
  if (resolution === undefined) {
    return Math.max(1, Math.ceil(window / METRIC_MINUTE / MOST_POINTS)) * METRIC_MINUTE;
  }
  const match = /^P(?=.)(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/.exec(
    resolution,
  );
  const [, days = 0, hours = 0, min = 0, seconds = 0] = match ?? [];
  const ms =
    Number(days) * 86_400_000 + Number(hours) * 3_600_000 + Number(min) * 60_000 + Number(seconds) * 1000;
  if (match === null || ms < METRIC_MINUTE || ms % METRIC_MINUTE !== 0) {
    throw new GatewayError(
      'INVALID_ARGUMENT',
      `The value for filter.resolution is '${resolution}' but must be an ISO 8601 duration of whole minutes, such as PT5M.`,
    );
  }
  return ms;
}

/** The three counts of a row of job statistics. */
export function metrics(row: Row) {
  const metric = (name: string) => {
    const last = row[`${name}Last`] ?? null;
    return {
      count: Number(row[`${name}Count`] ?? 0),
      lastUpdatedAt: last === null ? null : new Date(Number(last)).toISOString(),
    };
  };
  return { created: metric('created'), completed: metric('completed'), failed: metric('failed') };
}
