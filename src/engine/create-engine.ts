import { dueBy, dueCommands, nextDue } from './behaviors/due.ts';
import { processCommand } from './commands/registry.ts';
import type { Engine, ResumeOptions, Turn } from './engine.ts';
import { ExpressionCache } from './processing/expression-cache.ts';
import type { FollowUp } from './processing/follow-up.ts';
import { hasLeftOvers, keepLeftOvers, nextLane, takeLane } from './processing/left-overs.ts';
import { processFollowUp } from './processing/process-follow-up.ts';
import { LateRejection, Rejection } from './processing/rejection.ts';
import { sequence } from './processing/sequence.ts';
import { setAside } from './processing/set-aside.ts';
import { Work } from './processing/work.ts';
import type { Answer, ClientCommand } from './records/command.ts';
import { Overlay } from './state/overlay.ts';
import type { StatePort } from './state/port.ts';

export interface EngineOptions {
  /**
   * Records after which a turn ends and leaves its follow-ups to `resume`. A single step may exceed it.
   * @defaultValue 500
   */
  readonly maxRecords?: number;
  /**
   * Compiled expressions that are kept.
   * @defaultValue 10000
   */
  readonly maxExpressions?: number;
  /**
   * What `uuid()` and `random number()` of FEEL draw from: numbers from 0 to less than 1. The engine itself has
   * no randomness; what it drew is in the events, so that a journal replays to the same state.
   * @defaultValue a sequence that is the same for each engine, which is right for tests only
   */
  readonly random?: () => number;
  /** Called before each step; what it throws is taken for a mistake in a processor. For tests. */
  readonly faults?: (step: ClientCommand | FollowUp) => void;
}

/** Makes an engine. It keeps only derived data between calls (compiled expressions); all state is in the port. */
export function createEngine(options: EngineOptions = {}): Engine {
  const maxRecords = options.maxRecords ?? 500;
  const cache = new ExpressionCache(options.maxExpressions ?? 10_000, options.random ?? sequence());

  function finish(w: Work, steps = Number.POSITIVE_INFINITY): boolean {
    for (let step = 0; step < steps && w.records.length < maxRecords; step++) {
      const followUp = w.next();
      if (followUp === undefined) break;
      options.faults?.(followUp);
      processFollowUp(w, followUp);
    }
    keepLeftOvers(w);
    w.saveKeys();
    return hasLeftOvers(w.state);
  }

  return {
    process(command: ClientCommand, state: StatePort, now: number): Turn {
      options.faults?.(command);
      const apart = mayBeRefusedLate(command) ? new Overlay(state) : undefined;
      const w = new Work(apart ?? state, now, cache);
      try {
        const answer = answerTo(w, command);
        const pending = finish(w);
        apart?.mergeInto(state);
        return { answer, records: w.records, pending };
      } catch (error) {
        if (!(error instanceof LateRejection) || apart === undefined) throw error;
        return { answer: rejected(command, error), records: [], pending: hasLeftOvers(state) };
      }
    },
    resume(state: StatePort, now: number, options: ResumeOptions = {}): Turn | undefined {
      const { lane = nextLane(state), single = false } = options;
      if (lane === undefined) return undefined;
      const w = new Work(state, now, cache);
      if (!takeLane(w, lane, single ? 1 : undefined)) return undefined;
      const pending = finish(w, single ? 1 : undefined);
      return { records: w.records, pending };
    },
    nextLane,
    setAside(state: StatePort, now: number, lane: number, cause: string): Turn {
      const w = new Work(state, now, cache);
      setAside(w, lane, cause);
      const pending = finish(w, 0);
      return { records: w.records, pending };
    },
    due: dueCommands,
    nextDue,
    dueBy,
  };
}

function answerTo(w: Work, command: ClientCommand): Answer {
  try {
    const { key, value, refused, awaits } = processCommand(w, command);
    if (refused !== undefined) return rejected(command, refused);
    return { kind: 'accepted', key, value, ...(awaits !== undefined && { awaits }) };
  } catch (error) {
    if (!(error instanceof Rejection) || error instanceof LateRejection) throw error;
    if (w.records.length > 0) throw new Error(`Refused after ${w.records.length} records: ${error.message}`);
    return rejected(command, error);
  }
}

/** Those that enter scopes while they are carried out. */
function mayBeRefusedLate(command: ClientCommand): boolean {
  if (command.valueType === 'PROCESS_INSTANCE_MODIFICATION') return true;
  return command.valueType === 'PROCESS_INSTANCE_CREATION' && command.value.startInstructions.length > 0;
}

function rejected({ valueType, intent }: ClientCommand, { type, message }: Rejection): Answer {
  return { kind: 'rejected', valueType, intent, type, reason: message };
}
