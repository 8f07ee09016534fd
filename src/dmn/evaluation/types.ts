import { type FeelType, type FeelValue, typeOf } from '../../feel/index.ts';
import { EvaluationFailure, shown } from './run.ts';

/** The names of types that are checked, as DMN 1.1 wrote them. All others mean any type. */
const TYPES: ReadonlyMap<string, FeelType> = new Map([
  ['string', 'string'],
  ['number', 'number'],
  ['boolean', 'boolean'],
  ['time', 'time'],
  ['date', 'date'],
  ['dateTime', 'date and time'],
  ['dayTimeDuration', 'days and time duration'],
  ['yearMonthDuration', 'years and months duration'],
]);

/** Throws `EvaluationFailure` if a value is not of a type; null is of every type. */
export function checkType(value: FeelValue, typeRef: string | undefined): void {
  if (typeRef === undefined || value === null) return;
  const name = typeRef.replaceAll('feel:', '');
  const type = TYPES.get(name);
  if (type === undefined || typeOf(value) === type) return;
  throw new EvaluationFailure(`expected '${name}' but found '${shown(value)}'`);
}
