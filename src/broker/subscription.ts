import { type Filter, FilterError, isUriReference, parseFilters } from '../cloudevents/index.ts';

/**
 * A subscription of the CloudEvents Subscriptions API (version 0.1): what a sink wants to receive.
 * `config` is kept and answered as it was given; its member `order: "all"` asks for delivery in order of the log, one
 * request at a time (several events as a batch), where a delivery that fails is passed by nothing.
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
  readonly protocol: 'HTTP';
  readonly protocolsettings?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly method?: 'POST';
  };
}

export interface Subscription extends SubscriptionBody {
  readonly id: string;
  /** Set by the broker: why the subscription gets no more events. A PUT revives it. */
  readonly retired?: string;
}

/** A subscription that cannot be used. `path` names the place in the JSON. */
export class SubscriptionError extends Error {
  override readonly name = 'SubscriptionError';
  readonly code = 'INVALID_SUBSCRIPTION';
  readonly path: string;

  constructor(path: string, rule: string) {
    super(`${path}: ${rule}`);
    this.path = path;
  }
}

const MEMBERS = 'source, types, config, filters, sink, protocol and protocolsettings';
const PROTOCOLS = ['AMQP', 'MQTT3', 'MQTT5', 'HTTP', 'KAFKA', 'NATS'];
/** Headers that the delivery itself sets. */
const OWN_HEADERS =
  /^(?:ce-.*|content-type|content-length|transfer-encoding|connection|host|expect|upgrade|te|trailer|keep-alive|prefer)$/i;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_IN_HEADER = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Checks a subscription as it was sent (parsed JSON); `id` is ignored, as the API demands.
 * @throws SubscriptionError naming the path and the remedy
 */
export function parseSubscription(json: unknown): SubscriptionBody {
  const object = objectOf(json, 'the subscription');
  const { id: _id, retired: _retired, ...rest } = object;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  for (const name of Object.keys(given)) checkKnown(name);
  const { source, types, config, filters, protocolsettings } = given;
  if (source !== undefined && (typeof source !== 'string' || source === '' || !isUriReference(source))) {
    throw new SubscriptionError('source', 'must be a URI-reference that is not empty, as events carry it');
  }
  return {
    ...(source !== undefined && { source }),
    ...(types !== undefined && { types: typesOf(types) }),
    ...(config !== undefined && { config: configOf(config) }),
    ...(filters !== undefined && { filters: filtersOf(filters) }),
    sink: sinkOf(given['sink']),
    protocol: protocolOf(given['protocol']),
    ...(protocolsettings !== undefined && { protocolsettings: settingsOf(protocolsettings) }),
  };
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
    case 'protocolsettings':
      return;
    case 'sinkcredential':
      throw new SubscriptionError(
        'sinkcredential',
        'is not supported; set the header in protocolsettings.headers, such as {"authorization": "Bearer …"}',
      );
    default:
      throw new SubscriptionError(name.slice(0, 60), `is no member of a subscription; known are ${MEMBERS}`);
  }
}

function configOf(json: unknown): Readonly<Record<string, unknown>> {
  const config = objectOf(json, 'config');
  const { order } = config;
  if (order !== undefined && order !== 'all' && order !== 'none') {
    throw new SubscriptionError('config.order', 'must be "all" (in order of the log) or "none"');
  }
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

function settingsOf(json: unknown): NonNullable<SubscriptionBody['protocolsettings']> {
  const { headers, method, ...others } = objectOf(json, 'protocolsettings');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new SubscriptionError(
      `protocolsettings.${unknown.slice(0, 60)}`,
      'is not known for HTTP; use headers and method',
    );
  }
  if (method !== undefined && method !== 'POST') {
    throw new SubscriptionError('protocolsettings.method', 'must be "POST"; other methods are not supported');
  }
  return {
    ...(headers !== undefined && { headers: headersOf(headers) }),
    ...(method !== undefined && { method }),
  };
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

function objectOf(json: unknown, path: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new SubscriptionError(path, 'must be a JSON object');
  }
  return json as Record<string, unknown>;
}
