import { allowsOrigin, type WebhookSettings } from '../../config/webhook.ts';
import { GatewayError } from '../errors.ts';
import type { GatewayResponse, RequestHead } from '../http.ts';

/**
 * Consent of a webhook's receiver (CloudEvents WebHook specification, section 4) as the answer to `OPTIONS`. It is
 * given by headers only; without them the answer means nothing. A callback (`WebHook-Request-Callback`) is never
 * called from here, so that nobody can make this server send requests: who wants to consent that way calls it.
 */
export function answerHandshake({ headers }: RequestHead, settings: WebhookSettings): GatewayResponse {
  const allow = { allow: 'POST, OPTIONS' };
  const origin = one(headers['webhook-request-origin']);
  if (origin === undefined || !allowsOrigin(settings, origin)) return { status: 204, headers: allow };
  const rate = one(headers['webhook-request-rate']);
  if (rate !== undefined && !/^[1-9]\d{0,9}$/.test(rate)) {
    throw new GatewayError(
      'BAD_REQUEST',
      'WebHook-Request-Rate must be a number of requests per minute above 0; correct it or leave it out.',
    );
  }
  return {
    status: 204,
    headers: {
      ...allow,
      'webhook-allowed-origin': settings.allowedOrigins.includes('*') ? '*' : origin,
      'webhook-allowed-rate': String(settings.allowedRate),
    },
  };
}

/** Where origins are required: lets a delivery in only with the origin of one that was consented to. */
export function checkOrigin({ headers }: RequestHead, settings: WebhookSettings): void {
  if (!settings.requireOrigin) return;
  const origin = one(headers['webhook-request-origin']);
  if (origin !== undefined && allowsOrigin(settings, origin)) return;
  throw new GatewayError(
    'FORBIDDEN',
    'Deliveries need a WebHook-Request-Origin that this receiver has consented to; ask with OPTIONS first.',
  );
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(',');
}
