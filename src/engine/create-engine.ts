import { dueCommands, nextDue } from './behaviors/due.ts';
import { processCommand } from './commands/registry.ts';
import type { Engine, Turn } from './engine.ts';
import { ExpressionCache } from './processing/expression-cache.ts';
import { hasLeftOvers, keepLeftOvers, nextLane, takeLane } from './processing/left-overs.ts';
import { processFollowUp } from './processing/process-follow-up.ts';
import { Rejection } from './processing/rejection.ts';
import { sequence } from './processing/sequence.ts';
import { Work } from './processing/work.ts';
import type { Answer, ClientCommand } from './records/command.ts';
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
}

/** Makes an engine. It keeps only derived data between calls (compiled expressions); all state is in the port. */
export function createEngine(options: EngineOptions = {}): Engine {
  const maxRecords = options.maxRecords ?? 500;
  const cache = new ExpressionCache(options.maxExpressions ?? 10_000, options.random ?? sequence());

  function finish(w: Work): boolean {
    while (w.records.length < maxRecords) {
      const followUp = w.next();
      if (followUp === undefined) break;
      processFollowUp(w, followUp);
    }
    keepLeftOvers(w);
    w.saveKeys();
    return hasLeftOvers(w.state);
  }

  return {
    process(command: ClientCommand, state: StatePort, now: number): Turn {
      const w = new Work(state, now, cache);
      const answer = answerTo(w, command);
      const pending = finish(w);
      return { answer, records: w.records, pending };
    },
    resume(state: StatePort, now: number): Turn | undefined {
      const lane = nextLane(state);
      if (lane === undefined) return undefined;
      const w = new Work(state, now, cache);
      takeLane(w, lane);
      const pending = finish(w);
      return { records: w.records, pending };
    },
    due: dueCommands,
    nextDue,
  };
}

function answerTo(w: Work, command: ClientCommand): Answer {
  try {
    const { key, value, refused, awaits } = processCommand(w, command);
    if (refused !== undefined) return rejected(command, refused);
    return { kind: 'accepted', key, value, ...(awaits !== undefined && { awaits }) };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    if (w.records.length > 0) throw new Error(`Refused after ${w.records.length} records: ${error.message}`);
    return rejected(command, error);
  }
}

function rejected({ valueType, intent }: ClientCommand, { type, message }: Rejection): Answer {
  return { kind: 'rejected', valueType, intent, type, reason: message };
}
