import { booleanOf, listOf, objectOf, textOf } from './read.ts';
import { SettingError } from './setting-error.ts';

/** To whom the receiver of webhooks consents (CloudEvents WebHook specification, section 4). */
export interface WebhookSettings {
  /** Lower-case host names, or `*` for any. Empty: consent is never given by headers. */
  readonly allowedOrigins: readonly string[];
  /** Requests per minute that are granted. */
  readonly allowedRate: number | '*';
  /** True: a delivery needs the `WebHook-Request-Origin` of one of the allowed origins. */
  readonly requireOrigin: boolean;
}

const KNOWN = ['allowedOrigins', 'allowedRate', 'requireOrigin'];
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/**
 * Reads the setting `webhook`: `{ allowedOrigins: [NAME | '*'] | [], allowedRate?: requests per minute | '*',
 * requireOrigin? }`.
 * @param path the place of the setting, for messages
 * @throws SettingError naming the place and the remedy
 */
export function parseWebhook(json: unknown, path: string): WebhookSettings {
  const { allowedOrigins, allowedRate = '*', requireOrigin } = objectOf(json, path, KNOWN);
  const settings = {
    allowedOrigins: parseOrigins(allowedOrigins, `${path}.allowedOrigins`),
    allowedRate: parseRate(allowedRate, `${path}.allowedRate`),
    requireOrigin: booleanOf(requireOrigin, `${path}.requireOrigin`),
  };
  if (settings.requireOrigin && settings.allowedOrigins.length === 0) {
    throw new SettingError(
      `${path}.requireOrigin`,
      'would refuse every delivery; name origins in allowedOrigins',
    );
  }
  return settings;
}

/**
 * The policy without a setting: on loopback consent opens nothing, as whoever reaches the port may send anyway;
 * on another address it would let others direct somebody's events at this server.
 */
export function defaultWebhook(host: string): WebhookSettings {
  const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  return { allowedOrigins: loopback ? ['*'] : [], allowedRate: '*', requireOrigin: false };
}

/** True if the settings consent to this origin, a host name in any case. */
export function allowsOrigin({ allowedOrigins }: WebhookSettings, origin: string): boolean {
  const name = origin.toLowerCase();
  return HOST_NAME.test(name) && (allowedOrigins.includes('*') || allowedOrigins.includes(name));
}

function parseOrigins(json: unknown, path: string): readonly string[] {
  if (Array.isArray(json) && json.length === 0) return [];
  return listOf(json, path, 'host names (or an empty one)').map((item, at) => {
    const name = textOf(item, `${path}[${at}]`, 'a host name').toLowerCase();
    if (name === '*' || HOST_NAME.test(name)) return name;
    throw new SettingError(`${path}[${at}]`, 'must be a host name such as events.example.com, or *');
  });
}

function parseRate(json: unknown, path: string): number | '*' {
  if (json === '*' || (typeof json === 'number' && Number.isSafeInteger(json) && json > 0)) return json;
  throw new SettingError(path, "must be a number of requests per minute above 0, or '*'");
}
