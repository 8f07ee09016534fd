import { FeelFunction, type FeelNumber, type FeelValue, isNumber, toText } from '../../feel/index.ts';
import { equal } from '../../feel/values/compare.ts';
import { add, compareNumbers } from '../../feel/values/numbers.ts';
import type { DecisionTable, TableOutput } from '../model/graph.ts';
import { immutableMapOrder } from '../model/order.ts';
import { EvaluationFailure, type Run, shown } from './run.ts';

/** The outputs of one rule, by name. */
export type Row = Map<string, FeelValue>;

/** The value of a table, of the rows of the rules that matched: at least one. Throws `EvaluationFailure`. */
export function applyHitPolicy(run: Run, table: DecisionTable, rows: readonly Row[]): FeelValue {
  switch (table.hitPolicy) {
    case 'FIRST':
      return single(run, rows);
    case 'UNIQUE':
      if (rows.length <= 1) return single(run, rows);
      throw new EvaluationFailure(
        `multiple values aren't allowed for UNIQUE hit policy. found: '${rowsText(rows)}'`,
      );
    case 'ANY': {
      const different = distinct(rows);
      if (different.length <= 1) return single(run, rows);
      throw new EvaluationFailure(
        `different values aren't allowed for ANY hit policy. found: '${rowsText(different)}'`,
      );
    }
    case 'PRIORITY':
      return single(run, byPriority(rows, table.outputs));
    case 'OUTPUT ORDER':
      return all(run, byPriority(rows, table.outputs));
    case 'RULE ORDER':
      return all(run, rows);
    case 'COLLECT':
      return collect(run, table, rows);
  }
}

/** A row as a value: that of its only output, or a context. */
export function rowValue(run: Run, row: Row | undefined): FeelValue {
  if (row === undefined || row.size === 0) return null;
  const [only] = row.values();
  return row.size === 1 ? (only ?? null) : run.context(row);
}

function single(run: Run, rows: readonly Row[]): FeelValue {
  return rowValue(run, rows[0]);
}

function all(run: Run, rows: readonly Row[]): FeelValue {
  return rows.map((row) => rowValue(run, row));
}

function collect(run: Run, { aggregator }: DecisionTable, rows: readonly Row[]): FeelValue {
  if (aggregator === undefined) return all(run, rows);
  switch (aggregator) {
    case 'COUNT':
      return rows.length;
    case 'SUM':
      return numbers(rows).reduce((sum, number) => sumOf(sum, number));
    case 'MIN':
      return numbers(rows).reduce((least, number) => (compareNumbers(number, least) < 0 ? number : least));
    case 'MAX':
      return numbers(rows).reduce((most, number) => (compareNumbers(number, most) > 0 ? number : most));
  }
}

function sumOf(a: FeelNumber, b: FeelNumber): FeelNumber {
  try {
    return add(a, b);
  } catch (error) {
    if (error instanceof RangeError) throw new EvaluationFailure(error.message);
    throw error;
  }
}

function numbers(rows: readonly Row[]): readonly FeelNumber[] {
  return rows.map((row) => {
    const [value = null] = row.values();
    if (isNumber(value)) return value;
    throw new EvaluationFailure(`expected number but found '${shown(value)}'`);
  });
}

function distinct(rows: readonly Row[]): readonly Row[] {
  const kept: Row[] = [];
  for (const row of rows) if (!kept.some((other) => sameRow(row, other))) kept.push(row);
  return kept;
}

function sameRow(a: Row, b: Row): boolean {
  for (const [name, value] of a) if (!same(value, b.get(name) ?? null)) return false;
  return true;
}

/** As Zeebe tells values apart: contexts and functions are the same only if they are one and the same. */
function same(a: FeelValue, b: FeelValue): boolean {
  if (a instanceof Map || a instanceof FeelFunction) return a === b;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => same(item, b[index] ?? null));
  return equal(a, b);
}

/**
 * By the places of the values among the output values. Zeebe compares the places as texts, one behind the other:
 * the eleventh value comes before the third.
 */
function byPriority(rows: readonly Row[], outputs: readonly TableOutput[]): readonly Row[] {
  const places = outputs.map(({ name, values }) => ({
    name,
    place: new Map(values.map((value, index) => [value, String(index)])),
  }));
  const placeOf = (row: Row): string =>
    places.map(({ name, place }) => place.get(nameOf(row.get(name) ?? null) ?? '') ?? '_').join('');
  const placed = rows.map((row) => ({ row, place: placeOf(row) }));
  placed.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return placed.map(({ row }) => row);
}

function nameOf(value: FeelValue): string | undefined {
  if (typeof value === 'string') return value;
  return isNumber(value) ? toText(value) : undefined;
}

function rowsText(rows: readonly Row[]): string {
  const texts = rows.map((row) => {
    const { type, keys } = immutableMapOrder([...row.keys()]);
    return `${type}(${keys.map((key) => `${key} -> ${shown(row.get(key) ?? null)}`).join(', ')})`;
  });
  return `List(${texts.join(', ')})`;
}
