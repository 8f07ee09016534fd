import type { HttpHeaders } from '../cloudevents/index.ts';
import type { WebhookSettings } from './delivery-settings.ts';
import type { HttpOutcome } from './http-client.ts';

/** Whether a sink has consented to get events (CloudEvents HTTP WebHook, section 4), as it is answered. */
export interface WebhookState {
  /** Nothing is sent unless it is `granted`. A PUT of the subscription asks again. */
  readonly state: 'pending' | 'granted' | 'refused';
  /** Why it is not granted yet. */
  readonly reason?: string;
  /** Requests per minute that the sink allows; absent: as many as it takes. */
  readonly ratePerMinute?: number;
}

/** As it is stored: with the secret part of the callback's address. */
export interface StoredWebhook extends WebhookState {
  readonly token: string;
}

/** What an answer to OPTIONS, or its absence, says; `again`: the sink could not say, so it is asked again later. */
export interface Consent {
  readonly state: WebhookState;
  readonly again: boolean;
}

/** Header fields of the request for consent. */
export function validationHeaders(
  { origin, rate }: WebhookSettings,
  callback: string | undefined,
): Record<string, string> {
  return {
    'webhook-request-origin': origin,
    ...(rate !== undefined && { 'webhook-request-rate': String(rate) }),
    ...(callback !== undefined && { 'webhook-request-callback': callback }),
  };
}

/** Consent is given by header fields only, never by a status. */
export function consentOf(settings: WebhookSettings, outcome: HttpOutcome): Consent {
  if (outcome.kind === 'failed') return { state: { state: 'pending', reason: outcome.reason }, again: true };
  const { status, headers } = outcome;
  const state = stateOf(settings, headers);
  if (state) return { state, again: false };
  const answer = `The sink answered OPTIONS with ${status} and without WebHook-Allowed-Origin`;
  if (status >= 500 || status === 429 || status === 408)
    return { state: { state: 'pending', reason: `${answer}; it is asked again.` }, again: true };
  if (settings.callback !== undefined)
    return { state: { state: 'pending', reason: `${answer}; its call back is awaited.` }, again: false };
  return {
    state: { state: 'refused', reason: `${answer}. PUT the subscription to ask again.` },
    again: false,
  };
}

/** What a call back says: with header fields as an answer to OPTIONS, without them it grants what was asked for. */
export function consentOfCallback(settings: WebhookSettings, headers: HttpHeaders): WebhookState {
  return stateOf(settings, headers) ?? grant(settings.rate);
}

/** Undefined if the header fields do not say. */
function stateOf({ origin, rate }: WebhookSettings, headers: HttpHeaders): WebhookState | undefined {
  const allowedOrigin = textOf(headers, 'webhook-allowed-origin');
  if (allowedOrigin === undefined) return undefined;
  if (allowedOrigin !== '*' && allowedOrigin.toLowerCase() !== origin.toLowerCase()) {
    const reason = `The sink allows the origin '${allowedOrigin.slice(0, 100)}', and not '${origin}'.`;
    return { state: 'refused', reason };
  }
  const allowedRate = textOf(headers, 'webhook-allowed-rate');
  if (allowedRate === undefined) return grant(rate);
  if (allowedRate === '*') return grant(undefined);
  if (/^[1-9]\d{0,8}$/.test(allowedRate)) return grant(Number(allowedRate));
  const reason = `The sink answered WebHook-Allowed-Rate '${allowedRate.slice(0, 100)}', which is no positive number.`;
  return { state: 'refused', reason };
}

function grant(ratePerMinute: number | undefined): WebhookState {
  return { state: 'granted', ...(ratePerMinute !== undefined && { ratePerMinute }) };
}

function textOf(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return value === undefined ? undefined : String(value).trim();
}
