/** The test engine cannot do what was asked. */
export class TestEngineError extends Error {
  override readonly name: string = 'TestEngineError';
}

/** The engine refused a command; `type` and `reason` are those that a client is told. */
export class RejectedCommandError extends TestEngineError {
  override readonly name = 'RejectedCommandError';
  readonly type: string;
  readonly reason: string;

  constructor(type: string, reason: string) {
    super(`${type}: ${reason}`);
    this.type = type;
    this.reason = reason;
  }
}

/** The processes under test go on and on without waiting for anything. */
export class NoRestError extends TestEngineError {
  override readonly name = 'NoRestError';

  constructor(records: number) {
    super(
      `The processes do not come to rest: one step of the test has caused more than ${records} records. Look for a loop without a task or event that waits, or a worker whose job comes again and again; or raise 'maxRecords'.`,
    );
  }
}
