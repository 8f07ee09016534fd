import type { Builtin, Builtins } from './builtin.ts';

const PARAMETERS = ['value', 'description', 'type', 'schema', 'options'];

/** The value as it is, whatever else is told of it: the rest is for tools that read the model. */
const overload = (count: number): Builtin => ({
  params: PARAMETERS.slice(0, count),
  invoke: ([value = null]) => value,
});

/** Functions that only mark a value, as documented for Camunda 8.8. */
export const TAGGING_FUNCTIONS: Builtins = { fromAi: PARAMETERS.map((_, index) => overload(index + 1)) };
