import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseOptions, resolveOptions } from '../options.ts';
import { ConfigError, loadConfig, parseConfig } from './index.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'tutti-config-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function refused(text: string, place: string, problem: RegExp): void {
  assert.throws(
    () => parseConfig(text, '/x/tutti.yaml'),
    (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      assert.equal(`${error.line}:${error.column} ${error.path}`, place);
      assert.match(error.message, problem);
      return true;
    },
  );
}

test('the example of the documentation is read as the documentation says', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/configuration.md'), 'utf8');
  const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? assert.fail('no example');
  const { events, server, senders, webhook } = parseConfig(example, '/x/tutti.yaml', {
    SHOP_TOKEN: 'a-long-secret-token',
  });
  assert.deepEqual(server.get('hostMap')?.texts, ['http://tickets=http://127.0.0.1:8082']);
  assert.equal(server.get('data')?.texts[0], '/x/data');
  assert.equal(events.timeToLive, 3_600_000);
  assert.equal(events.windowMs, 24 * 3_600_000);
  const [paid, filed] = events.events ?? [];
  assert.deepEqual(paid, {
    type: 'com.shop.order.paid',
    aliases: ['Order.Paid'],
    message: 'Paid',
    correlationKey: 'order.id',
    activationCondition: '=data.amount > 0',
    resultVariable: 'payment',
    messageId: '=data.paymentId',
    timeToLive: 600_000,
  });
  assert.deepEqual(filed, {
    type: 'com.shop.order.placed',
    start: [
      { bpmnProcessId: 'ORDER' },
      { bpmnProcessId: 'BIG_ORDER', version: 2, filters: [{ exact: { source: '/shop' } }] },
    ],
  });
  assert.equal(events.schemas?.[0]?.mode, 'note');
  assert.deepEqual(
    senders?.map(({ name, replies }) => [name, replies]),
    [
      ['shop', false],
      ['payments', true],
    ],
  );
  assert.equal(webhook?.allowedRate, 600);
});

test('what is wrong is told with line, column, path and what to write instead', () => {
  refused('senders:\n  - name: shop\n    tokn: x\n', '2:3 senders[0].tokn', /is not known/);
  refused(
    'events:\n  Paid:\n    timToLive: PT1H\n',
    '3:16 events.Paid.timToLive',
    /did you mean timeToLive\?/,
  );
  refused('event: {}', '1:8 event', /did you mean events\?/);
  refused(
    'events:\n  Paid: {timeToLive: 10}',
    '2:22 events.Paid.timeToLive',
    /must be a duration such as PT30S/,
  );
  refused('events: [Paid]', '1:9 events', /must be a map of names and values, but was \["Paid"\]/);
  refused('router:\n  maxHops: 0', '2:12 router.maxHops', /whole number of at least 1, but was 0/);
  refused('router: {unwrapJsonText: "no"}', '1:26 router.unwrapJsonText', /must be true or false/);
  refused('events: {A: {correlationKey: "=a +"}}', '1:30 events.A.correlationKey', /'=a \+' is no FEEL/);
  refused('events: {A: {aliases: [B]}, B: {}}', '1:24 events.A.aliases[0]', /'B' is a name of 'B' already/);
  refused('events: {A: {start: [{version: 1}]}}', '1:22 events.A.start[0]', /must name a bpmnProcessId/);
  refused(
    'events: {A: {start: [{bpmnProcessId: P, filters: [{exakt: {a: b}}]}]}}',
    '1:50 events.A.start[0].filters',
    /exakt/,
  );
  refused('a: {b: c', '1:9 ', /this is no YAML/);
  refused('events: {A: {}, A: {}}', '1:17 ', /unique/);
  refused('schemas:\n  - mode: note\n', '2:5 schemas[0]', /either dataschema or type/);
  refused('schemas:\n  - {type: A, schema: {type: x}}', '2:5 schemas[0]', /schema is invalid/);
  refused(
    'schemas:\n  - {type: A, file: none.json}',
    '2:21 schemas[0].file',
    /\/x\/none\.json cannot be read/,
  );
});

test('an empty configuration says nothing, and a file that is not there is told', () => {
  assert.deepEqual(parseConfig('# nothing\n', '/x').events, {});
  assert.throws(() => loadConfig('/does/not/exist.yaml'), /exist\.yaml: the configuration cannot be read/);
});

test('schemas are read from files beside the configuration', (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'paid.yaml'), 'type: object\nrequired: [amount]\n');
  writeFileSync(join(path, 'tutti.yaml'), 'schemas:\n  - {type: Paid, file: paid.yaml}\n');
  assert.deepEqual(loadConfig(join(path, 'tutti.yaml')).events.schemas, [
    { type: 'Paid', schema: { type: 'object', required: ['amount'] }, mode: 'refuse' },
  ]);
});

test('flags win over the environment, the environment over the file, and the file over the defaults', (t) => {
  const file = join(folder(t), 'my.yaml');
  writeFileSync(
    file,
    'server: {http: 1, grpc: 2, host: 127.0.0.2, allowTarget: [a.example, b.example], data: d}\n',
  );
  const options = parseOptions(['--config', file, '--http', '11'], {
    TUTTI_GRPC: '12',
    TUTTI_ALLOW_TARGET: 'c.example',
  });
  assert.deepEqual(
    [options.http, options.grpc, options.host, options.clock],
    [11, 12, '127.0.0.2', 'system'],
  );
  assert.deepEqual(options.allowTargets, ['c.example']);
  assert.equal(options.data, join(file, '../d'), 'beside the file');
  const inProgram = resolveOptions({ config: loadConfig(file), grpc: 5 });
  assert.deepEqual([inProgram.http, inProgram.grpc], [1, 5]);
  assert.deepEqual(inProgram.allowTargets, ['a.example', 'b.example']);
  assert.equal(parseOptions([], { TUTTI_CONFIG: file }).http, 1);
});

test('a tutti.yaml in the data folder is used without being named, and cannot name another folder', (t) => {
  const data = folder(t);
  const file = join(data, 'tutti.yaml');
  writeFileSync(file, 'server: {http: 1}');
  assert.equal(parseOptions(['--data', data], {}).http, 1);
  assert.equal(resolveOptions({ data }).http, 1);
  writeFileSync(file, 'server: {data: x}');
  assert.throws(
    () => parseOptions(['--data', data], {}),
    /1:16: server\.data: a configuration that lies in the data/,
  );
});

test('an option of the server that is misspelt or wrong is told with its place', (t) => {
  const file = join(folder(t), 'my.yaml');
  const refusedFile = (text: string, problem: RegExp) => {
    writeFileSync(file, text);
    assert.throws(() => parseOptions(['--config', file], {}), problem);
  };
  refusedFile(
    'server:\n  htpp: 1',
    /my\.yaml:2:9: server\.htpp: 'htpp' is not known here; did you mean http\?/,
  );
  refusedFile('server:\n  http: x', /my\.yaml:2:9: server\.http: --http must be a port/);
});
