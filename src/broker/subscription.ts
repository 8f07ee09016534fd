import { type Filter, FilterError, isUriReference, parseFilters } from '../cloudevents/index.ts';
import { deliverySettingsOf } from './delivery-settings.ts';
import { credentialOf, type HmacSettings, hmacOf, type Secrets, type SinkCredential } from './secrets.ts';
import { objectOf, SubscriptionError } from './subscription-error.ts';
import type { WebhookState } from './webhook.ts';

export { SubscriptionError } from './subscription-error.ts';

/**
 * A subscription of the CloudEvents Subscriptions API (version 0.1): what a sink wants to receive.
 * `config` is kept and answered as it was given; some of its members say how to deliver, see `DeliverySettings`.
 */
export interface SubscriptionBody {
  /** Only events of this source. */
  readonly source?: string;
  /** Only events of one of these types; absent or empty: all. */
  readonly types?: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
  /** All must match; see `parseFilters`. */
  readonly filters?: readonly unknown[];
  readonly sink: string;
  /** Without its secret, which is kept apart. */
  readonly sinkcredential?: SinkCredential;
  readonly protocol: 'HTTP';
  readonly protocolsettings?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: 'POST';
    /** Deliveries are signed. Without its secret, which is kept apart. */
    readonly hmac?: HmacSettings;
  };
}

export interface Subscription extends SubscriptionBody {
  readonly id: string;
  /** Set by the broker: why the subscription gets no more events. A PUT revives it. */
  readonly retired?: string;
  /** Set by the broker, if `config.webhook` asks for the consent of the sink. */
  readonly status?: WebhookState;
}

/** A subscription as it was sent, its secrets apart. */
export interface SubscriptionRequest {
  readonly body: SubscriptionBody;
  readonly secrets: Secrets;
}

const MEMBERS = 'source, types, config, filters, sink, sinkcredential, protocol and protocolsettings';
const PROTOCOLS = ['AMQP', 'MQTT3', 'MQTT5', 'HTTP', 'KAFKA', 'NATS'];
/** Headers that the delivery itself sets. */
const OWN_HEADERS =
  /^(?:ce-.*|content-type|content-length|transfer-encoding|connection|host|expect|upgrade|te|trailer|keep-alive|prefer|webhook-.*)$/i;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_IN_HEADER = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Checks a subscription as it was sent (parsed JSON); `id` is ignored, as the API demands, and so is what the broker
 * itself says of a subscription. Whether secrets are missing is checked by `completeSecrets`.
 * @throws SubscriptionError naming the path and the remedy
 */
export function parseSubscription(json: unknown): SubscriptionRequest {
  const object = objectOf(json, 'the subscription');
  const { id: _id, retired: _retired, status: _status, ...rest } = object;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  for (const name of Object.keys(given)) checkKnown(name);
  const { source, types, config, filters, sinkcredential, protocolsettings } = given;
  if (source !== undefined && (typeof source !== 'string' || source === '' || !isUriReference(source))) {
    throw new SubscriptionError('source', 'must be a URI-reference that is not empty, as events carry it');
  }
  const credential = sinkcredential === undefined ? undefined : credentialOf(sinkcredential);
  const settings = protocolsettings === undefined ? undefined : settingsOf(protocolsettings);
  if (
    credential &&
    Object.keys(settings?.settings.headers ?? {}).some((name) => /^authorization$/i.test(name))
  )
    throw new SubscriptionError(
      'protocolsettings.headers.authorization',
      'is set by sinkcredential; leave out one',
    );
  const body: SubscriptionBody = {
    ...(source !== undefined && { source }),
    ...(types !== undefined && { types: typesOf(types) }),
    ...(config !== undefined && { config: configOf(config) }),
    ...(filters !== undefined && { filters: filtersOf(filters) }),
    sink: sinkOf(given['sink']),
    ...(credential && { sinkcredential: credential.credential }),
    protocol: protocolOf(given['protocol']),
    ...(settings && { protocolsettings: settings.settings }),
  };
  const secrets = {
    ...(credential?.secret !== undefined && { credential: credential.secret }),
    ...(settings?.secret !== undefined && { hmac: settings.secret }),
  };
  return { body, secrets };
}

/** The filters of a subscription that was checked before. */
export function filterOf(body: SubscriptionBody): Filter {
  return parseFilters(body.filters);
}

function checkKnown(name: string): void {
  switch (name) {
    case 'source':
    case 'types':
    case 'config':
    case 'filters':
    case 'sink':
    case 'protocol':
    case 'sinkcredential':
    case 'protocolsettings':
      return;
    default:
      throw new SubscriptionError(name.slice(0, 60), `is no member of a subscription; known are ${MEMBERS}`);
  }
}

function configOf(json: unknown): Readonly<Record<string, unknown>> {
  const config = objectOf(json, 'config');
  deliverySettingsOf(config);
  return config;
}

function typesOf(json: unknown): readonly string[] {
  if (!Array.isArray(json)) throw new SubscriptionError('types', 'must be an array of event types');
  json.forEach((type, index) => {
    if (typeof type !== 'string' || type === '') {
      throw new SubscriptionError(`types[${index}]`, 'must be an event type: a string that is not empty');
    }
  });
  return json;
}

function filtersOf(json: unknown): readonly unknown[] {
  try {
    parseFilters(json);
  } catch (error) {
    if (error instanceof FilterError) throw new SubscriptionError(error.path, error.rule);
    throw error;
  }
  return json as readonly unknown[];
}

function sinkOf(json: unknown): string {
  if (json === undefined)
    throw new SubscriptionError('sink', 'is required: the http address that gets the events');
  const url = typeof json === 'string' ? URL.parse(json) : null;
  if (typeof json !== 'string' || !url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new SubscriptionError(
      'sink',
      'must be an http or https address, such as http://127.0.0.1:8090/events',
    );
  }
  return json;
}

function protocolOf(json: unknown): 'HTTP' {
  if (json === 'HTTP') return json;
  if (json === undefined) throw new SubscriptionError('protocol', 'is required; send "HTTP"');
  if (typeof json === 'string' && PROTOCOLS.includes(json)) {
    throw new SubscriptionError('protocol', `${json} is not supported; send "HTTP"`);
  }
  throw new SubscriptionError('protocol', 'must be "HTTP" (case matters)');
}

function settingsOf(json: unknown): {
  readonly settings: NonNullable<SubscriptionBody['protocolsettings']>;
  readonly secret: string | undefined;
} {
  const { headers, method, hmac, ...others } = objectOf(json, 'protocolsettings');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new SubscriptionError(
      `protocolsettings.${unknown.slice(0, 60)}`,
      'is not known for HTTP; use headers, method and hmac',
    );
  }
  if (method !== undefined && method !== 'POST') {
    throw new SubscriptionError('protocolsettings.method', 'must be "POST"; other methods are not supported');
  }
  const signing = hmac === undefined ? undefined : hmacOf(hmac);
  const settings: NonNullable<SubscriptionBody['protocolsettings']> = {
    ...(headers !== undefined && { headers: headersOf(headers) }),
    ...(method !== undefined && { method }),
    ...(signing && { hmac: signing.hmac }),
  };
  return { settings, secret: signing?.secret };
}

function headersOf(json: unknown): Readonly<Record<string, string>> {
  const headers = objectOf(json, 'protocolsettings.headers');
  for (const [name, value] of Object.entries(headers)) {
    const path = `protocolsettings.headers.${name.slice(0, 60)}`;
    if (!TOKEN.test(name)) throw new SubscriptionError(path, 'is no header name; use letters, digits and -');
    if (OWN_HEADERS.test(name))
      throw new SubscriptionError(path, 'is set by the delivery itself; leave it out');
    if (typeof value !== 'string' || NOT_IN_HEADER.test(value)) {
      throw new SubscriptionError(path, 'must be a string without control characters');
    }
  }
  return headers as Record<string, string>;
}
