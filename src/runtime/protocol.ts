import type { ErrorData } from './errors.ts';
import type { ClockState } from './runtime.ts';

/** What main thread and writer tell each other: data only, in batches. */
export interface Envelope {
  readonly id: number;
  readonly kind: string;
  readonly body: unknown;
  /** How many events it publishes. */
  readonly events?: number;
}

export type ToWriter =
  | { readonly type: 'requests'; readonly requests: readonly Envelope[] }
  | { readonly type: 'cancel'; readonly ids: readonly number[] }
  | { readonly type: 'close' };

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorData };

export interface Push {
  readonly topic: string;
  readonly body: unknown;
}

/** One transaction of the writer, in plain numbers for metrics. */
export interface CommitSample {
  readonly requests: number;
  readonly records: number;
  /** ms from the first SQL write to the end of the sync */
  readonly commitMs: number;
  /** ms of the whole transaction */
  readonly totalMs: number;
  /** Requests that were left in the writer's queue. */
  readonly queued: number;
}

export interface WriterStatus {
  readonly position: number;
  readonly clock: ClockState;
  readonly ready: boolean;
  /** Why not, if not. */
  readonly reason?: string;
}

/** What a step of the writer has to tell. */
export interface Outcome {
  readonly replies: readonly Reply[];
  /** Requests that stay unanswered until something happens; they no longer fill the queue. */
  readonly parked: readonly number[];
  readonly pushes: readonly Push[];
  readonly status: WriterStatus;
  /** Absent if nothing was committed. */
  readonly sample?: CommitSample;
}

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly error?: ErrorData;
}

export type FromWriter =
  | { readonly type: 'started'; readonly status: WriterStatus }
  | { readonly type: 'failed'; readonly error: ErrorData }
  | { readonly type: 'outcome'; readonly outcome: Outcome }
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'closed' };
