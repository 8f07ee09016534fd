/**
 * What the website asks of the tickets service: places in line, the offer, seats. Never blocks a page: where the
 * service does not answer, the last known figures stay and `up` is false until it answers again.
 */

/** One customer's place. `position` 0 is next, -1 is not waiting. */
export interface Place {
  readonly position: number;
  readonly size: number;
  /** Seconds, estimated from the measured rate; absent while there is no measure. */
  readonly waitSeconds?: number;
}

export interface Offer {
  readonly currency: string;
  readonly maxPerPurchase: number;
  readonly types: readonly {
    readonly ticketsType: string;
    readonly label: string;
    readonly price: number;
    readonly total: number;
    readonly left: number;
  }[];
}

export interface SeatFigures {
  readonly seats: {
    readonly total: number;
    readonly held: number;
    readonly sold: number;
    readonly left: number;
  };
  readonly waiting: number;
  readonly buying: number;
}

export interface Desk {
  /** False while the tickets service does not answer. */
  readonly up: boolean;
  /** The last known offer. */
  readonly offer: Offer | undefined;
  /** The last known length of the queue, as a place behind its end. */
  readonly crowd: Place | undefined;
  /** Asks for offer and queue length again, at most once per `freshMs`; simultaneous callers share one question. */
  refresh(): Promise<void>;
  /** Places of many; empty where the service does not answer. */
  places(sessionIds: readonly string[]): Promise<ReadonlyMap<string, Place>>;
  /** The place of one; questions of the same moment go out together. */
  place(sessionId: string): Promise<Place | undefined>;
  seats(): Promise<SeatFigures | undefined>;
  /** The first customers in line, in order. */
  firstWaiting(limit: number): Promise<readonly string[] | undefined>;
  close(): void;
}

/** Longest wait for an answer, so that a page is never held up by another service. */
const patienceMs = 2_000;
/** How long an answer counts as present. */
const freshMs = 1_000;
/** Most ids in one question. */
const largestQuestion = 2_000;

export function createDesk(ticketsUrl: string): Desk {
  const stop = new AbortController();
  let up = true;
  let offer: Offer | undefined;
  let crowd: Place | undefined;
  let refreshing: Promise<void> | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let asking: { readonly ids: Set<string>; readonly answer: Promise<ReadonlyMap<string, Place>> } | undefined;

  async function ask(path: string, body?: object): Promise<Record<string, unknown> | undefined> {
    try {
      const response = await fetch(`${ticketsUrl}${path}`, {
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(patienceMs)]),
        ...(body && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      const answer: unknown = await response.json();
      up = response.ok;
      return response.ok && isRecord(answer) ? answer : undefined;
    } catch {
      // Whatever the reason (refused, late, no JSON), for the customer the desk is closed for the moment.
      up = false;
      return undefined;
    }
  }

  async function places(sessionIds: readonly string[]): Promise<ReadonlyMap<string, Place>> {
    const found = new Map<string, Place>();
    for (let from = 0; from < sessionIds.length; from += largestQuestion) {
      const part = sessionIds.slice(from, from + largestQuestion);
      const answer = await ask('/queue/positions', { sessionIds: part });
      if (!isRecord(answer?.positions)) break;
      for (const [sessionId, value] of Object.entries(answer.positions)) {
        const place = placeOf(value);
        if (place) found.set(sessionId, place);
      }
    }
    return found;
  }

  async function askAll(): Promise<void> {
    const [queue, offered] = await Promise.all([ask('/queue'), ask('/offer')]);
    // One of the two may have been answered last: closed if either was not answered.
    up = queue !== undefined && offered !== undefined;
    if (queue) crowd = crowdOf(queue);
    if (offered && Array.isArray(offered.types)) offer = offered as unknown as Offer;
  }

  return {
    get up() {
      return up;
    },
    get offer() {
      return offer;
    },
    get crowd() {
      return crowd;
    },
    refresh: () => {
      if (refreshing) return refreshing;
      if (performance.now() - refreshedAt < freshMs) return Promise.resolve();
      refreshing = askAll().finally(() => {
        refreshing = undefined;
        refreshedAt = performance.now();
      });
      return refreshing;
    },
    places,
    place: async (sessionId) => {
      if (!asking) {
        const ids = new Set<string>();
        const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
          asking = undefined;
          return places([...ids]);
        });
        asking = { ids, answer };
      }
      const question = asking;
      question.ids.add(sessionId);
      return (await question.answer).get(sessionId);
    },
    seats: async () => {
      const answer = await ask('/stats');
      return isRecord(answer?.seats) ? (answer as unknown as SeatFigures) : undefined;
    },
    firstWaiting: async (limit) => {
      const answer = await ask(`/queue?limit=${limit}`);
      if (!answer) return undefined;
      const sessions: unknown[] = Array.isArray(answer.sessions) ? answer.sessions : [];
      return sessions.flatMap((each) => {
        const id = isRecord(each) ? each.sessionId : each;
        return typeof id === 'string' ? [id] : [];
      });
    },
    close: () => stop.abort(),
  };
}

function placeOf(value: unknown): Place | undefined {
  if (!isRecord(value) || typeof value.position !== 'number' || typeof value.size !== 'number')
    return undefined;
  const { position, size, waitSeconds } = value;
  return { position, size, ...(typeof waitSeconds === 'number' && { waitSeconds: Math.round(waitSeconds) }) };
}

/** What somebody who joined now would find. */
function crowdOf(queue: Record<string, unknown>): Place | undefined {
  const { size, exitsPerMinute } = queue;
  if (typeof size !== 'number') return undefined;
  const rate = typeof exitsPerMinute === 'number' && exitsPerMinute > 0 ? exitsPerMinute : undefined;
  return { position: -1, size, ...(rate !== undefined && { waitSeconds: Math.round((size / rate) * 60) }) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
