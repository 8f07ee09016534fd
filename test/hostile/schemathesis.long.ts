import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTutti } from '../../src/tutti.ts';
import { endOf, execute, toolFolder } from '../clients/suite.ts';
import { oneTask } from '../support/grpc.ts';

/**
 * Schemathesis, a tester of APIs that knows nothing of us, reads `/v2/openapi.json` and sends what it makes of it.
 * `FUZZ_SEED` and `FUZZ_ROUNDS` repeat and lengthen a run. Two of its checks are not ours: the document cannot say what
 * members forbid each other (so that a request which it allows may be refused), and null is taken for "not given".
 */
const SEED = process.env['FUZZ_SEED'] ?? '1';
const ROUNDS = process.env['FUZZ_ROUNDS'] ?? '15';
const VERSION = '4.32.5';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

test('Schemathesis finds no mistake behind the API document', { timeout: 900_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-schemathesis-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const tools = toolFolder('schemathesis');
  const python = join(tools, 'bin', 'python');
  for (const step of [
    ['python3', '-m', 'venv', tools],
    [python, '-m', 'pip', 'install', '--quiet', `schemathesis==${VERSION}`],
  ]) {
    const [command = '', ...args] = step;
    const ended = await execute(command, args);
    if (ended.code !== 0) return t.skip(`Schemathesis cannot be had here: ${endOf(ended)}`);
  }
  const mistakes: unknown[] = [];
  const tutti = await startTutti({
    data: join(folder, 'data'),
    http: 0,
    grpc: 0,
    log: ({ level, message, error }) => level === 'error' && mistakes.push(message, error),
  });
  t.after(() => tutti.close());
  const base = `${tutti.addresses.http}/v2`;
  const form = new FormData();
  form.append('resources', new File([oneTask('order', 'charge')], 'order.bpmn'));
  assert.equal((await fetch(`${base}/deployments`, { method: 'POST', body: form })).status, 200);
  for (let started = 0; started < 5; started++) {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"processDefinitionId":"order"}',
    };
    assert.equal((await fetch(`${base}/process-instances`, init)).status, 200);
  }
  const command = [
    ...['run', `${base}/openapi.json`, '--no-color', '--continue-on-failure'],
    ...['--seed', SEED, '--max-examples', ROUNDS, '--phases', 'coverage,fuzzing', '--mode', 'all'],
    ...['--checks', CHECKS.join(','), '--request-timeout', '12', '--generation-database', 'none'],
    // It would wait for jobs that nobody makes.
    ...['--exclude-operation-id', 'activateJobs'],
  ];
  const { code, out, err } = await execute(join(tools, 'bin', 'schemathesis'), command, {
    cwd: folder,
    limitMs: 800_000,
  });
  t.diagnostic(/\d+ generated.*/.exec(out)?.[0] ?? err.slice(-300));
  assert.deepEqual(mistakes, []);
  assert.equal(code, 0, `${out.slice(-20_000)}${err.slice(-2000)}`);
  assert.equal((await fetch(`${base}/status`)).status, 204);
});
