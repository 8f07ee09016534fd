import { order } from '../values/compare.ts';
import type { FeelValue } from '../values/values.ts';
import { FeelRange } from '../values/values.ts';
import type { Builtins, Failure } from './builtin.ts';
import { ILLEGAL_ARGUMENTS } from './builtin.ts';

/** Ends of two ranges or points that cannot be compared. */
class NotComparable extends Error {}

type Relation = (a: FeelRange, b: FeelRange) => boolean;

/** What the arguments of a relation may be. */
type Shape = 'points' | 'point in range' | 'range of point' | 'ranges';

const PARAMS: Readonly<Record<Shape, readonly string[]>> = {
  points: ['point1', 'point2'],
  'point in range': ['point', 'range'],
  'range of point': ['range', 'point'],
  ranges: ['range1', 'range2'],
};

// A point is a range of one value with both ends included; DMN 1.5, table 78, agrees with that for every relation.
const before: Relation = (a, b) => {
  const gap = compare(a.end, b.start);
  return gap < 0 || (gap === 0 && !(a.endIncluded && b.startIncluded));
};

const meets: Relation = (a, b) => a.endIncluded && b.startIncluded && compare(a.end, b.start) === 0;

const overlaps: Relation = (a, b) => !before(a, b) && !before(b, a);

const overlapsBefore: Relation = (a, b) => startsEarlier(a, b) && overlaps(a, b) && !endsLater(a, b);

const finishes: Relation = (a, b) =>
  compare(a.end, b.end) === 0 && a.endIncluded === b.endIncluded && !startsEarlier(a, b);

const includes: Relation = (a, b) => !startsEarlier(b, a) && !endsLater(b, a);

const starts: Relation = (a, b) =>
  compare(a.start, b.start) === 0 && a.startIncluded === b.startIncluded && !endsLater(a, b);

const coincides: Relation = (a, b) => includes(a, b) && includes(b, a);

export const RANGE_FUNCTIONS: Builtins = {
  before: relation(before, ['points', 'point in range', 'range of point', 'ranges']),
  after: relation(swapped(before), ['points', 'point in range', 'range of point', 'ranges']),
  meets: relation(meets, ['ranges']),
  'met by': relation(swapped(meets), ['ranges']),
  overlaps: relation(overlaps, ['ranges']),
  'overlaps before': relation(overlapsBefore, ['ranges']),
  'overlaps after': relation(swapped(overlapsBefore), ['ranges']),
  finishes: relation(finishes, ['point in range', 'ranges']),
  'finished by': relation(swapped(finishes), ['range of point', 'ranges']),
  includes: relation(includes, ['range of point', 'ranges']),
  during: relation(swapped(includes), ['point in range', 'ranges']),
  starts: relation(starts, ['point in range', 'ranges']),
  'started by': relation(swapped(starts), ['range of point', 'ranges']),
  coincides: relation(coincides, ['points', 'ranges']),
};

function relation(holds: Relation, shapes: readonly Shape[]): Builtins[string] {
  const invoke = ([a, b]: readonly FeelValue[]): FeelValue | Failure => {
    if (a === undefined || b === undefined || !shapes.includes(shapeOf(a, b))) return ILLEGAL_ARGUMENTS;
    try {
      return holds(asRange(a), asRange(b));
    } catch (error) {
      if (error instanceof NotComparable) return ILLEGAL_ARGUMENTS;
      throw error;
    }
  };
  return shapes.map((shape) => ({ params: PARAMS[shape], invoke }));
}

function shapeOf(a: FeelValue, b: FeelValue): Shape {
  if (a instanceof FeelRange) return b instanceof FeelRange ? 'ranges' : 'range of point';
  return b instanceof FeelRange ? 'point in range' : 'points';
}

function asRange(value: FeelValue): FeelRange {
  return value instanceof FeelRange ? value : new FeelRange(value, value, true, true);
}

function swapped(holds: Relation): Relation {
  return (a, b) => holds(b, a);
}

function compare(a: FeelValue, b: FeelValue): number {
  // Texts have an order, and yet they are neither points nor ends of ranges in Camunda.
  const sign = typeof a === 'string' ? undefined : order(a, b);
  if (sign === undefined) throw new NotComparable();
  return sign;
}

function startsEarlier(a: FeelRange, b: FeelRange): boolean {
  const sign = compare(a.start, b.start);
  return sign < 0 || (sign === 0 && a.startIncluded && !b.startIncluded);
}

function endsLater(a: FeelRange, b: FeelRange): boolean {
  const sign = compare(a.end, b.end);
  return sign > 0 || (sign === 0 && a.endIncluded && !b.endIncluded);
}
