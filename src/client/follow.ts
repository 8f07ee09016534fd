import { type Connection, TuttiError } from './http.ts';
import { backOffMs, pause } from './pause.ts';

export interface FollowOptions {
  readonly type?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly correlationKey?: string;
  /** Place in the event log after which it begins; 0 for all that it holds. @defaultValue its end */
  readonly after?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Told when the server cannot be reached; it goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

/** An event of the log, without its data. */
export interface FollowedEvent {
  /** Place in the event log. */
  readonly sequence: number;
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly correlationKey?: string;
  /** RFC 3339. */
  readonly received: string;
  /** What became of it by now. */
  readonly fate?: { readonly kind: string; readonly text: string };
}

interface Page {
  readonly items: readonly FollowedEvent[];
  readonly next?: number;
}

const PAGE = 200;
/** Looks by itself, should the live stream have kept silent, ms. */
const LOOK_MS = 10_000;

/**
 * Events as they come, in the order of the log, each once: the live stream says that there is news, and the log is
 * asked for what comes after the last one that was seen. So a lost connection loses and repeats nothing.
 */
export async function* followEvents(
  connection: Connection,
  options: FollowOptions,
): AsyncGenerator<FollowedEvent> {
  const { type, source, subject, correlationKey, signal, onError } = options;
  const stopped = new AbortController();
  const ended = signal ? AbortSignal.any([signal, stopped.signal]) : stopped.signal;
  const conditions = Object.entries({ type, source, subject, correlationKey }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const read = (more: Readonly<Record<string, string>>): Promise<Page> => {
    const query = new URLSearchParams([...conditions, ...Object.entries(more)]);
    return connection.json<Page>(`/api/events?${query}`, undefined, { method: 'GET', signal: ended });
  };
  const bell = new Bell(connection, ended);
  let failures = 0;
  try {
    let after = options.after ?? (await endOf(connection, ended));
    while (!ended.aborted) {
      let page: Page;
      try {
        page = await read({ after: String(after), limit: String(PAGE) });
        failures = 0;
      } catch (error) {
        if (ended.aborted) return;
        if (error instanceof TuttiError && !error.passing) throw error;
        failures += 1;
        onError?.(error);
        await pause(backOffMs(failures, 250, 5000), ended);
        continue;
      }
      yield* page.items;
      const next = page.next ?? page.items.at(-1)?.sequence ?? after;
      if (next === after) await bell.rung(LOOK_MS);
      after = next;
    }
  } finally {
    stopped.abort();
    await bell.ended;
  }
}

async function endOf(connection: Connection, signal: AbortSignal): Promise<number> {
  const page = await connection.json<Page>('/api/events?limit=1', undefined, { method: 'GET', signal });
  return page.items[0]?.sequence ?? 0;
}

/** Rings whenever something was committed, and when the stream has come back. */
class Bell {
  readonly ended: Promise<void>;
  readonly #signal: AbortSignal;
  #rang = false;
  #wake: () => void = () => undefined;

  constructor(connection: Connection, signal: AbortSignal) {
    this.#signal = signal;
    this.ended = this.#listen(connection);
  }

  /** Resolves when it has rung since the last call, or after `ms`. */
  async rung(ms: number): Promise<void> {
    if (!this.#rang) {
      const waited = new AbortController();
      this.#wake = () => waited.abort();
      await pause(ms, AbortSignal.any([this.#signal, waited.signal]));
    }
    this.#rang = false;
  }

  async #listen(connection: Connection): Promise<void> {
    for (let failures = 1; !this.#signal.aborted; failures++) {
      try {
        const call = { method: 'GET', signal: this.#signal } as const;
        const { body } = await connection.send('/api/live?topics=events', call);
        const reader = body?.getReader();
        for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
          failures = 0;
          this.#ring();
        }
      } catch {
        // Who follows asks the log by itself, and hears there if it cannot be asked at all.
      }
      await pause(backOffMs(failures + 1, 250, 5000), this.#signal);
      this.#ring();
    }
  }

  #ring(): void {
    this.#rang = true;
    this.#wake();
  }
}
