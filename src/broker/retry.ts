/** When a delivery is tried again, and when not. Pure: time and chance are arguments. */

export interface RetrySettings {
  /** Attempts after the first. @defaultValue 10 */
  readonly retries: number;
  /** ms before the first retry. @defaultValue 1000 */
  readonly firstDelayMs: number;
  /** The delay is doubled for each further retry, or stays (Knative's DeliverySpec). @defaultValue exponential */
  readonly policy?: 'linear' | 'exponential';
  /** ms, the most that doubling leads to. @defaultValue 300000 */
  readonly longestDelayMs: number;
}

export const defaultRetry: RetrySettings = { retries: 10, firstDelayMs: 1000, longestDelayMs: 300_000 };

/** No sink may ask for a longer pause than this (ms), lest an event waits for ever by a slip of the sink. */
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000;

/** What an HTTP status means for the delivery (Knative data plane, event acknowledgement; WebHook 2.2 for 410). */
export type Verdict = 'done' | 'retry' | 'giveUp' | 'retire';

export function verdictOn(status: number): Verdict {
  if (status >= 200 && status < 300) return 'done';
  if (status === 410) return 'retire';
  if (status === 404 || status === 408 || status === 409 || status === 429 || status >= 500) return 'retry';
  return 'giveUp';
}

/**
 * ms until the next attempt. With jitter between half and the whole of the delay, so that many deliveries
 * that failed together do not come together again.
 * @param attempts attempts made so far, at least 1
 * @param chance from 0 (inclusive) to 1
 */
export function backOff(attempts: number, settings: RetrySettings, chance: number): number {
  const { firstDelayMs, longestDelayMs, policy } = settings;
  const whole =
    policy === 'linear' ? firstDelayMs : Math.min(longestDelayMs, firstDelayMs * 2 ** (attempts - 1));
  return Math.round(whole / 2 + (whole / 2) * chance);
}

/** ms that a Retry-After header asks for: seconds or an HTTP date (RFC 9110, section 10.2.3). At most a day. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_PAUSE_MS, Math.max(0, ms));
}
