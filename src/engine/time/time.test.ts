import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCycle } from '../behaviors/timers.ts';
import { Cron } from './cron.ts';
import { parseDateTime, parseFeelDateTime, zonedDateTimeText } from './date-time.ts';
import { addInterval, parseInterval } from './interval.ts';

const at = (text: string): number => Date.parse(text);

function after(start: string, interval: string): string {
  const parsed = parseInterval(interval);
  assert.ok(parsed, interval);
  return new Date(addInterval(at(start), parsed)).toISOString();
}

test('exact intervals add their time', () => {
  assert.equal(after('2040-01-01T00:00:00Z', 'PT1H2M3.5S'), '2040-01-01T01:02:03.500Z');
  assert.equal(after('2040-01-01T00:00:00Z', 'PT-10S'), '2039-12-31T23:59:50.000Z');
  assert.equal(after('2040-01-01T00:00:00Z', '-PT10S'), '2039-12-31T23:59:50.000Z');
  assert.equal(after('2040-01-01T00:00:00Z', 'P1DT12H'), '2040-01-02T12:00:00.000Z');
});

test('months and years follow the calendar and keep to the last day of the month', () => {
  assert.equal(after('2041-01-31T10:00:00Z', 'P1M'), '2041-02-28T10:00:00.000Z');
  assert.equal(after('2040-02-29T10:00:00Z', 'P1Y'), '2041-02-28T10:00:00.000Z');
  assert.equal(after('2040-12-15T10:00:00Z', 'P2M1W'), '2041-02-22T10:00:00.000Z');
});

test('what is no interval is not read', () => {
  for (const text of ['', 'P', 'PT', 'P1DT', '10 seconds', 'PT1D', 'R/PT1S'])
    assert.equal(parseInterval(text), undefined, text);
});

test('dates need an offset, those of FEEL do not', () => {
  assert.equal(parseDateTime('2040-01-01T00:00:00Z'), at('2040-01-01T00:00:00Z'));
  assert.equal(parseDateTime('2040-01-01T01:00+01:00'), at('2040-01-01T00:00:00Z'));
  assert.equal(parseFeelDateTime('2040-07-01T02:00:00[Europe/Berlin]'), at('2040-07-01T00:00:00Z'));
  assert.equal(parseFeelDateTime('2040-07-01T02:00:00'), at('2040-07-01T02:00:00Z'));
  assert.equal(parseDateTime('2040-01-01T00:00:00Z[UTC]'), at('2040-01-01T00:00:00Z'));
  for (const text of [
    '2040-01-01',
    '2040-02-31T00:00:00Z',
    '2040-01-01T00:00:00',
    '2040-07-01T02:00:00[Europe/Berlin]',
    'soon',
  ])
    assert.equal(parseDateTime(text), undefined, text);
});

test('a date is shown as Java shows it', () => {
  assert.equal(zonedDateTimeText('2040-01-01T00:00:00Z'), '2040-01-01T00:00Z');
  assert.equal(zonedDateTimeText('2040-01-01T00:00:05+02:00'), '2040-01-01T00:00:05+02:00');
});

test('cycles count from now, or from a start to come', () => {
  const now = at('2040-01-01T00:00:00Z');
  assert.deepEqual(readCycle('R3/PT10S', now), { dueDate: now + 10_000, repetitions: 3 });
  assert.deepEqual(readCycle('R/PT10S', now), { dueDate: now + 10_000, repetitions: -1 });
  assert.deepEqual(readCycle('R2/2040-01-01T01:00:00Z/PT1H', now), {
    dueDate: now + 3_600_000,
    repetitions: 2,
  });
  assert.deepEqual(readCycle('R/2039-01-01T00:00:00Z/PT1H', now), {
    dueDate: now + 3_600_000,
    repetitions: -1,
  });
  assert.equal(readCycle('R3', now), undefined);
  assert.equal(readCycle('soon', now), undefined);
});

test('cron expressions give the next moment after now', () => {
  const next = (text: string, from: string) => {
    const found = Cron.parse(text)?.next(at(from));
    return found === undefined ? undefined : new Date(found).toISOString().replace('.000Z', 'Z');
  };
  assert.equal(next('0 0 9 * * *', '2043-03-01T08:00:00Z'), '2043-03-01T09:00:00Z');
  assert.equal(next('0 0 9 * * *', '2043-03-01T09:00:00Z'), '2043-03-02T09:00:00Z');
  assert.equal(next('*/15 * * * * *', '2043-03-01T09:00:16Z'), '2043-03-01T09:00:30Z');
  assert.equal(next('0 0 12 ? * MON-FRI', '2043-03-06T13:00:00Z'), '2043-03-09T12:00:00Z');
  assert.equal(next('0 0 0 L * *', '2044-02-10T00:00:00Z'), '2044-02-29T00:00:00Z');
  assert.equal(next('0 0 0 ? * FRI#2', '2043-03-01T00:00:00Z'), '2043-03-13T00:00:00Z');
  assert.equal(next('0 0 0 ? * 5L', '2043-03-01T00:00:00Z'), '2043-03-27T00:00:00Z');
  assert.equal(next('0 0 0 1W * *', '2043-08-01T00:00:00Z'), '2043-08-03T00:00:00Z');
  assert.equal(next('@hourly', '2043-03-01T09:30:00Z'), '2043-03-01T10:00:00Z');
  assert.equal(next('0 0 0 30 2 *', '2043-03-01T00:00:00Z'), undefined);
});

test('what is no cron expression is refused', () => {
  for (const text of ['* * * * *', '0 0 25 * * *', '0 0 0 0 * *', '0 0 0 * XYZ *', '*/0 * * * * *'])
    assert.equal(Cron.parse(text), undefined, text);
});
