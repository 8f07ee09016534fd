import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { receiveEvents, textField } from './events.ts';
import { type RunningService, startService } from './service.ts';
import { readCommonSettings, SettingsReader } from './settings.ts';

describe('a service that takes events', () => {
  let folder: string;
  let service: RunningService;
  let seen: unknown[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concert-events-'));
    seen = [];
    const reader = new SettingsReader({
      argv: ['--port=0', '--log-level=silent', '--clock=controllable'],
      env: {},
    });
    service = await startService(
      {
        name: 'test',
        migrations: [],
        build: ({ app, database, clock }) => {
          const handler = (name: string, repeatable: boolean) => ({
            name,
            repeatable,
            prepare: (event: Parameters<typeof textField>[0]) => {
              const text = textField(event, 'text');
              return () => void seen.push(`${name} ${text}`);
            },
          });
          receiveEvents(
            app,
            { database, clock, reusedIdSources: [] },
            {
              '/one': { Known: handler('one', false) },
              '/two': { Known: handler('two', false) },
              '/again': { Known: handler('again', true) },
            },
          );
          return {};
        },
      },
      readCommonSettings(reader, { port: 0, data: join(folder, 'test.sqlite') }),
    );
  });
  afterEach(async () => {
    await service.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const post = (path: string, headers: Record<string, string>, body: string) =>
    fetch(service.url + path, { method: 'POST', headers, body });
  const binary = (id: string, type = 'Known') => ({
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': '/sender',
    'ce-type': type,
    'content-type': 'application/json',
  });
  const event = (id: string, text: string) => ({
    specversion: '1.0',
    id,
    source: '/sender',
    type: 'Known',
    data: { text },
  });

  it('takes binary, structured and batch, and data that is encoded twice', async () => {
    await post('/one', binary('1'), '{"text":"binary"}');
    await post('/one', binary('2'), JSON.stringify('{"text":"twice"}'));
    await post(
      '/one',
      { 'content-type': 'application/cloudevents+json' },
      JSON.stringify(event('3', 'structured')),
    );
    await post(
      '/one',
      { 'content-type': 'application/cloudevents-batch+json' },
      JSON.stringify([event('4', 'first'), event('5', 'second')]),
    );
    assert.deepEqual(seen, ['one binary', 'one twice', 'one structured', 'one first', 'one second']);
  });

  it('R10: has one effect of a repeated event at each handler, and answers 204 each time', async () => {
    const answers = await Promise.all(
      ['/one', '/one', '/two', '/one', '/again', '/again'].map((path) =>
        post(path, binary('same'), '{"text":"x"}'),
      ),
    );
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([204]));
    assert.deepEqual([...seen].sort(), ['again x', 'again x', 'one x', 'two x']);
  });

  it('keeps nothing of a batch with a malformed event', async () => {
    const batch = JSON.stringify([event('1', 'good'), { ...event('2', 'bad'), data: { other: 1 } }]);
    const answer = await post('/one', { 'content-type': 'application/cloudevents-batch+json' }, batch);
    assert.equal(answer.status, 400);
    assert.match(((await answer.json()) as { detail: string }).detail, /data\.text/);
    assert.deepEqual(seen, []);
  });

  it('refuses with a problem document what is no event, and what is too large', async () => {
    const none = await post('/one', { 'content-type': 'application/json' }, '{}');
    assert.equal(none.status, 400);
    assert.match(none.headers.get('content-type') ?? '', /^application\/problem\+json/);
    const large = await post('/one', binary('large'), JSON.stringify({ text: 'x'.repeat(1_100_000) }));
    assert.equal(large.status, 413);
    const format = await post('/one', { 'content-type': 'application/cloudevents+avro' }, 'x');
    assert.equal(format.status, 415);
  });

  it('lets the clock be moved over HTTP, refuses a wrong date, and says that it is up', async () => {
    const put = (body: unknown) =>
      fetch(`${service.url}/clock`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    assert.equal((await put({ timestamp: 1_790_000_000_000 })).status, 204);
    assert.equal(service.clock.now(), 1_790_000_000_000);
    for (const wrong of [{}, { timestamp: 'now' }, { timestamp: -1 }, { timestamp: 1e17 }, []]) {
      assert.equal((await put(wrong)).status, 400);
    }
    assert.equal((await fetch(`${service.url}/clock/reset`, { method: 'POST' })).status, 204);
    assert.ok(Math.abs(service.clock.now() - Date.now()) < 60_000);
    assert.deepEqual(await (await fetch(`${service.url}/health`)).json(), { status: 'up' });
  });

  it('refuses foreign names and changes that foreign pages send', async () => {
    const { request } = await import('node:http');
    const status = (headers: Record<string, string>, method = 'GET') =>
      new Promise<number | undefined>((resolve, reject) => {
        request(`${service.url}/health`, { method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    assert.equal(await status({ host: 'evil.example' }), 403);
    assert.equal(await status({ host: `localhost:${service.port}` }), 200);
    assert.equal(await status({ origin: 'http://evil.example' }, 'POST'), 403);
    assert.equal(await status({ origin: service.url }, 'POST'), 404, 'its own pages get an answer');
  });
});
