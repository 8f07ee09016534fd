import type { HttpClient } from './http-client.ts';
import type { SinkReceiver } from './receivers.ts';
import type { Targets } from './targets.ts';

/** The value of the Authorization header, or why there is none; `undefined`: the fetching of a token was cut off. */
export type Authorization =
  | { readonly ok: true; readonly value: string | undefined }
  | { readonly ok: false; readonly reason: string }
  | undefined;

interface Token {
  readonly value: string;
  /** Epoch ms from which it is fetched anew. */
  readonly until: number;
}

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 64 * 1024;
/** A token is not used in the last part of its life, lest it ends on the way. */
const MARGIN_MS = 10_000;
/** Life of a token whose answer does not say. */
const DEFAULT_LIFE_S = 300;
const NONE: Authorization = { ok: true, value: undefined };

/**
 * Says to sinks who sends: by a password, a token, or a token that is fetched with client credentials and kept until
 * it ends. Reasons never hold a secret.
 */
export class Credentials {
  readonly #client: HttpClient;
  readonly #targets: Targets;
  readonly #now: () => number;
  /** By subscription and its revision: a change of the credential asks for a new token. */
  readonly #tokens = new Map<string, Token>();
  readonly #fetching = new Map<string, Promise<Authorization>>();

  /** @param now epoch ms, of the clock that sinks share */
  constructor(client: HttpClient, targets: Targets, now: () => number) {
    this.#client = client;
    this.#targets = targets;
    this.#now = now;
  }

  async of(receiver: SinkReceiver): Promise<Authorization> {
    const { credential } = receiver;
    if (!credential) return NONE;
    const { settings, secret } = credential;
    switch (settings.credentialtype) {
      case 'PLAIN': {
        const pair = Buffer.from(`${settings.identifier}:${secret}`, 'utf8').toString('base64');
        return { ok: true, value: `Basic ${pair}` };
      }
      case 'ACCESSTOKEN': {
        const { accesstokenexpiresutc: expires } = settings;
        if (expires !== undefined && Date.parse(expires) <= this.#now())
          return {
            ok: false,
            reason: `The access token expired at ${expires}. PUT the subscription with a new one.`,
          };
        return { ok: true, value: `Bearer ${secret}` };
      }
      case 'CLIENTCREDENTIALS':
        return this.#token(receiver);
    }
  }

  /** The sink did not accept the token; true if a new one can be fetched. */
  renew(receiver: SinkReceiver): boolean {
    if (receiver.credential?.settings.credentialtype !== 'CLIENTCREDENTIALS') return false;
    this.#tokens.delete(keyOf(receiver));
    return true;
  }

  #token(receiver: SinkReceiver): Promise<Authorization> | Authorization {
    const key = keyOf(receiver);
    const known = this.#tokens.get(key);
    if (known && known.until > this.#now()) return { ok: true, value: `Bearer ${known.value}` };
    const running = this.#fetching.get(key);
    if (running) return running;
    const fetching = this.#fetch(receiver, key).finally(() => this.#fetching.delete(key));
    this.#fetching.set(key, fetching);
    return fetching;
  }

  async #fetch({ credential }: SinkReceiver, key: string): Promise<Authorization> {
    if (credential?.settings.credentialtype !== 'CLIENTCREDENTIALS') return NONE;
    const { tokenendpoint, clientid, scopes = [] } = credential.settings;
    const target = this.#targets.resolve(tokenendpoint);
    if (!target.ok) return { ok: false, reason: `The token endpoint: ${target.reason}` };
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    const body = Buffer.from(form.toString());
    const pair = `${encodeURIComponent(clientid)}:${encodeURIComponent(credential.secret)}`;
    const outcome = await this.#client.call(target.url, {
      method: 'POST',
      name: 'token endpoint',
      headers: {
        authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'content-length': String(body.length),
      },
      body,
      timeoutMs: TIMEOUT_MS,
      maxAnswerBytes: MOST_BYTES,
    });
    if (!outcome) return undefined;
    if (outcome.kind === 'failed') return { ok: false, reason: outcome.reason };
    if (outcome.status !== 200)
      return { ok: false, reason: `The token endpoint answered ${outcome.status}.` };
    const token = tokenOf(outcome.body.toString('utf8'), this.#now());
    if (!token) return { ok: false, reason: 'The token endpoint answered without a bearer token.' };
    // Those of earlier revisions are of no use any more.
    const place = key.slice(0, key.lastIndexOf(' ') + 1);
    for (const known of this.#tokens.keys()) if (known.startsWith(place)) this.#tokens.delete(known);
    this.#tokens.set(key, token);
    return { ok: true, value: `Bearer ${token.value}` };
  }
}

function keyOf({ id, revision }: SinkReceiver): string {
  return `${id} ${revision}`;
}

function tokenOf(text: string, now: number): Token | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  const {
    access_token: value,
    token_type: type,
    expires_in: life = DEFAULT_LIFE_S,
  } = answer as Record<string, unknown>;
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return undefined;
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') return undefined;
  const ms = Number(life) * 1000;
  const lifeMs = Number.isFinite(ms) && ms > 0 ? ms : DEFAULT_LIFE_S * 1000;
  return { value, until: now + Math.max(lifeMs / 2, lifeMs - MARGIN_MS) };
}
