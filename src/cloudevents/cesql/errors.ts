/** A place in an expression. `offset` from 0 in UTF-16 units; `line` and `column` from 1. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** The error types of CESQL 1.0.0, section 3.3. */
export type CesqlErrorKind =
  | 'parse'
  | 'math'
  | 'cast'
  | 'missingAttribute'
  | 'missingFunction'
  | 'functionEvaluation'
  | 'generic';

/** One entry of the error list that belongs to each evaluation. `message` says what to do about it. */
export interface CesqlError {
  readonly kind: CesqlErrorKind;
  readonly message: string;
  readonly position: Position;
}

/** A text that is no CESQL expression. `reason` says what was expected, what stands there and the remedy. */
export class CesqlParseError extends Error {
  override readonly name = 'CesqlParseError';
  readonly code = 'CESQL_SYNTAX';
  readonly position: Position;
  readonly reason: string;

  constructor(position: Position, reason: string) {
    super(`line ${position.line}, column ${position.column}: ${reason}`);
    this.position = position;
    this.reason = reason;
  }

  /** The same as an entry of the error list. */
  asError(): CesqlError {
    return { kind: 'parse', message: this.reason, position: this.position };
  }
}

/** Line and column of an offset. Lines end with LF, CR or both. */
export function positionAt(source: string, offset: number): Position {
  let line = 1;
  let start = 0;
  for (const { index, 0: text } of source.slice(0, offset).matchAll(/\r\n|\r|\n/g)) {
    line++;
    start = index + text.length;
  }
  return { offset, line, column: offset - start + 1 };
}
