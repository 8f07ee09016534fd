import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { end, modelOf, start } from './runtime/events/world.test-helper.ts';
import { startTutti } from './tutti.ts';

const CONFIG = `
server: {clock: controllable}
router: {binaryVariable: file}
events:
  Order.Placed:
    start: [{bpmnProcessId: ORDER, filters: [{exact: {source: /shop}}]}]
    resultVariable: order
schemas:
  - {type: Order.Placed, schema: {type: object, required: [id]}}
`;

function folderWithConfig(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-configured-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'tutti.yaml'), CONFIG);
  return folder;
}

test('the configuration of the data folder reaches the surfaces and the writer’s thread, with the paths of 2020', async (t) => {
  const tutti = await startTutti({ data: folderWithConfig(t), http: 0, grpc: 0 });
  t.after(() => tutti.close());
  assert.equal(tutti.options.clock, 'controllable');
  const call = async (path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(tutti.addresses.http + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : text };
  };
  const deployed = await call('/deploy', {
    name: 'order',
    workflowDefinition: modelOf('ORDER', [start, end]),
  });
  assert.equal(deployed.status, 200, JSON.stringify(deployed.json));
  const ce = (id: string, source = '/shop') => ({
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': source,
    'ce-type': 'Order.Placed',
  });
  assert.equal((await call('/events', {}, ce('1'))).json.rule, 'required');
  assert.equal((await call('/workflow', { id: 1 }, ce('2'))).json.fates[0].kind, 'started');
  assert.equal((await call('/workflow', { id: 1 }, ce('3', '/other'))).status, 404);
  assert.equal((await call('/workflows')).json['Order.Placed'].origin, 'file');
  const { json } = await call('/status');
  assert.equal(json['zeebe.broker.contactPoint'], tutti.addresses.grpc);
  assert.equal((await call('/')).status, 302, 'GET / leads to the console');
});
