import type { MessagePort } from 'node:worker_threads';
import type { FromWriter } from '../protocol.ts';

/**
 * What the writer has to say, with its place: it comes over two ports, the writer's own and that of the thread that syncs
 * behind it. 0 is for what may come at any time.
 */
export interface Numbered {
  readonly number: number;
  readonly message: FromWriter;
}

/** What the thread that syncs is started with. */
export interface SyncWorkerData {
  /** See {@link GIVEN}. */
  readonly shared: Int32Array;
  /** Messages to tell after the next sync, or `close`. */
  readonly given: MessagePort;
  /** Where to tell them. */
  readonly out: MessagePort;
  /** Path of the file to sync. */
  readonly file: string;
}

/** Places in the memory that writer and thread share: how much was given, how many messages were told, whether it listens. */
export const GIVEN = 0;
export const TOLD = 1;
export const READY = 2;
export const PLACES = 3;
