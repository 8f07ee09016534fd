import type { Builtins } from './builtin.ts';
import { Failure, ILLEGAL_ARGUMENTS } from './builtin.ts';

export const BOOLEAN_FUNCTIONS: Builtins = {
  not: [{ params: ['negand'], invoke: ([value]) => (typeof value === 'boolean' ? !value : null) }],
  'is defined': [{ params: ['value'], invoke: ([value = null]) => value !== null }],
  'get or else': [{ params: ['value', 'default'], invoke: ([value, other = null]) => value ?? other }],
  assert: [
    {
      params: ['value', 'condition'],
      invoke: ([value = null, condition]) =>
        condition === true ? value : new Failure('The condition is not fulfilled'),
    },
    {
      params: ['value', 'condition', 'cause'],
      invoke: ([value = null, condition, cause]) => {
        if (condition === true) return value;
        return typeof cause === 'string' ? new Failure(cause) : ILLEGAL_ARGUMENTS;
      },
    },
  ],
};
