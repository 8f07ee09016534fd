import { setTimeout as sleep } from 'node:timers/promises';
import { request, type Server, ServerRefusedError } from './client.ts';
import { type EventPage, type EventSummary, pageOf } from './event-table.ts';

/** What is followed. */
export interface Feed {
  readonly server: Server;
  readonly conditions: URLSearchParams;
  /** Sequence after which it begins. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Tells a person that the connection was lost, or is back. */
  readonly say: (line: string) => void;
}

const PAGE = 200;
/** Gives a delivery that works the time to become the fate of its event, ms. */
const GRACE_MS = 150;
/** An event that was not routed yet holds back those behind it for at most so long, ms. */
const HOLD_MS = 2000;
/** Looks by itself, should the live stream have kept silent, ms. */
const LOOK_MS = 15_000;
const FIRST_PAUSE_MS = 250;
const MOST_PAUSE_MS = 5000;

/**
 * Events as they come, in the order of the log, each once: the live stream says that there is news, and the log is
 * asked for what comes after the last one that was seen. So a lost connection loses and repeats nothing. Ends when the
 * signal aborts; throws `ServerRefusedError` if the server refuses what is asked.
 */
export async function* newEvents(feed: Feed): AsyncGenerator<readonly EventSummary[]> {
  const news = new News(feed);
  const listening = news.listen();
  let after = feed.after;
  let heldSince: number | undefined;
  let pause = FIRST_PAUSE_MS;
  try {
    while (!feed.signal.aborted) {
      let page: EventPage;
      try {
        const query = new URLSearchParams([
          ...feed.conditions,
          ['after', String(after)],
          ['limit', String(PAGE)],
        ]);
        page = await pageOf(feed.server, query, feed.signal);
        pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (feed.signal.aborted) return;
        if (!(error instanceof ServerRefusedError && error.passing)) throw error;
        news.lost();
        await news.wait(pause);
        pause = Math.min(pause * 2, MOST_PAUSE_MS);
        continue;
      }
      const { items, next = after } = page;
      const ready = settledHead(items, heldSince);
      const before = after;
      after = ready.length === items.length ? next : (ready.at(-1)?.sequence ?? after);
      if (ready.length > 0) {
        heldSince = undefined;
        yield ready;
      }
      if (ready.length < items.length) {
        heldSince ??= performance.now();
        await news.wait(GRACE_MS);
      } else if (after === before) {
        await news.wait(LOOK_MS);
        await sleep(GRACE_MS, undefined, { signal: feed.signal }).catch(() => undefined);
      }
    }
  } finally {
    news.stop();
    await listening;
  }
}

/** The events up to the first that has no fate yet, or all if that has been so for too long. */
function settledHead(page: readonly EventSummary[], heldSince: number | undefined): readonly EventSummary[] {
  if (heldSince !== undefined && performance.now() - heldSince >= HOLD_MS) return page;
  const open = page.findIndex(({ fate }) => fate === undefined);
  return open === -1 ? page : page.slice(0, open);
}

/** The live stream as a bell: it rings when something was committed, and whenever the connection is back. */
class News {
  readonly #feed: Feed;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  #rung = false;
  #wake: () => void = () => undefined;
  #lost = false;

  constructor(feed: Feed) {
    this.#feed = feed;
    this.#signal = AbortSignal.any([feed.signal, this.#stopped.signal]);
  }

  stop(): void {
    this.#stopped.abort();
  }

  lost(): void {
    if (!this.#lost) this.#feed.say('The connection was lost; trying again until it is back.');
    this.#lost = true;
  }

  /** Resolves when the bell has rung since the last wait, after `ms`, or when the signal aborts. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#signal.addEventListener('abort', this.#wake, { once: true });
      });
      this.#signal.removeEventListener('abort', this.#wake);
    }
    this.#rung = false;
  }

  async listen(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.#signal.aborted) {
      try {
        const response = await request(this.#feed.server, '/api/live?topics=events', {
          signal: this.#signal,
        });
        if (this.#lost) this.#feed.say('The connection is back.');
        this.#lost = false;
        pause = FIRST_PAUSE_MS;
        for await (const _chunk of response.body ?? []) this.#ring();
      } catch {
        // Refused or cut off: the reader asks the log by itself, and hears there if it cannot be asked at all.
      }
      if (this.#signal.aborted) return;
      await sleep(pause, undefined, { signal: this.#signal }).catch(() => undefined);
      pause = Math.min(pause * 2, MOST_PAUSE_MS);
      this.#ring();
    }
  }

  #ring(): void {
    this.#rung = true;
    this.#wake();
  }
}
