import type { Answer, ClientCommand } from './records/command.ts';
import type { LogRecord } from './records/log.ts';
import type { Change } from './state/overlay.ts';
import type { StatePort } from './state/port.ts';

/** What one turn did. A turn is one command and its follow-ups, up to the bound of the engine. */
export interface Turn {
  /** Absent when an earlier turn already answered (resumed follow-ups, due timers). */
  readonly answer?: Answer;
  /** Events and rejections in order of the log. They are already applied to the state. */
  readonly records: readonly LogRecord[];
  /** True if the bound was met and follow-ups wait in the state for {@link Engine.resume}. */
  readonly pending: boolean;
}

export interface ResumeOptions {
  /** The lane to serve. @defaultValue that of {@link Engine.nextLane} */
  readonly lane?: number;
  /** Only the first follow-up of the lane, so that one which throws is found. @defaultValue false */
  readonly single?: boolean;
}

/**
 * The workflow engine: pure, synchronous, deterministic. The same state, command and time give the same records.
 * `state` is changed only by applying events; the caller discards it (an overlay) if a call throws.
 */
export interface Engine {
  /**
   * Carries out a command and its follow-ups, up to the bound. `CREATE_WITH_AWAITING_RESULT` is answered at once
   * with the new instance's key; its result is the later record PROCESS_INSTANCE_RESULT COMPLETED with that key.
   */
  process(command: ClientCommand, state: StatePort, now: number): Turn;
  /** Goes on with follow-ups that an earlier turn left over; undefined if there are none. */
  resume(state: StatePort, now: number, options?: ResumeOptions): Turn | undefined;
  /** The lane (process instance) whose turn it is, passing by those that rest; undefined if nothing is left over. */
  nextLane(state: StatePort, resting?: ReadonlySet<number>): number | undefined;
  /**
   * Takes the first left-over follow-up of a lane away, because it threw, and raises an incident that does it again
   * when it is resolved. `cause` is shown in the incident.
   */
  setAside(state: StatePort, now: number, lane: number, cause: string): Turn;
  /**
   * Commands for what is due at `now`: timers, job time-outs and back-offs, message expiry; in order of due time.
   * Carry out all of them before asking again. One that an earlier one made void (two timers of one event-based
   * gateway) is rejected: that is no error.
   */
  due(state: StatePort, now: number, limit: number): ClientCommand[];
  /** Epoch ms at which something is due next; undefined if nothing ever is. */
  nextDue(state: StatePort): number | undefined;
  /** Epoch ms at which something is due by a change of the state; undefined if nothing is. */
  dueBy(change: Change): number | undefined;
}
