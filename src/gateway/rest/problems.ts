import { GatewayError } from '../errors.ts';

/**
 * What is wrong with the values of a request. All of it is told in one message, as Camunda does; what cannot be read at
 * all (`BAD_REQUEST`) is told at once and alone.
 */
export class Problems {
  readonly #told: string[] = [];

  push(...problems: readonly string[]): void {
    this.#told.push(...problems);
  }

  /** Notes a problem and goes on with a value that stands in. */
  instead<Value>(problem: string, value: Value): Value {
    this.#told.push(problem);
    return value;
  }

  /** What the reader reads; if its value is refused, that is noted and `otherwise` stands in. */
  of<Value>(read: () => Value, otherwise: Value): Value {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'INVALID_ARGUMENT') throw error;
      return this.instead(error.message, otherwise);
    }
  }

  /** Refuses the request if there were any. */
  end(): void {
    refuse(this.#told);
  }
}

/** Reads something and refuses it for all that was found wrong. */
export function collecting<Value>(read: (problems: Problems) => Value): Value {
  const problems = new Problems();
  const value = read(problems);
  problems.end();
  return value;
}

/** Throws one error for all problems, if there are any; each becomes a sentence. */
export function refuse(problems: readonly [string]): never;
export function refuse(problems: readonly string[]): void;
export function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw invalid(problems.map((problem) => (problem.endsWith('.') ? problem : `${problem}.`)).join(' '));
}

export function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_ARGUMENT', message);
}

/** Camunda's text for a word that is none of the known ones. */
export function unexpected(value: string, name: string, known: readonly string[]): GatewayError {
  return new GatewayError(
    'BAD_REQUEST',
    `Unexpected value '${value}' for enum field '${name}'. Use any of the following values: [${known.join(', ')}]`,
  );
}
