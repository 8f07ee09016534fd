import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { KeySource, Proof, Sender } from '../../config/senders.ts';
import { SettingError } from '../../config/setting-error.ts';

/** What became of a token. */
export type Checked =
  | { readonly kind: 'sender'; readonly name: string }
  | { readonly kind: 'refused'; readonly reason: string }
  /** The issuer's keys cannot be had: nothing is known of the token. */
  | { readonly kind: 'noKeys'; readonly reason: string };

interface Issuer {
  readonly name: string;
  readonly proof: Extract<Proof, { kind: 'jwt' }>;
  readonly keys: JWTVerifyGetKey;
}

/** Signatures by private keys only: with a shared secret who checks could also sign. */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
];
/** s by which clocks may differ. */
const CLOCK_TOLERANCE = 5;
const KEYS_TIMEOUT_MS = 5000;

/** Checks tokens that are JWTs (RFC 7519) of known issuers. */
export class JwtCheck {
  readonly #issuers: readonly Issuer[];

  /** @throws SettingError for a file of keys that cannot be used */
  constructor(senders: readonly Sender[]) {
    this.#issuers = senders.flatMap(({ name, proof }) =>
      proof.kind === 'jwt' ? [{ name, proof, keys: keysOf(name, proof.keys) }] : [],
    );
  }

  /** Whose token it is. Signature, issuer, audience, subject and expiry must all fit. */
  async check(token: string): Promise<Checked> {
    const claimed = claimedIssuer(token);
    let outcome: Checked = { kind: 'refused', reason: 'The token is not known.' };
    for (const issuer of this.#issuers) {
      if (issuer.proof.issuer !== claimed) continue;
      outcome = await verify(token, issuer);
      if (outcome.kind !== 'refused') return outcome;
    }
    return outcome;
  }
}

async function verify(token: string, { name, proof, keys }: Issuer): Promise<Checked> {
  try {
    await jwtVerify(token, keys, {
      issuer: proof.issuer,
      audience: proof.audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE,
      ...(proof.subject !== undefined && { subject: proof.subject }),
    });
    return { kind: 'sender', name };
  } catch (error) {
    if (isOfToken(error)) return { kind: 'refused', reason: `The token is not valid: ${error.message}.` };
    return { kind: 'noKeys', reason: `the keys of '${proof.issuer}' cannot be had.` };
  }
}

/** True for what is wrong with the token itself, and not with the way to the issuer's keys. */
function isOfToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function keysOf(sender: string, source: KeySource): JWTVerifyGetKey {
  if (source.kind === 'url') {
    return createRemoteJWKSet(new URL(source.url), { timeoutDuration: KEYS_TIMEOUT_MS });
  }
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(source.path, 'utf8')) as JSONWebKeySet);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingError(`senders '${sender}'`, `the file of keys cannot be used: ${reason}`);
  }
}
