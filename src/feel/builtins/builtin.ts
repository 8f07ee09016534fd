import type { Runtime } from '../language/runtime.ts';
import type { FeelValue } from '../values/values.ts';

/** Why a built-in function gives no value; the call is then null, with a warning. */
export class Failure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The arguments have the wrong types; the caller words it, with the arguments. */
export const ILLEGAL_ARGUMENTS = new Failure('');

/** One overload of a built-in function. */
export interface Builtin {
  /** Names of the parameters, in order. A call has as many arguments, or more with `varArgs`. */
  readonly params: readonly string[];
  /** The last parameter gets all further arguments as a list. */
  readonly varArgs?: boolean;
  /** It needs `Environment.random`. */
  readonly random?: boolean;
  readonly invoke: (args: readonly FeelValue[], runtime: Runtime) => FeelValue | Failure;
}

/** Functions by name, each with its overloads in the order in which they are tried. */
export type Builtins = Readonly<Record<string, readonly Builtin[]>>;

/** The result, or `failure` if it is out of range. */
export function orFailure(compute: () => FeelValue | undefined, failure: Failure): FeelValue | Failure {
  try {
    return compute() ?? failure;
  } catch (error) {
    if (error instanceof RangeError) return failure;
    throw error;
  }
}
