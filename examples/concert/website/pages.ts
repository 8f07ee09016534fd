/** The static files of `public/`, read once, served with a strict policy: nothing foreign, nothing inline. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Addresses of the pages; other files keep their names. */
const addresses: Readonly<Record<string, string>> = {
  '/index.html': '/',
  '/backoffice.html': '/backoffice',
};

/** @param paymentsPublicUrl the only other place that a form may post to */
export function servePages(app: FastifyInstance, folder: string, paymentsPublicUrl: string): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    `form-action 'self' ${new URL(paymentsPublicUrl).origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  app.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', policy);
    reply.header('x-content-type-options', 'nosniff');
    // The payments service checks where a form comes from, so the origin (and no more) is told to it.
    reply.header('referrer-policy', 'strict-origin-when-cross-origin');
  });
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const content = readFileSync(join(folder, name));
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    const path = `/${name.replaceAll('\\', '/')}`;
    app.get(addresses[path] ?? path, async (request, reply) => {
      // One name only: the bank leads back to the address, and a cookie of `localhost` would not be sent there.
      if (path === '/index.html' && request.hostname === 'localhost') {
        return reply.redirect(`http://127.0.0.1${request.port === null ? '' : `:${request.port}`}/`);
      }
      reply.header('etag', etag).header('cache-control', 'no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type(type).send(content);
    });
  }
}
