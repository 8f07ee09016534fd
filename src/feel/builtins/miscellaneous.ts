import { FeelJsonError, fromJson, toJson } from '../values/json.ts';
import type { FeelValue } from '../values/values.ts';
import type { Builtin, Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS } from './builtin.ts';

const PARAMETERS = ['value', 'description', 'type', 'schema', 'options'];

/** It gives its first argument; what the others say is for those who read the model. */
function fromAi(count: number): Builtin {
  return { params: PARAMETERS.slice(0, count), invoke: ([value = null]) => value };
}

/** The result, or why the JSON cannot be read or written. */
function orReason(convert: () => FeelValue): FeelValue | Failure {
  try {
    return convert();
  } catch (error) {
    if (error instanceof FeelJsonError) return new Failure(error.message);
    throw error;
  }
}

/** Functions that came after Camunda 8.6, as the documentation of 8.9 describes them. */
export const MISCELLANEOUS_FUNCTIONS: Builtins = {
  fromAi: PARAMETERS.map((_, index) => fromAi(index + 1)),
  'from json': [
    {
      params: ['value'],
      invoke: ([text]) => {
        if (typeof text !== 'string') return ILLEGAL_ARGUMENTS;
        const result = orReason(() => fromJson(text));
        return result instanceof Failure
          ? new Failure(`Failed to parse JSON from '${text.slice(0, 1_000)}'`)
          : result;
      },
    },
  ],
  'to json': [{ params: ['value'], invoke: ([value = null]) => orReason(() => toJson(value)) }],
};
