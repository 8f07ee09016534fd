import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type StartOptions, startTutti } from '../../src/tutti.ts';

/** How long a normal event may take to be accepted right after an attack, on a machine that is busy. */
const PROMPT_MS = 3000;
/** By how much an attack of a few MiB may let the process grow, with its own buffers and the server in one process. */
const MOST_GROWTH = 400 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  readonly json: any;
}

export interface Target {
  readonly url: string;
  readonly port: number;
  post(headers: Readonly<Record<string, string>>, body?: string | Uint8Array, agent?: Agent): Promise<Answer>;
  get(path: string): Promise<Answer>;
  subscribe(sink: string, more?: object): Promise<void>;
  /** Writes bytes to a new connection; resolves with all that comes back when the server closes it. */
  raw(bytes: string): Promise<string>;
  /** Ids of the events in the log, newest first. */
  stored(): Promise<readonly string[]>;
}

/** The whole server on a free port with a folder of its own. At the end it must still be quick and not have grown. */
export async function openTarget(t: TestContext, options: StartOptions = {}): Promise<Target> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-hostile-'));
  const errors: unknown[] = [];
  const tutti = await startTutti({
    data,
    http: 0,
    grpc: 0,
    log: ({ level, message, error }) => {
      if (level === 'error') errors.push(message, error);
    },
    ...options,
  });
  const url = tutti.addresses.http;
  const port = Number(new URL(url).port);
  const before = process.memoryUsage().rss;
  const send = (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array,
    agent?: Agent,
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request(
        {
          port,
          host: '127.0.0.1',
          method,
          path,
          headers: { 'content-length': Buffer.byteLength(body), ...headers },
          ...(agent && { agent }),
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const isJson = /json/.test(response.headers['content-type'] ?? '');
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              json: isJson ? JSON.parse(text) : undefined,
            });
          });
          response.on('error', reject);
        },
      );
      // A server that refuses early closes while the body is still being sent; the answer is what counts.
      sent.on('error', reject);
      sent.end(body);
    });
  const target: Target = {
    url,
    port,
    post: (headers, body = '', agent) => send('POST', '/events', headers, body, agent),
    get: (path) => send('GET', path, {}, ''),
    subscribe: async (sink, more = {}) => {
      const body = JSON.stringify({ sink, protocol: 'HTTP', ...more });
      const answer = await send('POST', '/subscriptions', { 'content-type': 'application/json' }, body);
      assert.equal(answer.status, 201, answer.text);
    },
    raw: (bytes) =>
      new Promise((resolve) => {
        const socket = connect(port, '127.0.0.1');
        let text = '';
        socket.on('data', (part) => {
          text += part.toString('latin1');
        });
        // What is written after the server has closed does not matter.
        socket.on('error', () => undefined);
        socket.on('close', () => resolve(text));
        socket.write(bytes, 'latin1');
      }),
    stored: async () =>
      (await target.get('/api/events?limit=200')).json.items.map(({ id }: { id: string }) => id),
  };
  t.after(async () => {
    try {
      await acceptsPromptly(target);
      const growth = process.memoryUsage().rss - before;
      assert.ok(growth < MOST_GROWTH, `the process has grown by ${Math.round(growth / 1024 / 1024)} MiB`);
      assert.deepEqual(errors, []);
    } finally {
      await tutti.close();
      rmSync(data, { recursive: true, force: true });
    }
  });
  return target;
}

let last = 0;

/** A normal event is accepted soon. */
export async function acceptsPromptly({ post }: Target): Promise<void> {
  last += 1;
  const start = performance.now();
  const { status, text } = await post(binary({ 'ce-id': `normal-${last}` }), '');
  assert.equal(status, 202, text);
  const ms = performance.now() - start;
  assert.ok(ms < PROMPT_MS, `a normal event took ${Math.round(ms)} ms`);
}

/** Headers of an event in binary mode. */
export function binary(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/hostile', 'ce-type': 'Hostile', ...more };
}

export const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
export const BATCH = { 'content-type': 'application/cloudevents-batch+json' };

/** An event in the JSON format with further members, as JSON text. */
export function eventText(members = '', id = '1'): string {
  const more = members === '' ? '' : `,${members}`;
  return `{"specversion":"1.0","id":"${id}","source":"/hostile","type":"Hostile"${more}}`;
}
