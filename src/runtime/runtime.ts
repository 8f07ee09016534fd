import type { CloudEvent } from '../cloudevents/index.ts';
import type { Answer, ClientCommand, JobActivationRequest } from '../engine/records/command.ts';

/** What became of an accepted event at the moment it was stored; the full fate is asked from the event log. */
export interface EventReceipt {
  readonly source: string;
  readonly id: string;
  /** Place in the event log; of the first arrival if this one is a duplicate. */
  readonly sequence: number;
  readonly duplicate: boolean;
}

export interface ClockState {
  /** Epoch ms, as engine, buffers, deliveries and retention see it. */
  readonly now: number;
  readonly pinned: boolean;
}

/**
 * What the surfaces (HTTP, gRPC, command line) use: one durable engine and event log behind a queue.
 * Every promise resolves only after the transaction that holds the effect is synced to disk.
 * Rejects with `UnavailableError` (disk failed, stopping), `OverloadedError` (queue full).
 */
export interface Runtime {
  execute(command: ClientCommand): Promise<Answer>;
  /**
   * Long poll: answers as soon as there are jobs, or an empty batch after `waitMs` or when `signal` aborts.
   * @param shares whether it takes the fewer jobs at a time, the more others wait for the same type
   */
  activateJobs(
    request: JobActivationRequest,
    waitMs: number,
    signal?: AbortSignal,
    shares?: boolean,
  ): Promise<Answer>;
  /** Creates an instance and answers with its result variables when it completes; undefined after `waitMs`. */
  createWithResult(
    command: ClientCommand & { intent: 'CREATE_WITH_AWAITING_RESULT' },
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<Answer | undefined>;
  publish(events: readonly CloudEvent[]): Promise<readonly EventReceipt[]>;
  /** Position of the last record that is synced. */
  position(): number;
  clock(): ClockState;
  /** Only with a controllable clock: moves it (never back) and fires what is due before it resolves. */
  setClock(epochMs: number): Promise<void>;
  resetClock(): Promise<void>;
  /** False while the disk refuses writes or the runtime is stopping. */
  ready(): { readonly ok: boolean; readonly reason?: string };
  close(): Promise<void>;
}
