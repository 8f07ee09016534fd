import type { WriterClock } from '../clock.ts';
import { ClockBackwardsError, ClockNotControllableError } from '../errors.ts';
import { PARKED, type RequestHandler, type WriterModule } from '../module.ts';

/** Body of request kind `clock`: the time to stop at (epoch ms), or null to follow the system again. */
export interface ClockBody {
  readonly pin: number | null;
}

/**
 * Request kind `clock`: moves a controllable clock. It is answered only when nothing is due any more at the new time
 * and nothing is left over, so that whoever moved the clock sees all consequences.
 */
export function clockModule(clock: WriterClock): WriterModule {
  const settling = new Set<number>();

  const move: RequestHandler<ClockBody, null> = {
    kind: 'clock',
    handle: ({ pin }, tx, id) => {
      if (!clock.controllable) throw new ClockNotControllableError();
      if (pin === null) clock.unpin();
      else if (!Number.isSafeInteger(pin))
        throw new TypeError(`The clock is set to whole milliseconds since the epoch, not to ${pin}.`);
      else if (pin < tx.now) throw new ClockBackwardsError(pin, tx.now);
      else clock.pin(pin);
      tx.refreshNow();
      settling.add(id);
      return PARKED;
    },
  };

  return {
    name: 'clock',
    handlers: [move],
    beforeCommit: (tx) => {
      if (settling.size === 0 || !tx.settled()) return;
      for (const id of settling) {
        tx.reply(id, null);
        tx.afterCommit(() => settling.delete(id));
      }
    },
    cancel: (id) => {
      settling.delete(id);
      return null;
    },
    forget: (id) => {
      settling.delete(id);
    },
  };
}
