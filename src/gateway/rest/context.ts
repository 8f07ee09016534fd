import type { DocumentStore } from '../../documents/index.ts';
import type { JobValue } from '../../engine/records/record.ts';
import type { ReadModel, RecordSource } from '../../history/index.ts';
import type { Batches } from '../../runtime/batches/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Commits } from '../commits.ts';

/** What the routes need of the rest of the house. */
export interface GatewayContext {
  readonly runtime: Runtime;
  readonly history: ReadModel;
  readonly batches: Batches;
  readonly documents: DocumentStore;
  /** A reader of the journal of its own, for `/api/records`. */
  readonly records: RecordSource;
  readonly commits: Commits;
  /** Version of Tutti. */
  readonly version: string;
}

/** The release of Camunda's API that the REST surface speaks; client libraries ask for it. */
export const GATEWAY_VERSION = '8.9.0';
export const TENANT = '<default>';
/** Long poll of job activation unless the request says otherwise, ms. */
export const LONG_POLL_MS = 10_000;
/** Wait of a creation with result unless the request says otherwise, ms. */
export const RESULT_WAIT_MS = 10_000;

/** A job as it is handed to a worker: its key, and its record's value with the variables the worker asked for. */
export interface ActivatedJob {
  readonly key: number;
  readonly value: JobValue;
  readonly rootProcessInstanceKey: number;
}

/** What an activation is answered with. */
export interface ActivatedJobs {
  readonly jobs: readonly ActivatedJob[];
}
