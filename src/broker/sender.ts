import type { CloudEvent } from '../cloudevents/index.ts';
import { Credentials } from './credentials.ts';
import type { HttpClient } from './http-client.ts';
import { messageFor } from './message.ts';
import { type Exchange, exchangeOf, type PostSettings, unreachable } from './post.ts';
import type { SinkReceiver } from './receivers.ts';
import type { Targets } from './targets.ts';

/** Sends events to one receiver, with all that it wants in the request. */
export class Sender {
  readonly #client: HttpClient;
  readonly #credentials: Credentials;
  readonly #settings: PostSettings;
  readonly #now: () => number;

  /** @param now epoch ms, of the clock that sinks share */
  constructor(client: HttpClient, targets: Targets, settings: PostSettings, now: () => number) {
    this.#client = client;
    this.#credentials = new Credentials(client, targets, now);
    this.#settings = settings;
    this.#now = now;
  }

  /** One exchange, or two if the sink wants a new token. Undefined if it was cut off: nothing is known of it. */
  async send(receiver: SinkReceiver, events: readonly CloudEvent[]): Promise<Exchange | undefined> {
    for (let again = true; ; again = false) {
      let authorization: string | undefined;
      if (receiver.credential) {
        const found = await this.#credentials.of(receiver);
        if (!found) return undefined;
        if (!found.ok) return unreachable(found.reason);
        authorization = found.value;
      }
      const { headers, body } = messageFor(receiver, events, authorization, this.#now);
      const outcome = await this.#client.call(receiver.url, {
        method: 'POST',
        headers,
        body,
        timeoutMs: receiver.settings.timeout ?? this.#settings.timeoutMs,
        maxAnswerBytes: this.#settings.maxAnswerBytes,
      });
      if (!outcome) return undefined;
      const stale = outcome.kind === 'answered' && outcome.status === 401;
      if (!(stale && again && this.#credentials.renew(receiver))) return exchangeOf(outcome);
    }
  }
}
