import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cli, folderOf, serve } from './cli.test-helper.ts';

const MODEL = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="short" isExecutable="true"><startEvent id="s"><outgoing>f</outgoing></startEvent>
  <sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"><incoming>f</incoming></endEvent></process></definitions>`;

describe('The command line', () => {
  it('serves until SIGTERM, says one line when it is ready, and ends with 0', async (t) => {
    const { child, line, url } = await serve(t, folderOf(t));
    assert.match(line, /^Tutti \d+\.\d+\.\d+ is ready at http:\/\/127\.0\.0\.1:\d+ /);
    assert.equal((await fetch(`${url}/health/ready`)).status, 200);
    const began = performance.now();
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    assert.ok(performance.now() - began < 5000);
  });

  it('deploys a model to a running server and lists its instances', async (t) => {
    const folder = folderOf(t);
    const { child, url } = await serve(t, join(folder, 'data'));
    const file = join(folder, 'short.bpmn');
    writeFileSync(file, MODEL);
    const deployed = await cli('deploy', file, '--url', url);
    assert.equal(deployed.code, 0, deployed.err);
    assert.match(deployed.out, /^short\.bpmn: short version 1 \(\d+\)$/);
    assert.equal((await cli('instances', '--url', url)).out, 'No instances.');
    await fetch(`${url}/v2/process-instances`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"processDefinitionId":"short"}',
    });
    assert.match((await cli('instances', '--url', url)).out, /\n\d{16} {2}\S+ \S+ {2}COMPLETED {2}short v1$/);
    writeFileSync(file, '<nonsense/>');
    const refused = await cli('deploy', file, '--url', url);
    assert.equal(refused.code, 5);
    assert.match(refused.err, /^tutti deploy: Command 'CREATE' rejected/);
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('shows after a kill all that was answered before it', async (t) => {
    const data = folderOf(t);
    const { child, url } = await serve(t, data);
    const file = join(data, 'short.bpmn');
    writeFileSync(file, MODEL);
    await cli('deploy', file, '--url', url);
    const created: string[] = [];
    for (let count = 0; count < 20; count++) {
      const response = await fetch(`${url}/v2/process-instances`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"processDefinitionId":"short"}',
      });
      created.unshift(((await response.json()) as { processInstanceKey: string }).processInstanceKey);
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = await serve(t, data);
    const { out } = await cli('instances', '--json', '--url', again.url);
    assert.deepEqual(
      out.split('\n').map((line) => JSON.parse(line).processInstanceKey),
      created,
    );
  });

  it('says in one line that the folder or the port is in use', async (t) => {
    const data = folderOf(t);
    const { url } = await serve(t, data);
    const locked = await cli('serve', '--data', data, '--http', '0');
    assert.equal(locked.code, 3);
    assert.match(locked.err, /^tutti serve: The data folder .* is in use by process \d+.*$/);
    const taken = await cli('serve', '--data', folderOf(t), '--http', new URL(url).port);
    assert.equal(taken.code, 4);
    assert.match(taken.err, /^tutti serve: Port \d+ on 127\.0\.0\.1 is in use\..*$/);
  });

  it('explains itself, and what is wrong with a command line', async () => {
    assert.equal((await cli('--help')).code, 0);
    assert.match((await cli('--help')).out, /tutti publish +publishes an event/);
    for (const asked of [
      ['publish', '--help'],
      ['help', 'publish'],
    ]) {
      assert.match((await cli(...asked)).out, /--correlation-key K[\s\S]*Examples:\n {2}tutti publish Order/);
    }
    assert.match((await cli('--version')).out, /^\d+\.\d+\.\d+$/);
    assert.equal((await cli()).code, 2);
    assert.match((await cli('sevre')).err, /Unknown command 'sevre'; did you mean serve\?/);
    const misspelled = await cli('serve', '--dtaa', 'x');
    assert.equal(misspelled.code, 2);
    assert.match(misspelled.err, /did you mean --data\?/);
    assert.equal((await cli('deploy')).code, 2);
    assert.equal((await cli('deploy', join(tmpdir(), 'tutti-no-such-file.bpmn'))).code, 2);
    const lonely = await cli('instances', '--url', 'http://127.0.0.1:1');
    assert.equal(lonely.code, 5);
    assert.match(lonely.err, /No server answers at http:\/\/127\.0\.0\.1:1/);
  });
});
