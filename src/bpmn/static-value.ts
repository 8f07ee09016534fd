import { type FeelValue, numberOf } from '../feel/index.ts';

/** A number as Java's BigDecimal reads it. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** The value of a static text of a model: a text that reads as a number is one, even where only a string will do. */
export function staticValue(text: string): FeelValue {
  return NUMBER.test(text) ? (numberOf(Number(text)) ?? text) : text;
}
