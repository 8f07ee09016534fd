import type { DeliverySettings } from './delivery-settings.ts';
import type { SinkReceiver } from './receivers.ts';

/**
 * Holds requests to a rate: a bucket of tokens that fills up steadily.
 * Times are ms of any clock that only goes on.
 */
export class Pace {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #at: number;

  /** @param most tokens that the bucket holds. @defaultValue those of a tenth of a second, at least one */
  constructor(perSecond: number, now: number, most = Math.max(1, perSecond / 10)) {
    this.#perMs = perSecond / 1000;
    this.#most = most;
    this.#tokens = this.#most;
    this.#at = now;
  }

  /** Requests that may be sent now. */
  room(now: number): number {
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
    // Lest a rounding error makes a token of 1 one of 0.
    return Math.floor(this.#tokens + 1e-6);
  }

  take(requests: number): void {
    this.#tokens -= requests;
  }

  /** ms until there is room, after {@link room} has said that there is none. */
  wait(): number {
    return Math.max(1, Math.ceil((1 - this.#tokens) / this.#perMs));
  }
}

/** Requests per second, by the strictest of all limits; undefined if there is none. */
export function rateOf(
  { rate, ratePerMinute }: DeliverySettings,
  allowedPerMinute: number | undefined,
): number | undefined {
  const rates = [
    rate,
    ratePerMinute === undefined ? undefined : ratePerMinute / 60,
    allowedPerMinute === undefined ? undefined : allowedPerMinute / 60,
  ].filter((each) => each !== undefined);
  return rates.length === 0 ? undefined : Math.min(...rates);
}

/** The pace of each lane that has a rate; kept while a lane has nothing to send, as its rate goes on. */
export class Paces {
  readonly #paces = new Map<string, { readonly revision: number; readonly pace: Pace }>();

  of(lane: string, { settings, webhook, revision }: SinkReceiver): Pace | undefined {
    const known = this.#paces.get(lane);
    if (known?.revision === revision) return known.pace;
    const rate = rateOf(settings, webhook?.ratePerMinute);
    if (rate === undefined) {
      this.#paces.delete(lane);
      return undefined;
    }
    const pace = new Pace(rate, performance.now());
    this.#paces.set(lane, { revision, pace });
    return pace;
  }

  forget(lane: string): void {
    this.#paces.delete(lane);
  }
}
