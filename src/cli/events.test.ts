import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it, type TestContext } from 'node:test';
import { cli, cliWith, folderOf, MAIN, serve } from './cli.test-helper.ts';

/** Starts with an event of type `Begin`, then waits for `Go` with the same key. */
const MODEL = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <message id="begin" name="Begin"/>
  <message id="go" name="Go"><extensionElements><zeebe:subscription correlationKey="=key"/></extensionElements></message>
  <process id="waiting" isExecutable="true">
    <startEvent id="s"><outgoing>f</outgoing><messageEventDefinition messageRef="begin"/></startEvent>
    <sequenceFlow id="f" sourceRef="s" targetRef="w"/>
    <intermediateCatchEvent id="w"><incoming>f</incoming><outgoing>g</outgoing><messageEventDefinition messageRef="go"/></intermediateCatchEvent>
    <sequenceFlow id="g" sourceRef="w" targetRef="e"/><endEvent id="e"><incoming>g</incoming></endEvent>
  </process></definitions>`;

/** A receiver that answers with `status`. */
async function sink(t: TestContext, status: () => number) {
  const got: string[] = [];
  const server = createServer((request, response) => {
    got.push(String(request.headers['ce-id']));
    request.resume();
    response.writeHead(status()).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, got };
}

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('Events on the command line', () => {
  const cleaning: (() => unknown)[] = [];
  const suite = { after: (clean: () => unknown) => cleaning.push(clean) };
  let url = '';
  let folder = '';
  const tutti = (...args: string[]) => cli(...args, '--url', url);
  const fileOf = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  before(async () => {
    folder = folderOf(suite);
    url = (await serve(suite, join(folder, 'data'))).url;
    assert.equal((await tutti('deploy', fileOf('waiting.bpmn', MODEL))).code, 0);
  });
  after(() => {
    for (const clean of cleaning.reverse()) clean();
  });

  it('publishes an event and tells what became of it, near misses included', async () => {
    const data = '{"key":"k1","big":12345678901234567890}';
    const begun = await tutti('publish', 'Begin', '--correlation-key', 'k1', '--data', data, '--fate');
    assert.equal(begun.code, 0, begun.err);
    assert.match(
      begun.out,
      /^Event \d+ published: source \/tutti\/cli, id \S+\.\n {2}\S+ \S+ {2}started instance \d+ of waiting$/,
    );
    const missed = await tutti(
      'publish',
      'Go',
      '--correlation-key',
      'k2',
      '--id',
      'go-1',
      '--ext',
      'colour=red',
      '--fate',
    );
    assert.match(missed.out, /waits until \S+ for an instance with key 'k2'/);
    assert.match(
      missed.out,
      /near miss: instance \d+ waits at w for this type with key 'k1'; the event has 'k2'/,
    );
    const again = await tutti('publish', 'Go', '--correlation-key', 'k2', '--id', 'go-1');
    assert.match(
      again.out,
      /^Event \d+ again: source \/tutti\/cli and id go-1 were known, so this one has no effect\.$/,
    );
    const json = await tutti('publish', 'Go', '--correlation-key', 'k1', '--fate', '--json');
    const { sequence, duplicate, story } = JSON.parse(json.out);
    assert.equal(duplicate, false);
    assert.equal(story.sequence, sequence);
    assert.equal(story.fates[0].kind, 'correlated');
  });

  it('tells the whole story of one event, by number or by source and id, with every digit of its data', async () => {
    const data = '{"n":12345678901234567890,"x":1.0}';
    const published = await tutti(
      'publish',
      'Told',
      '--source',
      '/a b'.replace(' ', '%20'),
      '--id',
      '7',
      '--data',
      data,
      '--json',
    );
    const { sequence } = JSON.parse(published.out);
    const byNumber = await tutti('event', String(sequence));
    assert.match(byNumber.out, new RegExp(`^Event ${sequence}: Told {2}received `));
    assert.match(
      byNumber.out,
      /data \(application\/json, 34 bytes\)\n {4}\{\n {6}"n": 12345678901234567890,\n {6}"x": 1\.0\n {4}\}/,
    );
    assert.match(byNumber.out, /What became of it\n .*No deployed model waits for events of type 'Told'/);
    const byName = await tutti('event', '--source', '/a%20b', '--id', '7');
    assert.equal(byName.out, byNumber.out);
    assert.match((await tutti('event', String(sequence), '--json')).out, /"n":12345678901234567890/);
    const unknown = await tutti('event', '999999');
    assert.equal(unknown.code, 5);
    assert.match(unknown.err, /The event log holds no event with number 999999/);
    assert.equal((await tutti('event')).code, 2);
  });

  it('lets no event steer the terminal', async () => {
    const evil = JSON.stringify({
      specversion: '1.0',
      id: 'e',
      source: '/s',
      type: 'Evil',
      subject: 'a\u009b2Jb',
    });
    const refused = await tutti('publish', '--file', fileOf('evil.json', evil));
    assert.equal(refused.code, 2, 'control characters are no attribute text');
    await tutti(
      'publish',
      'Evil',
      '--data',
      'red \u001b[31m text',
      '--content-type',
      'text/plain',
      '--id',
      'evil',
    );
    const story = await tutti('event', '--source', '/tutti/cli', '--id', 'evil');
    assert.ok(!story.out.includes('\u001b'));
    assert.match(story.out, /red \\u001b\[31m text/);
  });

  it('takes data from a file and from standard input, and says what is no JSON', async () => {
    const file = fileOf('data.json', '[1, 2]');
    const fromFile = await tutti('publish', 'Data', '--data', `@${file}`, '--id', 'd1');
    assert.equal(fromFile.code, 0, fromFile.err);
    const input = async function* () {
      yield new TextEncoder().encode('"from ');
      yield new TextEncoder().encode('input"');
    };
    await cliWith({ input }, 'publish', 'Data', '--data', '-', '--id', 'd2', '--url', url);
    assert.match((await tutti('event', '--source', '/tutti/cli', '--id', 'd2')).out, /"from input"/);
    const broken = await tutti('publish', 'Data', '--data', '{a: 1}');
    assert.equal(broken.code, 2);
    assert.match(broken.err, /--data is no JSON\. Quote it for the shell/);
    assert.match((await tutti('publish', 'Data', '--ext', 'Bad_Name=1')).err, /Bad_Name/);
    assert.match((await tutti('publish', 'Data', '--file', file)).err, /leave out Data/);
    assert.match((await tutti('publish')).err, /Name the TYPE of the event/);
  });

  it('publishes files: an event, a batch, one event a line; repeats are counted and have no effect', async () => {
    const event = (id: string, more = {}) =>
      JSON.stringify({ specversion: '1.0', source: '/file', type: 'Filed', id, ...more });
    const single = await tutti('publish', '--file', fileOf('one.json', event('1')));
    assert.match(single.out, /^1 event published; numbers (\d+) to \1\.$/);
    const batch = await tutti('publish', '--file', fileOf('batch.json', `[${event('1')}, ${event('2')}]`));
    assert.match(batch.out, /^2 events published, 1 of them known already; numbers/);
    const many = Array.from({ length: 1203 }, (_, index) => event(`m${index}`)).join('\n');
    const steps: string[] = [];
    const progress = (line: string) => steps.push(line);
    const lines = await cliWith({ progress }, 'publish', '--file', fileOf('many.ndjson', many), '--url', url);
    assert.match(lines.out, /^1203 events published; numbers/);
    assert.deepEqual(
      steps.slice(0, 3),
      ['500', '1000', '1203'].map((count) => `${count} published, 0 of them repeats`),
    );
    const json = await tutti('publish', '--file', join(folder, 'batch.json'), '--json');
    assert.deepEqual(
      json.out.split('\n').map((line) => JSON.parse(line).duplicate),
      [true, true],
    );
    const bad = await tutti('publish', '--file', fileOf('bad.ndjson', `${event('9')}\n\n{"id":"x"}`));
    assert.equal(bad.code, 2);
    assert.match(bad.err, /bad\.ndjson, line 3: .*'specversion'/);
  });

  it('lists events as a table that fits the terminal, filtered, and as JSON', async () => {
    for (const id of ['1', '2', '3']) {
      await tutti(
        'publish',
        'Listed.With.A.Rather.Long.Type',
        '--source',
        '/list',
        '--subject',
        `s${id}`,
        '--id',
        id,
      );
    }
    const terminal = { columns: 90, colours: false };
    const list = await cliWith({ terminal }, 'events', '--source', '/list', '--limit', '2', '--url', url);
    const [head = '', ...rows] = list.out.split('\n');
    assert.match(head, /^number +received +type +subject +what became of it$/);
    assert.equal(rows.length, 2);
    assert.ok(
      list.out.split('\n').every((line) => line.length <= 90),
      list.out,
    );
    assert.match(rows[0] ?? '', /s3 .*…$/);
    const json = await tutti('events', '--source', '/list', '--subject', 's2', '--json');
    assert.equal(JSON.parse(json.out).subject, 's2');
    assert.equal(JSON.parse((await tutti('events', '--key', 's3', '--json')).out).id, '3');
    assert.equal((await tutti('events', '--source', '/list', '--to', '1h')).out, 'No event matches.');
    assert.match((await tutti('events', '--source', '/list', '--from', '1h', '--data')).out, / {4}no data/);
    assert.equal((await tutti('events', '--limit', '250', '--json')).out.split('\n').length, 250);
    assert.equal((await tutti('events', '--source', '/list', '--fate', 'failed')).out, 'No event matches.');
    const had = await tutti('events', '--source', '/list', '--fate', 'unmatched,failed', '--json');
    assert.equal(had.out.split('\n').length, 3);
    assert.match((await tutti('events', '--fate', 'delivred')).err, /did you mean delivered\?/);
    assert.match((await tutti('events', '--from', 'yesterday')).err, /--from must be a time such as/);
    const coloured = await cliWith(
      { terminal: { columns: 90, colours: true } },
      'events',
      '--limit',
      '1',
      '--url',
      url,
    );
    assert.ok(coloured.out.includes('\u001b['));
  });

  it('creates, lists, changes and deletes subscriptions, and sends dead letters again', async (t) => {
    let status = 400;
    const receiver = await sink(t, () => status);
    const created = await tutti(
      'subscriptions',
      'create',
      '--sink',
      receiver.url,
      '--type',
      'Sunk',
      '--filter',
      '{"prefix":{"source":"/tutti"}}',
    );
    const id =
      /^Subscription (\S+) created: http:\S+ gets Sunk where \{"prefix":\{"source":"\/tutti"\}\}\.$/.exec(
        created.out,
      )?.[1] ?? '';
    assert.notEqual(id, '', created.out + created.err);
    assert.match((await tutti('subscriptions')).out, new RegExp(`${id} +active +http`));
    const got = await tutti('subscriptions', 'get', id, '--json');
    const file = fileOf('s.json', JSON.stringify({ ...JSON.parse(got.out), types: ['Sunk', 'Other'] }));
    assert.equal(
      (await tutti('subscriptions', 'update', id, '--file', file)).out,
      `Subscription ${id} updated.`,
    );

    const published = await tutti('publish', 'Sunk', '--id', 'sunk', '--fate');
    assert.match(published.out, /given up for http:\S+ after 1 attempt:/);
    const letters = await tutti('dead-letters', '--subscription', id, '--json');
    const letter = JSON.parse(letters.out);
    assert.equal(letter.eventId, 'sunk');
    assert.match((await tutti('dead-letters')).out, /^id +given up[\s\S]* Sunk +http/);
    status = 200;
    const resent = await tutti('dead-letters', 'resend', String(letter.id), '424242');
    assert.equal(resent.code, 5);
    assert.equal(resent.out, '1 of 2 dead letters on the way again.');
    assert.match(resent.err, /424242: There is no dead letter/);
    await until('it arrives', () => receiver.got.length === 2);
    assert.match((await tutti('dead-letters', 'discard', '--all')).out, /There are no dead letters\./);
    assert.equal(
      (await tutti('dead-letters')).out,
      'No dead letters: every delivery has arrived or is still being tried.',
    );
    assert.match((await tutti('dead-letters', 'resend')).err, /Name the ids to resend, or --all/);

    assert.equal((await tutti('subscriptions', 'delete', id)).out, `Subscription ${id} deleted.`);
    assert.match((await tutti('subscriptions', 'list')).out, /^No subscriptions\. Create one:/);
    assert.equal((await tutti('subscriptions', 'get', id)).code, 5);
    assert.match((await tutti('subscriptions', 'create')).err, /Name the --sink/);
    assert.match((await tutti('subscriptions', 'remove')).err, /There is no tutti subscriptions remove/);
  });
});

describe('Following events', () => {
  it('prints each event once, over a restart of the server, and ends with 0 at Ctrl-C', async (t) => {
    const folder = folderOf(t);
    const data = join(folder, 'data');
    const first = await serve(t, data);
    const port = new URL(first.url).port;
    const publish = (id: string) => cli('publish', 'Followed', '--id', id, '--url', first.url);
    await publish('before');
    const follower = spawn(process.execPath, [MAIN, 'events', '--follow', '--json', '--url', first.url], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.after(() => follower.kill('SIGKILL'));
    const seen: { id: string; fate: { kind: string } }[] = [];
    createInterface({ input: follower.stdout }).on('line', (line) => seen.push(JSON.parse(line)));
    let said = '';
    follower.stderr.on('data', (chunk) => {
      said += chunk;
    });
    await until('what was there before', () => seen.length === 1);
    await publish('one');
    await until('the first new one', () => seen.length === 2);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await until('the follower has noticed', () => said.includes('The connection was lost'));
    await serve(t, data, '--http', port);
    for (const id of ['two', 'three']) await publish(id);
    await until('those after the restart', () => seen.length === 4);
    await publish('four');
    await until('the last one', () => seen.length === 5);
    assert.deepEqual(
      seen.map(({ id, fate }) => [id, fate.kind]),
      ['before', 'one', 'two', 'three', 'four'].map((id) => [id, 'unmatched']),
    );
    follower.kill('SIGINT');
    assert.deepEqual(await once(follower, 'exit'), [0, null]);
  });

  it('leaves out what does not match, also by fate', async (t) => {
    const { url } = await serve(t, join(folderOf(t), 'data'));
    const stop = new AbortController();
    t.after(() => stop.abort());
    const out: string[] = [];
    const following = cliWith(
      { interrupted: () => stop.signal, out: (line) => out.push(line) },
      ...['events', '--follow', '--type', 'A', '--fate', 'unmatched,failed', '--url', url],
    );
    await until('the head of the table', () => out.length === 1);
    await cli('publish', 'B', '--url', url);
    await cli('publish', 'A', '--subject', 'mine', '--url', url);
    await until('the one that matches', () => out.length === 2);
    assert.match(out[1] ?? '', / A +\/tutti\/cli +mine +No deployed model/);
    stop.abort();
    assert.equal((await following).code, 0);
    const refused = await cli('events', '--follow', '--to', '1h', '--url', url);
    assert.equal(refused.code, 2);
    assert.equal((await cli('events', '--follow', '--url', 'http://127.0.0.1:1')).code, 5);
  });

  it('tells a server that knows its senders who it is, by TUTTI_TOKEN', async (t) => {
    const data = join(folderOf(t), 'known');
    mkdirSync(data);
    writeFileSync(join(data, 'tutti.yaml'), 'senders:\n  - name: me\n    token: a-token-of-some-length\n');
    const server = await serve(t, data);
    const publish = (token: string) =>
      cliWith({ environment: { TUTTI_TOKEN: token, TUTTI_URL: server.url } }, 'publish', 'Known');
    assert.equal((await publish('a-token-of-some-length')).code, 0);
    const refused = await publish('');
    assert.equal(refused.code, 5);
    assert.match(refused.err, /Authorization: Bearer TOKEN/);
  });
});
