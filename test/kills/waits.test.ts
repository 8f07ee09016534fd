import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { freePorts } from '../../examples/concert/free-ports.ts';
import { end, modelOf, openSink, send, start } from '../../src/runtime/events/world.test-helper.ts';
import { until } from '../support/until.ts';

const cli = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** Starts a server as a process of its own; answers how to kill it, once it is ready. */
async function serve(data: string, http: number, grpc: number): Promise<() => Promise<void>> {
  const args = [cli, 'serve', '--data', data, '--http', String(http), '--grpc', String(grpc)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  await until('the server is ready', async () => {
    const response = await fetch(`http://127.0.0.1:${http}/health/ready`).catch(() => undefined);
    return response?.ok || undefined;
  });
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

test('jobs that wait for a confirmation, a reply or their time-out go on after the server was killed', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'tutti-waits-'));
  let kill = async (): Promise<void> => undefined;
  t.after(async () => {
    await kill();
    rmSync(data, { recursive: true, force: true });
  });
  const sink = await openSink(t);
  sink.answer = () => undefined;
  const [http = 0, grpc = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${http}`;
  const call = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
    return response;
  };
  const waiting = { Type: 'Pay', Mode: 'WAIT_FOR_CLOUD_EVENT', WaitType: 'Paid', CorrelationKey: '=order' };
  const late = { ...waiting, Timeout: 'PT2S', Retries: '1' };
  const models = {
    CONFIRM: modelOf('CONFIRM', [
      start,
      send('a', { Type: 'Told', Mode: 'EMIT_AND_CONFIRM', Host: sink.url }),
      end,
    ]),
    REPLY: modelOf('REPLY', [start, send('b', waiting), end]),
    LATE: modelOf('LATE', [start, send('c', late), end]),
  };
  kill = await serve(data, http, grpc);
  const form = new FormData();
  for (const [name, xml] of Object.entries(models)) form.append('resources', new Blob([xml]), `${name}.bpmn`);
  const deployed = await fetch(`${url}/v2/deployments`, { method: 'POST', body: form });
  assert.equal(deployed.status, 200, await deployed.text());
  for (const processDefinitionId of Object.keys(models))
    await call('/v2/process-instances', { processDefinitionId, variables: { order: processDefinitionId } });
  await sink.reached(1);
  await kill();

  sink.answer = (response) => response.writeHead(204).end();
  kill = await serve(data, http, grpc);
  const waits = async () => {
    const { items } = (await (await fetch(`${url}/api/waits`)).json()) as {
      items: { elementId: string; resting?: string }[];
    };
    return items.map(({ elementId, resting }) =>
      resting === undefined ? elementId : `${elementId}: ${resting}`,
    );
  };
  const reply = { specversion: '1.0', id: '1', source: '/pay', type: 'Paid', correlationkey: 'REPLY' };
  const headers = { 'content-type': 'application/cloudevents+json' };
  await fetch(`${url}/events`, { method: 'POST', headers, body: JSON.stringify(reply) });
  const left = await until('only the job whose time is over is left', async () => {
    const found = await waits();
    return found.length === 1 && found[0]?.startsWith('c: ') ? found : undefined;
  });
  assert.match(left.join(), /^c: No reply 'Paid' came until .* as the task header 'Timeout' demands\.$/);
  assert.equal(sink.received[0]?.headers['ce-id'], sink.received[1]?.headers['ce-id']);
});
