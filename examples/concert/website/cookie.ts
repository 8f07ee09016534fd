/** The signed cookie that binds a purchase to one browser (R6). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const cookieName = 'concert';
/** Tickets can be shown for 200 days; the concert's date is nearer than that. */
const maxAgeSeconds = 200 * 86_400;

/** What a request's cookie says. */
export type CookieReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'forged' }
  | { readonly kind: 'session'; readonly sessionId: string };

export interface SessionCookie {
  /** The value of `Set-Cookie` for a session. */
  write(sessionId: string): string;
  /** @param header the request's `Cookie` header */
  read(header: string | undefined): CookieReading;
}

export function createSessionCookie(key: Uint8Array, secure: boolean): SessionCookie {
  const signature = (sessionId: string) => createHmac('sha256', key).update(sessionId).digest();
  return {
    write: (sessionId) => {
      const value = `${sessionId}.${signature(sessionId).toString('base64url')}`;
      const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
      return `${cookieName}=${value}; ${attributes}${secure ? '; Secure' : ''}`;
    },
    read: (header) => {
      const pair = header?.split(/;\s*/).find((part) => part.startsWith(`${cookieName}=`));
      if (pair === undefined) return { kind: 'none' };
      const value = pair.slice(cookieName.length + 1);
      const dot = value.lastIndexOf('.');
      const sessionId = value.slice(0, Math.max(0, dot));
      const given = Buffer.from(value.slice(dot + 1), 'base64url');
      const wanted = signature(sessionId);
      const genuine = sessionId !== '' && given.length === wanted.length && timingSafeEqual(given, wanted);
      return genuine ? { kind: 'session', sessionId } : { kind: 'forged' };
    },
  };
}

/** The signing key beside the database file: made once, so that cookies outlive a restart. */
export function signingKey(databaseFile: string): Uint8Array {
  const file = join(dirname(databaseFile), 'website.key');
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, randomBytes(32), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const key = readFileSync(file);
  if (key.length !== 32) {
    throw new Error(
      `${file} holds ${key.length} bytes, not a key of 32: remove it, and all browsers start anew.`,
    );
  }
  return key;
}
