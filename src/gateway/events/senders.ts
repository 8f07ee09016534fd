import { timingSafeEqual } from 'node:crypto';
import { attribute, type CloudEvent, sourceOf, typeOf } from '../../cloudevents/index.ts';
import { type Sender, tokenDigest } from '../../config/senders.ts';
import { namesJobBySubject } from '../../router/index.ts';
import { GatewayError } from '../errors.ts';
import type { RequestHead } from '../http.ts';
import { JwtCheck } from './jwt.ts';

/** Why a sender must not send an event. */
export interface SenderRefusal {
  readonly attribute: string;
  readonly rule: string;
  /** Position of the event in its message, from 0. */
  readonly index: number;
}

/**
 * Knows who sends a request by its bearer token (RFC 6750: header `Authorization`, or query parameter
 * `access_token`), and what each sender may send.
 */
export class SenderGate {
  readonly #senders: ReadonlyMap<string, Sender>;
  readonly #digests: readonly { readonly name: string; readonly digest: Uint8Array }[];
  readonly #jwt: JwtCheck;

  /** Reads files with keys. @throws SettingError for one that cannot be used */
  constructor(senders: readonly Sender[]) {
    this.#senders = new Map(senders.map((sender) => [sender.name, sender]));
    this.#digests = senders.flatMap(({ name, proof }) =>
      proof.kind === 'token' ? [{ name, digest: proof.digest }] : [],
    );
    this.#jwt = new JwtCheck(senders);
  }

  /**
   * The name of the sender.
   * @throws GatewayError 401 for a token that is missing or not valid, 400 for two, 503 if the keys of an issuer
   * cannot be had
   */
  async admit(head: RequestHead): Promise<string> {
    const token = bearerTokenOf(head);
    if (token === undefined) {
      throw unauthenticated(
        'Senders must say who they are: send Authorization: Bearer TOKEN, or the query parameter access_token.',
      );
    }
    const known = this.#holderOf(token);
    if (known !== undefined) return known;
    const checked = await this.#jwt.check(token);
    switch (checked.kind) {
      case 'sender':
        return checked.name;
      case 'noKeys':
        throw new GatewayError('UNAVAILABLE', `The token cannot be checked now: ${checked.reason}`, {
          'retry-after': '5',
        });
      case 'refused':
        throw unauthenticated(checked.reason, 'invalid_token');
    }
  }

  /** The first event of a message that this sender must not send. */
  refusal(name: string, events: readonly CloudEvent[], head: RequestHead): SenderRefusal | undefined {
    const sender = this.#senders.get(name);
    if (!sender) throw new TypeError(`no sender '${name}'`);
    for (const [index, event] of events.entries()) {
      const refused = refusedOf(sender, event, head);
      if (refused) return { ...refused, index };
    }
    return undefined;
  }

  /** Compares with all digests, whichever fits: the time taken tells nothing. */
  #holderOf(token: string): string | undefined {
    const presented = tokenDigest(token);
    let holder: string | undefined;
    for (const { name, digest } of this.#digests) if (timingSafeEqual(presented, digest)) holder = name;
    return holder;
  }
}

/** The one gate of a server; none where everybody may send. @throws SettingError for keys that cannot be used */
export function gateOf(senders: readonly Sender[]): SenderGate | undefined {
  return senders.length > 0 ? new SenderGate(senders) : undefined;
}

/**
 * For the paths beside `POST /events` that take events or tell of them: rejects with `GatewayError` if the request is not
 * from a known sender, or one of the events must not come from it. Without senders everybody may.
 */
export function authorizer(
  gate: SenderGate | undefined,
): (head: RequestHead, events: readonly CloudEvent[]) => Promise<void> {
  return async (head, events) => {
    if (!gate) return;
    const refused = gate.refusal(await gate.admit(head), events, head);
    if (refused) throw new GatewayError('FORBIDDEN', `attribute '${refused.attribute}': ${refused.rule}`);
  };
}

function bearerTokenOf({ headers, query }: RequestHead): string | undefined {
  const { authorization } = headers;
  const asked = query.getAll('access_token');
  const [inQuery, ...more] = asked;
  if (Array.isArray(authorization) || more.length > 0 || (authorization !== undefined && asked.length > 0)) {
    throw new GatewayError('BAD_REQUEST', 'The token is sent more than once; send it in one place, once.');
  }
  if (typeof authorization !== 'string') return inQuery;
  const bearer = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
  if (bearer !== undefined) return bearer;
  throw unauthenticated('The Authorization header must be: Bearer TOKEN.', 'invalid_request');
}

function unauthenticated(message: string, error?: 'invalid_token' | 'invalid_request'): GatewayError {
  const challenge = error === undefined ? '' : `, error="${error}"`;
  return new GatewayError('UNAUTHENTICATED', message, {
    'www-authenticate': `Bearer realm="events"${challenge}`,
  });
}

function refusedOf(
  sender: Sender,
  event: CloudEvent,
  head: RequestHead,
): Omit<SenderRefusal, 'index'> | undefined {
  const { name, sources, types, replies } = sender;
  if (sources && !fitsAny(sourceOf(event), sources)) {
    return {
      attribute: 'source',
      rule: `the sender '${name}' must not use the source '${sourceOf(event)}'; allowed are ${sources.join(', ')}`,
    };
  }
  if (types && !fitsAny(typeOf(event), types)) {
    return {
      attribute: 'type',
      rule: `the sender '${name}' must not send events of type '${typeOf(event)}'; allowed are ${types.join(', ')}`,
    };
  }
  const named = replies ? undefined : jobNaming(event, head);
  return named === undefined
    ? undefined
    : {
        attribute: named,
        rule: `names a job by its key, and the sender '${name}' must not complete jobs; let its setting replies be true`,
      };
}

/** Where an event names the job that it replies to by key: keys are counted up, so anybody could guess them. */
function jobNaming(event: CloudEvent, head: RequestHead): string | undefined {
  if (attribute(event, 'jobkey') !== undefined) return 'jobkey';
  if (namesJobBySubject(event)) return 'subject';
  return head.headers.zeebe !== undefined || attribute(event, 'zeebe') !== undefined ? 'zeebe' : undefined;
}

function fitsAny(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern,
  );
}
