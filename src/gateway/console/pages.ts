import { readFile } from 'node:fs/promises';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { GatewayError } from '../errors.ts';
import type { GatewayResponse, RouteGroup } from '../http.ts';

/** Serves the built console. Pages are one document; what it loads has its content's hash in the name. */

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  // bpmn-js sets styles on the elements it draws.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tutti</title>
<body style="font-family: system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The console is not built yet</h1>
<p>Run <code>npm run build:console</code> in Tutti's folder, then load this page again. The server needs no restart.</p>
<p>Everything else works without it: <code>/v2</code>, <code>/events</code>, <code>/api/records</code>.</p>`;

export function consolePages(dist: string): RouteGroup {
  const folder = resolve(dist);
  const page = async (): Promise<GatewayResponse> => {
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      ...security(),
    };
    const html = await readFile(join(folder, 'index.html')).catch(() => undefined);
    return html === undefined
      ? { status: 503, headers, body: NOT_BUILT }
      : { status: 200, headers, body: html };
  };
  const redirect = (): GatewayResponse => ({ status: 302, headers: { location: '/console/' } });
  return {
    name: 'console-pages',
    routes: [
      { method: 'GET', path: '/', accepts: 'none', handler: redirect },
      { method: 'GET', path: '/console', accepts: 'none', handler: redirect },
      { method: 'GET', path: '/console/', accepts: 'none', handler: page },
      {
        method: 'GET',
        path: '/console/*',
        accepts: 'none',
        handler: async (request) => {
          const rest = normalize(request.params['*'] ?? '');
          // Paths of pages, such as instances/2251799813685249, have no extension: the document sorts them out.
          if (extname(rest) === '') return page();
          const file = join(folder, rest);
          if (rest.startsWith('..') || rest.includes('\0') || !file.startsWith(folder + sep)) {
            throw new GatewayError('ROUTE_NOT_FOUND', 'There is no such file.');
          }
          const body = await readFile(file).catch(() => undefined);
          if (body === undefined) throw new GatewayError('ROUTE_NOT_FOUND', 'There is no such file.');
          const hashed = rest.startsWith(`assets${sep}`);
          return {
            status: 200,
            headers: {
              'content-type': TYPES[extname(rest)] ?? 'application/octet-stream',
              'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
              ...security(),
            },
            body,
          };
        },
      },
    ],
  };
}

function security(): Record<string, string> {
  return { 'content-security-policy': CSP, 'referrer-policy': 'no-referrer' };
}
