import type { HttpClient } from './http-client.ts';
import type { SinkReceiver } from './receivers.ts';
import { backOff, defaultRetry } from './retry.ts';
import { consentOf, validationHeaders, type WebhookState } from './webhook.ts';

/** What a sink said when it was asked for its consent, for the writer. */
export interface ConsentResult {
  /** Of the subscription. */
  readonly id: string;
  /** Of the asking; a PUT makes a new one, and what was said to an old one does not count. */
  readonly token: string;
  readonly state: WebhookState;
}

export interface HandshakeOptions {
  readonly client: HttpClient;
  readonly report: (result: ConsentResult) => Promise<unknown>;
  /** Address to which a sink may consent later; undefined if the server has none. */
  readonly callbackAddress: (id: string, token: string, base: string | undefined) => string | undefined;
  readonly timeoutMs: number;
}

interface Asking {
  readonly token: string;
  /** Set while it waits to ask again. */
  timer?: NodeJS.Timeout;
}

/** Asks sinks for their consent, each once at a time, until they say something. */
export class Handshakes {
  readonly #options: HandshakeOptions;
  /** By subscription. Entries stay while an answer or a call back is awaited, so that events do not ask again. */
  readonly #asking = new Map<string, Asking>();
  #stopped = false;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  /** Asks the sink of a subscription whose consent is pending, unless it is being asked. */
  begin(receiver: SinkReceiver): void {
    const { id, webhook } = receiver;
    const token = webhook?.token ?? '';
    const known = this.#asking.get(id);
    if (this.#stopped || known?.token === token) return;
    clearTimeout(known?.timer);
    const asking: Asking = { token };
    this.#asking.set(id, asking);
    void this.#ask(receiver, asking, 1);
  }

  /** The subscription is gone, or its sink has said what it thinks. */
  forget(id: string): void {
    clearTimeout(this.#asking.get(id)?.timer);
    this.#asking.delete(id);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#asking.values()) clearTimeout(timer);
  }

  async #ask(receiver: SinkReceiver, asking: Asking, attempts: number): Promise<void> {
    const { id, url, webhook, settings } = receiver;
    if (!settings.webhook || !webhook) return;
    const { callback } = settings.webhook;
    const base = typeof callback === 'string' ? callback : undefined;
    const address =
      callback === undefined ? undefined : this.#options.callbackAddress(id, webhook.token, base);
    const outcome = await this.#options.client.call(url, {
      method: 'OPTIONS',
      headers: { ...receiver.headers, ...validationHeaders(settings.webhook, address) },
      timeoutMs: settings.timeout ?? this.#options.timeoutMs,
      maxAnswerBytes: 64 * 1024,
    });
    if (!outcome || this.#stopped || this.#asking.get(id) !== asking) return;
    const { state, again } = consentOf(settings.webhook, outcome);
    if (again) {
      asking.timer = setTimeout(
        () => void this.#ask(receiver, asking, attempts + 1),
        backOff(attempts, defaultRetry, 1),
      );
    }
    // What the writer cannot take now is asked for again at the next start, or by the next attempt.
    await this.#options.report({ id, token: webhook.token, state }).catch(() => {
      if (!again) this.forget(id);
    });
  }
}
