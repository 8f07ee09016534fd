import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { startTestEngine } from '../src/testing/index.ts';
import { chain, end, service, start } from '../src/testing/models.test-helper.ts';
import { startTutti } from '../src/tutti.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const run = promisify(execFile);

const ORDER = chain(
  'order',
  [
    start,
    service('reserve', 'reserve'),
    service('pay', 'pay').replace('$FLOWS', '<bpmn:incoming>again</bpmn:incoming>$FLOWS'),
    end,
  ],
  {
    beside: `<bpmn:boundaryEvent id="declined" attachedToRef="pay"><bpmn:outgoing>ask</bpmn:outgoing><bpmn:errorEventDefinition errorRef="e"/></bpmn:boundaryEvent>
      <bpmn:userTask id="askForCard"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements><bpmn:incoming>ask</bpmn:incoming><bpmn:outgoing>again</bpmn:outgoing></bpmn:userTask>
      <bpmn:sequenceFlow id="ask" sourceRef="declined" targetRef="askForCard"/><bpmn:sequenceFlow id="again" sourceRef="askForCard" targetRef="pay"/>`,
    outside: '<bpmn:error id="e" errorCode="DECLINED"/>',
  },
);

/** Code blocks that follow a comment of this kind, in order. */
function blocks(page: string, comment: string): string[] {
  const pattern = new RegExp(`<!-- ${RegExp.escape(comment)} -->\\n\`\`\`ts\\n([\\s\\S]*?)\`\`\``, 'g');
  return [...page.matchAll(pattern)].map(([, code = '']) => code);
}

/** A program that stands alone, in a folder with the model that it reads. */
function programOf(
  t: TestContext,
  name: string,
  code: string,
): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-docs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, name);
  const source = (part: string) => `'${join(root, 'src', part, 'index.ts')}'`;
  writeFileSync(
    file,
    code.replaceAll("'tutti/testing'", source('testing')).replaceAll("'tutti/client'", source('client')),
  );
  writeFileSync(join(folder, ORDER.name), ORDER.content);
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  const compilerOptions = {
    typeRoots: [join(root, 'node_modules/@types')],
    rewriteRelativeImportExtensions: false,
  };
  const include = [name, join(root, 'src/**/*.d.ts')];
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return { folder, file };
}

/** Checks the types of a program as a reader's compiler would. */
async function check(folder: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', folder]).catch(({ stdout }: { stdout?: string }) =>
    assert.fail(stdout ?? 'the types could not be checked'),
  );
}

test('the example of the testing page is the test of the concert, which runs with the others', () => {
  const file = 'examples/concert/models/tickets.test.ts';
  const [quoted] = blocks(read('docs/testing.md'), file);
  assert.equal(quoted, read(file).replace("'../../../src/testing/index.ts'", "'tutti/testing'"));
});

test('the failed sentence of the testing page is what such a sentence says', async () => {
  const quoted = /```text\n([\s\S]*?)\n```/.exec(read('docs/testing.md'))?.[1];
  await using engine = await startTestEngine();
  await engine.deploy(join(root, 'examples/concert/models/tickets.bpmn'));
  const data = { sessionId: 's-1' };
  await engine.publish({ type: 'Tickets.CustomerQueueJoined', subject: 's-1', data });
  await engine.publish({ type: 'Queue.CustomerExit', subject: 's-1', data });
  const sentence = engine.instance('tickets').isWaitingAt('paiment');
  await assert.rejects(sentence, ({ message }: Error) => {
    assert.equal(message, quoted);
    return true;
  });
});

test('the tests of the testing page pass', async (t) => {
  const [code = ''] = blocks(read('docs/testing.md'), 'run: order.bpmn');
  const { folder, file } = programOf(t, 'order.test.ts', code);
  await check(folder);
  const env = { ...process.env };
  // Else the inner run takes itself for a part of this one.
  delete env['NODE_TEST_CONTEXT'];
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', file], {
    cwd: folder,
    env,
  });
  assert.match(stdout, /# pass 2\n# fail 0/);
});

test('the program of the client page runs to its end', async (t) => {
  const parts = blocks(read('docs/client.md'), 'run');
  assert.ok(parts.length >= 7);
  const data = mkdtempSync(join(tmpdir(), 'tutti-docs-data-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const tutti = await startTutti({ data, http: 0, grpc: 0 });
  t.after(() => tutti.close());
  const code = parts.join('\n').replace('http://127.0.0.1:8080', tutti.addresses.http);
  const { folder, file } = programOf(t, 'client.ts', code);
  await check(folder);
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder, timeout: 30_000 });
  assert.equal(stderr, '');
  assert.match(stdout, /^started \d+\n25\nOrder\.Seen o-2\n$/);
});
