import { Pace } from '../../broker/index.ts';
import { allowsOrigin, type WebhookSettings } from '../../config/webhook.ts';
import { GatewayError } from '../errors.ts';
import { headerOf, type RequestHead } from '../http.ts';

/** Origins that are counted at a time; of more the one that was quiet for longest is forgotten. */
const MOST_ORIGINS = 10_000;

/**
 * Holds each origin to the rate that it was granted (CloudEvents WebHook specification, sections 2.2 and 4.2). Who keeps
 * to so many requests in every minute is never refused, however they are spread over it; a refused one does not count.
 */
export class GrantedRates {
  readonly #settings: WebhookSettings;
  readonly #perMinute: number;
  /** ms of any clock that only goes on. */
  readonly #now: () => number;
  /** By origin in lower case, the one that sent last at the end. */
  readonly #paces = new Map<string, Pace>();

  constructor(settings: WebhookSettings, perMinute: number, now: () => number) {
    this.#settings = settings;
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /**
   * Counts a delivery. One without an origin that was consented to has been granted nothing, and is not counted.
   * @throws GatewayError 429 with `Retry-After`
   */
  check({ rawHeaders }: RequestHead): void {
    const origin = headerOf(rawHeaders, 'webhook-request-origin')?.toLowerCase();
    if (origin === undefined || !allowsOrigin(this.#settings, origin)) return;
    const pace = this.#paceOf(origin);
    if (pace.room(this.#now()) >= 1) {
      pace.take(1);
      return;
    }
    throw new GatewayError(
      'RESOURCE_EXHAUSTED',
      `The origin '${origin}' sends more than the ${this.#perMinute} requests a minute that it was granted (WebHook-Allowed-Rate); wait as Retry-After says.`,
      { 'retry-after': String(Math.ceil(pace.wait() / 1000)) },
    );
  }

  #paceOf(origin: string): Pace {
    const pace = this.#paces.get(origin) ?? new Pace(this.#perMinute / 60, this.#now(), this.#perMinute);
    this.#paces.delete(origin);
    this.#paces.set(origin, pace);
    const [quiet] = this.#paces.keys();
    if (quiet !== undefined && this.#paces.size > MOST_ORIGINS) this.#paces.delete(quiet);
    return pace;
  }
}

/** The counter of a receiver; none where any rate is granted. */
export function grantedRates(
  settings: WebhookSettings,
  now = (): number => performance.now(),
): GrantedRates | undefined {
  return settings.allowedRate === '*' ? undefined : new GrantedRates(settings, settings.allowedRate, now);
}
