/**
 * Keeps open pages up to date with what no event tells: places in line, the length of the queue, seats left, and
 * whether the tickets service answers. Asks in bulk, once a second, and only while somebody looks.
 */
import type { Desk, Place } from './desk.ts';
import type { LiveHub } from './live.ts';
import type { View } from './view.ts';

const everyMs = 1_000;
/** A changed place is told at once; figures that change with every newcomer (length, estimate) so seldom. */
const slowMs = 5_000;

export interface Watch {
  start(): void;
  /** One round; for tests, which do not wait for the timer. */
  round(): Promise<void>;
  stop(): void;
}

export interface WatchParts {
  readonly hub: LiveHub;
  readonly desk: Desk;
  /** Writes the present state to the pages of a purchase; `place` where it was just asked. */
  tell(sessionId: string, place?: Place): void;
  onError(error: unknown): void;
}

export function createWatch({ hub, desk, tell, onError }: WatchParts): Watch {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  async function once(): Promise<void> {
    const open = [...hub.listening()].flatMap(({ last, sentAt }) => (last ? [{ last, sentAt }] : []));
    const waiting = open.filter(({ last }) => last.stage === 'waiting');
    const looking = open.filter(({ last }) => beforeChoice(last));
    if (waiting.length + looking.length === 0) return;
    const [places] = await Promise.all([
      desk.places(waiting.map(({ last }) => last.sessionId)),
      looking.length > 0 ? desk.refresh() : undefined,
    ]);
    const now = performance.now();
    for (const { last, sentAt } of waiting) {
      const place = places.get(last.sessionId);
      const moved = place !== undefined && place.position !== last.queue?.position;
      const other = place !== undefined && !same(place, last.queue);
      if (moved || last.ticketsUp !== desk.up || (other && now - sentAt >= slowMs))
        tell(last.sessionId, place);
    }
    for (const { last, sentAt } of looking) {
      const seats = last.stage === 'turn' && !same(desk.offer, last.offer);
      const other = last.stage === 'new' && (!same(desk.crowd, last.queue) || !same(desk.offer, last.offer));
      if (seats || last.ticketsUp !== desk.up || (other && now - sentAt >= slowMs)) tell(last.sessionId);
    }
  }

  const round = (): Promise<void> => {
    running ??= once()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
    return running;
  };

  return {
    round,
    start: () => {
      timer = setInterval(() => void round(), everyMs);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}

/** The stages that depend on the tickets service's offer or answer. */
function beforeChoice(view: View): boolean {
  return (
    view.stage === 'new' || view.stage === 'turn' || view.stage === 'requested' || view.stage === 'reserved'
  );
}

function same(one: object | undefined, other: object | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
