/** Bounds of one transaction and of waiting. Larger batches mean fewer syncs and longer waits for each answer. */
export interface WriterLimits {
  /** Requests taken into one transaction. @defaultValue 1000 */
  readonly batchRequests: number;
  /** Estimated bytes of requests taken into one transaction; a single larger request is taken alone. @defaultValue 16 MiB */
  readonly batchBytes: number;
  /** Once a transaction has this many records, it takes no further requests. @defaultValue 20,000 */
  readonly batchRecords: number;
  /** Due timers, time-outs and expiries in one transaction. @defaultValue 100 */
  readonly dueCommands: number;
  /** Turns of left-over engine follow-ups in one transaction. @defaultValue 8 */
  readonly resumeTurns: number;
  /** Commands of modules that follow in the transaction that caused them; more wait for a later one. @defaultValue 200 */
  readonly follows: number;
  /** ms the writer sleeps at most, well below what timers of the platform can hold. @defaultValue 30,000 */
  readonly maxSleepMs: number;
  /** First and largest ms between two attempts to write to a failed disk. @defaultValue 100 and 5000 */
  readonly probeMs: number;
  readonly maxProbeMs: number;
}

export const DEFAULT_LIMITS: WriterLimits = {
  batchRequests: 1000,
  batchBytes: 16 * 1024 * 1024,
  batchRecords: 20_000,
  dueCommands: 100,
  resumeTurns: 8,
  follows: 200,
  maxSleepMs: 30_000,
  probeMs: 100,
  maxProbeMs: 5000,
};
