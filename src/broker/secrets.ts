import { objectOf, refuseUnknown, SubscriptionError } from './subscription-error.ts';

/** How Tutti says to a sink who it is, as it is answered: without its secrets. */
export type SinkCredential =
  | { readonly credentialtype: 'PLAIN'; readonly identifier: string }
  | {
      readonly credentialtype: 'ACCESSTOKEN';
      readonly accesstokenexpiresutc?: string;
      readonly accesstokentype: 'bearer';
    }
  /** OAuth 2.0 client credentials (RFC 6749, section 4.4): a type of ours beside those of the API. */
  | {
      readonly credentialtype: 'CLIENTCREDENTIALS';
      readonly tokenendpoint: string;
      readonly clientid: string;
      readonly scopes?: readonly string[];
    };

/** How deliveries are signed, without the secret. */
export interface HmacSettings {
  readonly algorithm: 'sha256';
  /** Header of the signature. @defaultValue webhook-signature */
  readonly header?: string;
}

/** What is kept apart from a subscription and never answered. */
export interface Secrets {
  /** Password, access token or client secret. */
  readonly credential?: string;
  readonly hmac?: string;
}

export interface CredentialAndSecret {
  readonly credential: SinkCredential;
  readonly secret?: string;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PATH = 'sinkcredential';

/** @throws SubscriptionError naming the path and the remedy; never holding a secret */
export function credentialOf(json: unknown): CredentialAndSecret {
  const object = objectOf(json, PATH);
  const type = object['credentialtype'];
  switch (type) {
    case 'PLAIN': {
      refuseUnknown(object, PATH, ['credentialtype', 'identifier', 'secret']);
      const identifier = text(object, 'identifier');
      if (identifier.includes(':')) throw wrong('identifier', 'must not hold a colon');
      return withSecret({ credentialtype: type, identifier }, object['secret'], 'secret');
    }
    case 'ACCESSTOKEN': {
      const known = ['credentialtype', 'accesstoken', 'accesstokenexpiresutc', 'accesstokentype'];
      refuseUnknown(object, PATH, known);
      const { accesstoken, accesstokentype = 'bearer', accesstokenexpiresutc: expires } = object;
      if (accesstokentype !== 'bearer') throw wrong('accesstokentype', 'must be "bearer"');
      if (expires !== undefined && (typeof expires !== 'string' || Number.isNaN(Date.parse(expires))))
        throw wrong('accesstokenexpiresutc', 'must be a time such as 2030-01-31T12:00:00Z');
      if (typeof accesstoken === 'string' && !/^[\x21-\x7e]+$/.test(accesstoken))
        throw wrong('accesstoken', 'must be printable ASCII without blanks');
      const credential = {
        credentialtype: type,
        accesstokentype,
        ...(expires !== undefined && { accesstokenexpiresutc: expires }),
      } as const;
      return withSecret(credential, accesstoken, 'accesstoken');
    }
    case 'CLIENTCREDENTIALS': {
      refuseUnknown(object, PATH, ['credentialtype', 'tokenendpoint', 'clientid', 'clientsecret', 'scopes']);
      const tokenendpoint = text(object, 'tokenendpoint');
      const scopes = object['scopes'] === undefined ? undefined : scopesOf(object['scopes']);
      const credential = {
        credentialtype: type,
        tokenendpoint,
        clientid: text(object, 'clientid'),
        ...(scopes && { scopes }),
      } as const;
      return withSecret(credential, object['clientsecret'], 'clientsecret');
    }
    case 'REFRESHTOKEN':
      throw wrong(
        'credentialtype',
        'REFRESHTOKEN is not supported; use CLIENTCREDENTIALS with tokenendpoint, clientid and clientsecret',
      );
    default:
      throw wrong('credentialtype', 'must be "PLAIN", "ACCESSTOKEN" or "CLIENTCREDENTIALS" (case matters)');
  }
}

/** Name of the member that holds the secret. */
export function secretMember({ credentialtype }: SinkCredential): string {
  switch (credentialtype) {
    case 'PLAIN':
      return 'secret';
    case 'ACCESSTOKEN':
      return 'accesstoken';
    case 'CLIENTCREDENTIALS':
      return 'clientsecret';
  }
}

export interface HmacAndSecret {
  readonly hmac: HmacSettings;
  readonly secret?: string;
}

/** @throws SubscriptionError; never holding the secret */
export function hmacOf(json: unknown): HmacAndSecret {
  const path = 'protocolsettings.hmac';
  const object = objectOf(json, path);
  refuseUnknown(object, path, ['secret', 'header', 'algorithm']);
  const { secret, header, algorithm = 'sha256' } = object;
  if (algorithm !== 'sha256') throw new SubscriptionError(`${path}.algorithm`, 'must be "sha256"');
  if (
    header !== undefined &&
    (typeof header !== 'string' || !TOKEN.test(header) || /^ce-|^content-/i.test(header))
  )
    throw new SubscriptionError(`${path}.header`, 'must be the name of a header that is free');
  if (secret !== undefined && (typeof secret !== 'string' || !isLongEnough(secret)))
    throw new SubscriptionError(
      `${path}.secret`,
      'must be a secret of at least 24 bytes: a text, or whsec_ followed by base64',
    );
  return {
    hmac: { algorithm, ...(header !== undefined && { header }) },
    ...(secret !== undefined && { secret }),
  };
}

/** The bytes of a signing secret: as they are, or base64 after `whsec_`. */
export function hmacKey(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');
}

function isLongEnough(secret: string): boolean {
  const { length } = hmacKey(secret);
  return length >= 24 && length <= 1024;
}

function withSecret(credential: SinkCredential, secret: unknown, member: string): CredentialAndSecret {
  if (secret === undefined || secret === null) return { credential };
  if (typeof secret !== 'string' || secret === '')
    throw wrong(member, 'must be a string that is not empty; leave it out to keep the one that is stored');
  return { credential, secret };
}

function text(object: Readonly<Record<string, unknown>>, member: string): string {
  const value = object[member];
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(member, 'is required: a string that is not empty');
}

function scopesOf(json: unknown): readonly string[] {
  if (Array.isArray(json) && json.every((scope) => typeof scope === 'string' && /^[\x21-\x7e]+$/.test(scope)))
    return json as readonly string[];
  throw wrong('scopes', 'must be an array of strings without blanks');
}

function wrong(member: string, rule: string): SubscriptionError {
  return new SubscriptionError(`${PATH}.${member}`, rule);
}
