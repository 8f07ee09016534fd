import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTutti } from '../../src/tutti.ts';
import { oneTask } from '../support/grpc.ts';
import { SchemaFuzzer } from '../support/schema-fuzzer.ts';

/**
 * Random requests at each operation of the API document: bodies that are nearly right, wrong, deep and broken. Whatever
 * comes, the answer is one that the document knows or a problem document, never a mistake in the program.
 * `FUZZ_SEED` and `FUZZ_ROUNDS` repeat and lengthen a run.
 */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 150);
/** Answers that may be waited for are not waited for longer, ms. */
const PATIENCE_MS = 1500;

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

test('no request makes a mistake of the program come out', { timeout: 600_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tutti-fuzz-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const mistakes: unknown[] = [];
  const tutti = await startTutti({
    data: folder,
    http: 0,
    grpc: 0,
    log: ({ level, message, error }) => level === 'error' && mistakes.push({ message, error }),
  });
  t.after(() => tutti.close());
  const base = `${tutti.addresses.http}/v2`;
  const form = new FormData();
  form.append('resources', new File([oneTask('order', 'charge')], 'order.bpmn'));
  const deployed = await fetch(`${base}/deployments`, { method: 'POST', body: form });
  assert.equal(deployed.status, 200);
  const { deployments } = (await deployed.json()) as {
    deployments: { processDefinition: { processDefinitionKey: string } }[];
  };
  const known = ['order', 'charge', 't', String(deployments[0]?.processDefinition.processDefinitionKey)];
  for (let started = 0; started < 20; started++) {
    const response = await post(`${base}/process-instances`, { processDefinitionId: 'order' });
    known.push(((await response.json()) as { processInstanceKey: string }).processInstanceKey);
  }
  const { paths } = (await (await fetch(`${base}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Described>>;
  };

  const fuzzer = new SchemaFuzzer(SEED, known);
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      for (let round = 0; round < ROUNDS; round++) {
        const { url, init, shown } = requestOf(fuzzer, base + path, method, operation);
        const problem = await problemOf(url, init, operation, statuses);
        const told = mistakes.splice(0);
        if (problem === undefined && told.length === 0) continue;
        problems.push(`seed ${SEED}: ${method} ${url} ${shown} → ${problem ?? JSON.stringify(told)}`);
        // One of each operation says enough.
        break;
      }
  t.diagnostic(`statuses: ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
  assert.deepEqual(problems, []);
  assert.equal((await fetch(`${base}/status`)).status, 204);
});

/** Long polls, results of instances, and steps that task listeners could hold back. */
const MAY_WAIT = new Set(['activateJobs', 'createProcessInstance']);

/** What is wrong with an answer; undefined: nothing. */
async function problemOf(
  url: string,
  init: RequestInit,
  { operationId, responses }: Described,
  statuses: Map<number, number>,
): Promise<string | undefined> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
    text = await response.text();
  } catch (error) {
    return (error as Error).name === 'TimeoutError' && MAY_WAIT.has(operationId) ? undefined : String(error);
  }
  const { status } = response;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const told = `${status} ${text.slice(0, 300)}`;
  if (status === 500) return told;
  if (status < 400) return String(status) in responses ? undefined : told;
  if (response.headers.get('content-type') !== 'application/problem+json') return told;
  return (JSON.parse(text) as { status: number }).status === status ? undefined : told;
}

function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function requestOf(fuzzer: SchemaFuzzer, template: string, method: string, operation: Described) {
  const path = template.replace(/\{(\w+)\}/g, () => encodeURIComponent(fuzzer.pathPart()));
  const query = new URLSearchParams();
  for (const { name, in: place, schema } of operation.parameters ?? [])
    if (place === 'query' && fuzzer.chance(0.3)) query.set(name, String(fuzzer.value(schema)));
  const url = query.size > 0 ? `${path}?${query}` : path;
  const [[type, content] = []] = Object.entries(operation.requestBody?.content ?? {});
  const init: RequestInit = { method: method.toUpperCase() };
  if (type === undefined || content === undefined || fuzzer.chance(0.02)) return { url, init, shown: '' };
  if (type === 'multipart/form-data' && !fuzzer.chance(0.1)) {
    const { form, shown } = fuzzer.form(content.schema);
    return { url, init: { ...init, body: form }, shown };
  }
  const body = fuzzer.text(content.schema);
  return {
    url,
    init: { ...init, headers: { 'content-type': fuzzer.chance(0.02) ? 'text/plain' : type }, body },
    shown: body.slice(0, 2000),
  };
}
