import type { HistoryChange } from './readmodel.ts';

/** Messages between the read model's thread and the others. */

export interface HistoryWorkerData {
  /** The data folder, for the journal. */
  readonly folder: string;
  /** The read model's own file. */
  readonly file: string;
  /** How long a query waits for the projection, ms. */
  readonly patienceMs: number;
  /** Types of the jobs that the router serves. */
  readonly jobTypes: readonly string[];
}

export interface QueryRequest {
  readonly kind: 'query';
  readonly id: number;
  /** The query sees at least this position. */
  readonly position: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type ToHistory =
  | QueryRequest
  | { readonly kind: 'advance'; readonly position: number }
  | { readonly kind: 'close' };

export type FromHistory =
  | { readonly kind: 'ready'; readonly position: number }
  | { readonly kind: 'changed'; readonly change: HistoryChange }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'answer'; readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly ok: false;
      readonly error: { readonly message: string; readonly code: string; readonly lag: number };
    };
