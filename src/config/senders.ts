import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { isUriReference } from '../cloudevents/index.ts';
import { booleanOf, listOf, objectOf, textOf } from './read.ts';
import { SettingError } from './setting-error.ts';

/** Who may send events, and which. */
export interface Sender {
  /** Told in refusals and logs; unique. */
  readonly name: string;
  readonly proof: Proof;
  /** Sources it may use: exact, or a beginning followed by `*`. Absent: any. */
  readonly sources?: readonly string[];
  /** Types it may use, in the same way. Absent: any. */
  readonly types?: readonly string[];
  /** True if it may complete jobs that it names by their keys. */
  readonly replies: boolean;
}

/** How a sender proves who it is. Of a shared token only the digest is kept: nothing can print what is not there. */
export type Proof =
  | { readonly kind: 'token'; readonly digest: Uint8Array }
  | {
      readonly kind: 'jwt';
      readonly issuer: string;
      readonly audience: string;
      /** The claim `sub`; absent: any subject of this issuer. */
      readonly subject?: string;
      readonly keys: KeySource;
    };

/** Where the public keys of an issuer (JWK Set, RFC 7517) are. */
export type KeySource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly path: string };

/** What settings may refer to. */
export interface Surroundings {
  /** For `tokenEnv`. @defaultValue empty */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Relative files are below this folder. @defaultValue the working folder */
  readonly folder?: string;
}

const SENDER = ['name', 'token', 'tokenEnv', 'jwt', 'sources', 'types', 'replies'];
const JWT = ['issuer', 'audience', 'subject', 'jwksUrl', 'jwksFile'];
/** What `Authorization: Bearer` can carry (RFC 6750, section 2.1). */
const BEARER = /^[A-Za-z0-9\-._~+/]+=*$/;
const SHORTEST_TOKEN = 16;

/**
 * Reads the setting `senders`: a list of
 * `{ name, token | tokenEnv | jwt: { issuer, audience, subject?, jwksUrl | jwksFile }, sources?, types?, replies? }`.
 * @param path the place of the setting, for messages
 * @throws SettingError naming the place and the remedy; never with a token in it
 */
export function parseSenders(json: unknown, path: string, around: Surroundings = {}): readonly Sender[] {
  const senders = listOf(json, path, 'senders').map((item, at) =>
    parseSender(item, `${path}[${at}]`, around),
  );
  senders.forEach((sender, at) => {
    const before = senders.slice(0, at);
    if (before.some(({ name }) => name === sender.name)) {
      throw new SettingError(
        `${path}[${at}].name`,
        `'${sender.name}' is the name of another sender; names are unique`,
      );
    }
    const twin = before.find(({ proof }) => sameProof(proof, sender.proof));
    if (twin) {
      throw new SettingError(
        `${path}[${at}]`,
        `cannot be told from the sender '${twin.name}'; give it a token, audience or subject of its own`,
      );
    }
  });
  return senders;
}

/** Digest by which tokens are compared: of equal length whatever the token. */
export function tokenDigest(token: string): Uint8Array {
  return createHash('sha256').update(token).digest();
}

function parseSender(json: unknown, path: string, around: Surroundings): Sender {
  const sender = objectOf(json, path, SENDER);
  const { sources, types } = sender;
  return {
    name: textOf(sender.name, `${path}.name`, 'the name of the sender'),
    proof: parseProof(sender, path, around),
    ...(sources !== undefined && { sources: patterns(sources, `${path}.sources`, isUriReference) }),
    ...(types !== undefined && { types: patterns(types, `${path}.types`, () => true) }),
    replies: booleanOf(sender.replies, `${path}.replies`),
  };
}

function parseProof(sender: Readonly<Record<string, unknown>>, path: string, around: Surroundings): Proof {
  const given = ['token', 'tokenEnv', 'jwt'].filter((name) => sender[name] !== undefined);
  const [kind, ...others] = given;
  if (kind === undefined || others.length > 0) {
    throw new SettingError(
      path,
      `must have one of token, tokenEnv and jwt, but has ${given.length === 0 ? 'none' : given.join(' and ')}`,
    );
  }
  if (kind === 'jwt') return parseJwt(sender.jwt, `${path}.jwt`, around);
  const token =
    kind === 'token'
      ? textOf(sender.token, `${path}.token`, 'a text; quote it')
      : tokenOf(
          textOf(sender.tokenEnv, `${path}.tokenEnv`, 'the name of a variable'),
          `${path}.tokenEnv`,
          around,
        );
  if (!BEARER.test(token) || token.length < SHORTEST_TOKEN) {
    throw new SettingError(
      `${path}.${kind}`,
      `must be a token of at least ${SHORTEST_TOKEN} characters A-Z, a-z, 0-9 and -._~+/ with = at the end only; make one with: openssl rand -hex 32`,
    );
  }
  return { kind: 'token', digest: tokenDigest(token) };
}

function tokenOf(variable: string, path: string, { environment = {} }: Surroundings): string {
  const token = environment[variable];
  if (token !== undefined && token !== '') return token;
  throw new SettingError(path, `names the environment variable ${variable}, which is not set`);
}

function parseJwt(json: unknown, path: string, around: Surroundings): Proof {
  const jwt = objectOf(json, path, JWT);
  const { subject } = jwt;
  return {
    kind: 'jwt',
    issuer: textOf(jwt.issuer, `${path}.issuer`, 'the issuer (claim iss) of the tokens'),
    audience: textOf(jwt.audience, `${path}.audience`, 'the audience (claim aud) of the tokens'),
    ...(subject !== undefined && {
      subject: textOf(subject, `${path}.subject`, 'the subject (claim sub) of the tokens'),
    }),
    keys: parseKeys(jwt, path, around),
  };
}

function parseKeys(jwt: Readonly<Record<string, unknown>>, path: string, around: Surroundings): KeySource {
  const { jwksUrl, jwksFile } = jwt;
  if ((jwksUrl === undefined) === (jwksFile === undefined)) {
    throw new SettingError(path, 'must have one of jwksUrl and jwksFile');
  }
  if (jwksFile !== undefined) {
    const file = textOf(jwksFile, `${path}.jwksFile`, 'a file');
    return { kind: 'file', path: resolve(around.folder ?? '.', file) };
  }
  const url = textOf(jwksUrl, `${path}.jwksUrl`, 'a URL');
  if (isSafeUrl(url)) return { kind: 'url', url };
  throw new SettingError(
    `${path}.jwksUrl`,
    'must be an https URL (http on loopback only): who can change the keys can send anything',
  );
}

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
  );
}

function patterns(json: unknown, path: string, valid: (text: string) => boolean): readonly string[] {
  return listOf(json, path, 'texts (leave it out to allow any)').map((item, at) => {
    const text = textOf(item, `${path}[${at}]`, 'a text');
    const start = text.endsWith('*') ? text.slice(0, -1) : text;
    if (!start.includes('*') && valid(start)) return text;
    throw new SettingError(`${path}[${at}]`, 'must be exact, or a beginning followed by one * at its end');
  });
}

function sameProof(one: Proof, other: Proof): boolean {
  if (one.kind === 'token') return other.kind === 'token' && Buffer.compare(one.digest, other.digest) === 0;
  if (other.kind === 'token' || one.issuer !== other.issuer || one.audience !== other.audience) return false;
  return one.subject === undefined || other.subject === undefined || one.subject === other.subject;
}
