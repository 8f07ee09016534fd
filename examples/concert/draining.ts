/**
 * Purchases that began in a choreographed step need its wiring until they end. The services take an event that comes
 * by both ways once, so the wiring may stay beside the process that now sends these events itself.
 */

export interface Draining {
  /** Resolves when the purchases have ended and the wiring is gone, or when draining was stopped. */
  readonly done: Promise<void>;
  stop(): void;
}

export interface DrainingParts {
  /** How many are still under way. */
  left(): Promise<number>;
  /** Takes the wiring away. */
  finish(): Promise<void>;
  readonly say: (line: string) => void;
  readonly pauseMs?: number;
}

/** Looks again and again until no purchase of the former step is left. */
export function drain({ left, finish, say, pauseMs = 2_000 }: DrainingParts): Draining {
  let stopped = false;
  let wake = (): void => undefined;
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        if ((await left()) === 0) {
          await finish();
          say('The last purchase of the former step has ended; its wiring is gone.');
          return;
        }
      } catch {
        // A part is away: it is started again, and we look again.
      }
      await pause();
    }
  };
  return {
    done: run(),
    stop: () => {
      stopped = true;
      wake();
    },
  };
}
