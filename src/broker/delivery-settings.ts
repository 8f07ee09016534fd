import { attribute, type CloudEvent } from '../cloudevents/index.ts';
import { objectOf, refuseUnknown, SubscriptionError } from './subscription-error.ts';

/** Attributes that may say which events belong together. */
export const ORDER_KEYS = ['partitionkey', 'subject', 'correlationkey', 'correlationid'] as const;
export type OrderKey = (typeof ORDER_KEYS)[number];

/** What a subscription says in its `config` about how it wants to be served. Durations are ms. */
export interface DeliverySettings {
  /** `all`: one request at a time in order of the log; `key`: so for the events of each key. */
  readonly order: 'none' | 'all' | 'key';
  /** Absent: the first attribute that an event has, of {@link DEFAULT_KEYS}. */
  readonly orderKey?: OrderKey;
  /** Requests in flight. */
  readonly concurrency?: number;
  /** Requests per second. */
  readonly rate?: number;
  readonly ratePerMinute?: number;
  readonly timeout?: number;
  /** Attempts after the first. */
  readonly retry?: number;
  readonly backoffDelay?: number;
  readonly backoffPolicy?: 'linear' | 'exponential';
  /** Gets, with its error attributes, what is given up. */
  readonly deadLetterSink?: string;
  /** Events in one request. */
  readonly batch?: number;
  readonly webhook?: WebhookSettings;
}

/** The sink is asked for its consent before the first delivery (CloudEvents HTTP WebHook, section 4). */
export interface WebhookSettings {
  /** DNS name under which Tutti asks. */
  readonly origin: string;
  /** Requests per minute that are asked for. */
  readonly rate?: number;
  /** The sink may consent later; a text is the base of the address for that, instead of the server's own. */
  readonly callback?: true | string;
}

export const DEFAULT_ORIGIN = 'localhost';
const DEFAULT_KEYS: readonly OrderKey[] = ['partitionkey', 'subject', 'correlationkey'];
const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_IN_FLIGHT = 256;
const MOST_IN_BATCH = 1000;

type Reader = (value: unknown, path: string) => unknown;

const READERS: Readonly<Record<keyof DeliverySettings, Reader>> = {
  order: oneOf(['none', 'all', 'key']),
  orderKey: oneOf(ORDER_KEYS),
  concurrency: whole(1, MOST_IN_FLIGHT),
  rate: numberUpTo(100_000),
  ratePerMinute: numberUpTo(6_000_000),
  timeout: duration(1, DAY_MS),
  retry: whole(0, 1000),
  backoffDelay: duration(0, DAY_MS),
  backoffPolicy: oneOf(['linear', 'exponential']),
  deadLetterSink: httpAddress,
  batch: whole(1, MOST_IN_BATCH),
  webhook: webhookOf,
};
const MEMBERS = Object.keys(READERS);

/**
 * Reads our members of a subscription's `config`; others are not looked at, but those that look like a slip of ours.
 * @throws SubscriptionError naming the path and the remedy
 */
export function deliverySettingsOf(config: Readonly<Record<string, unknown>> = {}): DeliverySettings {
  const read: Record<string, unknown> = { order: 'none' };
  for (const [name, value] of Object.entries(config)) {
    const path = `config.${name.slice(0, 60)}`;
    if (!isOurs(name)) {
      const meant = meantBy(name);
      if (meant !== undefined) throw new SubscriptionError(path, `is not known; did you mean '${meant}'?`);
    } else if (value !== null) read[name] = READERS[name](value, path);
  }
  const settings = read as unknown as DeliverySettings;
  if (settings.orderKey !== undefined && settings.order !== 'key') {
    throw new SubscriptionError('config.orderKey', 'has an effect only with "order": "key"; add it');
  }
  return settings;
}

/** As {@link deliverySettingsOf}, for what an earlier release has stored: what cannot be read does not count. */
export function storedDeliverySettings(config: Readonly<Record<string, unknown>> = {}): DeliverySettings {
  try {
    return deliverySettingsOf(config);
  } catch (error) {
    if (!(error instanceof SubscriptionError)) throw error;
    return { order: config['order'] === 'all' ? 'all' : 'none' };
  }
}

/** Events with the same text are delivered one after the other; undefined: in any order. */
export function orderKeyOf(event: CloudEvent, { order, orderKey }: DeliverySettings): string | undefined {
  if (order !== 'key') return undefined;
  if (orderKey !== undefined) return attribute(event, orderKey);
  for (const name of DEFAULT_KEYS) {
    const value = attribute(event, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function isOurs(name: string): name is keyof DeliverySettings {
  return Object.hasOwn(READERS, name);
}

/** The member of ours that a name is a slip of: other case or punctuation, a plural, one letter wrong in a long name. */
function meantBy(name: string): string | undefined {
  const plain = plainName(name);
  if (plain === 'retries' || plain === 'maxretries') return 'retry';
  return MEMBERS.find((member) => {
    const ours = plainName(member);
    return plain === ours || (ours.length > 6 && isOneLetterOff(plain, ours));
  });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '');
}

function isOneLetterOff(text: string, other: string): boolean {
  const [short, long] = text.length < other.length ? [text, other] : [other, text];
  if (long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  const rest = long.slice(at + 1);
  const swapped = `${short[at + 1] ?? ''}${short[at] ?? ''}${short.slice(at + 2)}`;
  return short.slice(long.length === short.length ? at + 1 : at) === rest || swapped === long.slice(at);
}

function oneOf(values: readonly string[]): Reader {
  return (value, path) => {
    if (typeof value === 'string' && values.includes(value)) return value;
    throw new SubscriptionError(path, `must be one of ${values.map((each) => `"${each}"`).join(', ')}`);
  };
}

function whole(least: number, most: number): Reader {
  return (value, path) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new SubscriptionError(path, `must be a whole number from ${least} to ${most}`);
  };
}

function numberUpTo(most: number): Reader {
  return (value, path) => {
    if (typeof value === 'number' && value > 0 && value <= most) return value;
    throw new SubscriptionError(path, `must be a number above 0, at most ${most}`);
  };
}

/** An ISO 8601 duration of days, hours, minutes and seconds, as ms. */
function duration(least: number, most: number): Reader {
  return (value, path) => {
    const ms = typeof value === 'string' ? msOf(value) : undefined;
    if (ms !== undefined && ms >= least && ms <= most) return ms;
    throw new SubscriptionError(path, 'must be an ISO 8601 duration of at most a day, such as "PT2.5S"');
  };
}

function msOf(text: string): number | undefined {
  try {
    return Temporal.Duration.from(text).total('milliseconds');
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function httpAddress(value: unknown, path: string): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href;
  throw new SubscriptionError(path, 'must be an http or https address, such as http://127.0.0.1:8090/dead');
}

function webhookOf(value: unknown, path: string): WebhookSettings {
  const webhook = objectOf(value, path);
  refuseUnknown(webhook, path, ['origin', 'rate', 'callback']);
  const { origin = DEFAULT_ORIGIN, rate, callback } = webhook;
  if (typeof origin !== 'string' || !/^(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*$/.test(origin)) {
    throw new SubscriptionError(`${path}.origin`, 'must be a DNS name, such as tutti.example.com');
  }
  return {
    origin,
    ...(rate !== undefined && { rate: whole(1, 6_000_000)(rate, `${path}.rate`) as number }),
    ...(callback !== undefined && callback !== false && { callback: callbackOf(callback, path) }),
  };
}

function callbackOf(value: unknown, path: string): true | string {
  return value === true ? true : httpAddress(value, `${path}.callback`);
}
