/** Ends a switch that must know every case: the compiler complains when one is missing. */
export function expectNever(value: never): never {
  throw new TypeError(`unexpected ${JSON.stringify(value)}`);
}
