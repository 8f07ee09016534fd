import { FolderLockedError, FolderTooNewError, StoreError } from '../store/errors.ts';

export type RuntimeErrorCode =
  | 'UNAVAILABLE'
  | 'OVERLOADED'
  | 'INTERNAL'
  | 'UNKNOWN_REQUEST'
  | 'CLOCK_NOT_CONTROLLABLE'
  | 'CLOCK_BACKWARDS'
  | 'START_FAILED'
  | 'HELD_BACK';

/** Base of what the runtime refuses. `code` is stable and is what gateways map to their own codes. */
export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The disk refuses writes, or the runtime is stopping. Nothing of the request was kept; it may be tried again. */
export class UnavailableError extends RuntimeError {
  readonly reason: string;

  constructor(reason: string) {
    super('UNAVAILABLE', `Cannot take requests now: ${reason}`);
    this.reason = reason;
  }
}

/** The writer's queue is full; refused before anything was done. */
export class OverloadedError extends RuntimeError {
  /** ms after which it makes sense to try again */
  readonly retryAfterMs: number;

  constructor(limit: number, retryAfterMs: number) {
    super('OVERLOADED', `More than ${limit} requests are waiting; try again in ${retryAfterMs} ms.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A mistake in the program: this request was discarded as a whole, everything else went on. */
export class InternalError extends RuntimeError {
  constructor(message: string, options?: ErrorOptions) {
    super('INTERNAL', message, options);
  }
}

export class UnknownRequestError extends RuntimeError {
  constructor(kind: string) {
    super('UNKNOWN_REQUEST', `No module of this runtime handles requests of kind "${kind}".`);
  }
}

export class ClockNotControllableError extends RuntimeError {
  constructor() {
    super(
      'CLOCK_NOT_CONTROLLABLE',
      'The clock follows the system. Start with a controllable clock (--clock controllable) to set it.',
    );
  }
}

export class ClockBackwardsError extends RuntimeError {
  constructor(asked: number, now: number) {
    super(
      'CLOCK_BACKWARDS',
      `The clock cannot go back: it stands at ${now} (epoch ms), and ${asked} is earlier. Ask for a later time.`,
    );
  }
}

/** The writer's thread could not start, or ended, for a reason that is no mistake of the caller. */
export class StartFailedError extends RuntimeError {
  constructor(message: string, options?: ErrorOptions) {
    super('START_FAILED', message, options);
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error as data, to cross from the writer's thread. */
export interface ErrorData {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
  readonly fields: Readonly<Record<string, string | number>>;
}

export function errorToData(error: unknown): ErrorData {
  if (!(error instanceof Error))
    return { name: 'InternalError', code: 'INTERNAL', message: String(error), fields: {} };
  const fields: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(error))
    if (key !== 'code' && key !== 'name' && (typeof value === 'string' || typeof value === 'number'))
      fields[key] = value;
  return {
    name: error.name,
    code: String((error as { code?: unknown }).code ?? 'INTERNAL'),
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    fields,
  };
}

const PROTOTYPES: Readonly<Record<string, object>> = Object.fromEntries(
  [
    UnavailableError,
    OverloadedError,
    InternalError,
    UnknownRequestError,
    ClockNotControllableError,
    ClockBackwardsError,
    StartFailedError,
    StoreError,
    FolderLockedError,
    FolderTooNewError,
  ].map((type) => [type.name, type.prototype]),
);

/**
 * The error again, as an instance of its class where the runtime or the store has it. Errors of other modules come
 * back as `Error` with `name`, `code` and their plain fields, unless their class is registered.
 */
export function errorFromData(
  { name, code, message, stack, fields }: ErrorData,
  classes: readonly { readonly name: string; readonly prototype: object }[] = [],
): Error {
  const error = new Error(message);
  const prototype = PROTOTYPES[name] ?? classes.find((type) => type.name === name)?.prototype;
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, fields, { name, code });
}

/** Task listeners did not let a step of a user task end in time. It was accepted, and ends when they are done. */
export class HeldBackError extends RuntimeError {
  constructor(waitMs: number) {
    super(
      'HELD_BACK',
      `The request was accepted, but task listeners still hold it back after ${waitMs} ms. It takes effect when their ` +
        `jobs are completed; ask for the user task to see its outcome.`,
    );
  }
}
