import assert from 'node:assert/strict';
import { seededRandom } from '../../examples/concert/load/random.ts';
import type { LogRecord } from '../../src/engine/records/log.ts';
import { apply } from '../../src/engine/state/appliers/apply.ts';
import { MemoryState } from '../../src/engine/state/memory.ts';
import { TABLES } from '../../src/engine/state/tables.ts';
import { createParts } from '../../src/runtime/parts.ts';
import { encode } from '../../src/store/codec.ts';
import { DataFolder } from '../../src/store/folder.ts';
import { type Cleaner, startServer } from './killable-server.ts';
import { MIXED, TASK, tiny } from './mixed-model.ts';
import { until } from './until.ts';

const STARTERS = 6;
const WORKERS = 3;
/** ms between two kills: a random moment in this span, after the server is ready. */
const SPAN_MS = 400;

type Row = Readonly<Record<string, unknown>>;

/** What was answered, and so must be there whatever happens. */
interface Answered {
  readonly instances: Map<string, { readonly id: string; cancelled: boolean }>;
  readonly tasks: Set<string>;
  readonly variables: Map<string, string>;
  readonly completed: Set<string>;
  readonly failed: Set<string>;
  readonly resolved: Set<string>;
  readonly events: Set<string>;
  readonly definitions: Set<string>;
}

/**
 * Puts mixed load on a server that is ended by SIGKILL at random moments, and asserts that the effect of everything that
 * was answered is there, that what was not answered happened wholly or not at all, that all instances come to their
 * ends, and that the journal gives the state (I1).
 */
export async function killUnderMixedLoad(
  t: Cleaner,
  options: { readonly kills: number; readonly seed: number },
): Promise<void> {
  const server = await startServer(t);
  const load = new Load(server.url, seededRandom(options.seed));
  await load.deploy('mixed', MIXED);
  await load.deploy('task', TASK);
  const running = load.start();
  const moments = seededRandom(options.seed + 1);
  for (let kill = 0; kill < options.kills; kill++) {
    const before = load.answers;
    // The moment is random on purpose; but something must have been answered since the last one.
    await until('the next kill', async () => (load.answers > before ? true : undefined), 60_000);
    await new Promise((resolve) => setTimeout(resolve, moments() * SPAN_MS));
    await server.kill();
  }
  load.stopStarting();
  await until('all instances end', () => load.settled(), 120_000);
  load.stop();
  await running;
  await load.check();
  await server.end();
  checkFolder(server.data);
  const { instances, completed, failed, resolved, events, definitions, variables } = load.answered;
  t.diagnostic(
    `seed ${options.seed}: ${options.kills} kills; answered: ${instances.size} instances, ${completed.size} jobs completed, ` +
      `${failed.size} failed, ${resolved.size} incidents resolved, ${variables.size} variables, ${events.size} events, ` +
      `${definitions.size} deployments; ${load.unanswered} requests unanswered`,
  );
}

class Load {
  readonly answered: Answered = {
    instances: new Map(),
    tasks: new Set(),
    variables: new Map(),
    completed: new Set(),
    failed: new Set(),
    resolved: new Set(),
    events: new Set(),
    definitions: new Set(),
  };
  answers = 0;
  unanswered = 0;
  readonly #url: string;
  readonly #random: () => number;
  #starting = true;
  #working = true;
  #next = 0;

  constructor(url: string, random: () => number) {
    this.#url = url;
    this.#random = random;
  }

  stopStarting(): void {
    this.#starting = false;
  }

  stop(): void {
    this.#working = false;
  }

  async start(): Promise<void> {
    await Promise.all([
      ...Array.from({ length: STARTERS }, () => this.#startInstances()),
      ...Array.from({ length: WORKERS }, () => this.#work()),
      this.#mend(),
    ]);
  }

  async deploy(id: string, model: string): Promise<void> {
    for (;;) {
      const form = new FormData();
      form.append('resources', new Blob([model]), `${id}.bpmn`);
      const answer = await this.#ask('POST', '/v2/deployments', form);
      if (answer?.status === 200) break;
    }
    this.answered.definitions.add(id);
  }

  /** True when each instance that was answered has come to its end. */
  async settled(): Promise<true | undefined> {
    const active = await this.#search('process-instances', { processDefinitionId: 'mixed', state: 'ACTIVE' });
    const known = active.filter(({ processInstanceKey }) =>
      this.answered.instances.has(String(processInstanceKey)),
    );
    return known.length === 0 ? true : undefined;
  }

  async #startInstances(): Promise<void> {
    while (this.#starting) {
      const id = `i${this.#next++}`;
      const dice = this.#random();
      if (dice < 0.05) await this.deploy(id, tiny(id));
      else if (dice < 0.15) await this.#startTask(id);
      else if (dice < 0.4) await this.#sendEvent(id);
      else await this.#startMixed(id);
    }
  }

  async #startMixed(id: string): Promise<void> {
    const variables = { id, left: `${id}-left`, right: `${id}-right` };
    const created = await this.#ask('POST', '/v2/process-instances', {
      processDefinitionId: 'mixed',
      variables,
    });
    if (created?.status !== 200) return;
    const key = String(created.body['processInstanceKey']);
    const instance = { id, cancelled: false };
    this.answered.instances.set(key, instance);
    if (this.#random() < 0.15) {
      const cancelled = await this.#ask('POST', `/v2/process-instances/${key}/cancellation`, {});
      instance.cancelled = cancelled?.status === 204;
    }
    if (this.#random() < 0.3) {
      const set = await this.#ask('PUT', `/v2/element-instances/${key}/variables`, {
        variables: { set: id },
      });
      if (set?.status === 204) this.answered.variables.set(key, id);
    }
    // Without it the instance cannot end, so it is asked for until it is answered.
    const message = { name: 'go', correlationKey: id, timeToLive: 600_000, variables: {} };
    while ((await this.#ask('POST', '/v2/messages/publication', message))?.status !== 200);
  }

  async #startTask(id: string): Promise<void> {
    const answer = await this.#ask('POST', '/v2/process-instances', {
      processDefinitionId: 'task',
      variables: { id },
    });
    if (answer?.status === 200) this.answered.tasks.add(String(answer.body['processInstanceKey']));
  }

  async #sendEvent(id: string): Promise<void> {
    const answer = await this.#ask('POST', '/events', {
      specversion: '1.0',
      id,
      source: '/kills',
      type: 'Mixed.Load',
    });
    if (answer?.status === 202) this.answered.events.add(id);
  }

  async #work(): Promise<void> {
    while (this.#working) {
      const answer = await this.#ask('POST', '/v2/jobs/activation', {
        type: 'work',
        worker: 'w',
        // Jobs that a kill took from their worker come again soon.
        timeout: 2000,
        maxJobsToActivate: 5,
        requestTimeout: 200,
      });
      for (const { jobKey } of (answer?.body['jobs'] ?? []) as { jobKey: string }[]) {
        if (this.#random() < 0.1) {
          const failed = await this.#ask('POST', `/v2/jobs/${jobKey}/failure`, {
            retries: 0,
            errorMessage: 'no',
          });
          if (failed?.status === 204) this.answered.failed.add(jobKey);
          continue;
        }
        const completed = await this.#ask('POST', `/v2/jobs/${jobKey}/completion`, { variables: {} });
        if (completed?.status === 204) this.answered.completed.add(jobKey);
      }
    }
  }

  /** Gives failed jobs another try. */
  async #mend(): Promise<void> {
    while (this.#working) {
      for (const { incidentKey, jobKey } of await this.#search('incidents', { state: 'ACTIVE' })) {
        await this.#ask('PATCH', `/v2/jobs/${String(jobKey)}`, { changeset: { retries: 2 } });
        const resolved = await this.#ask('POST', `/v2/incidents/${String(incidentKey)}/resolution`, {});
        if (resolved?.status === 204) this.answered.resolved.add(String(incidentKey));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Looks for the effect of everything that was answered. */
  async check(): Promise<void> {
    const { answered } = this;
    const instances = byKey(await this.#search('process-instances', {}), 'processInstanceKey');
    for (const [key, { cancelled }] of answered.instances) {
      // A cancellation that was not answered may have happened.
      const ends = cancelled ? ['TERMINATED'] : ['COMPLETED', 'TERMINATED'];
      assert.ok(ends.includes(String(instances.get(key)?.['state'])), `instance ${key}`);
    }
    const jobs = byKey(await this.#search('jobs', {}), 'jobKey');
    for (const key of answered.completed) assert.equal(jobs.get(key)?.['state'], 'COMPLETED', `job ${key}`);
    const incidents = byKey(await this.#search('incidents', {}), 'incidentKey');
    const ofJob = new Set([...incidents.values()].map(({ jobKey }) => String(jobKey)));
    for (const key of answered.failed) assert.ok(ofJob.has(key), `incident of job ${key}`);
    for (const key of answered.resolved)
      assert.equal(incidents.get(key)?.['state'], 'RESOLVED', `incident ${key}`);
    const tasks = new Set(
      (await this.#search('user-tasks', {})).map(({ processInstanceKey }) => processInstanceKey),
    );
    for (const key of answered.tasks) assert.ok(tasks.has(key), `user task of ${key}`);
    const definitions = new Set(
      (await this.#search('process-definitions', {})).map(({ processDefinitionId }) => processDefinitionId),
    );
    for (const id of answered.definitions) assert.ok(definitions.has(id), `definition ${id}`);
    await this.#checkVariables(instances);
    const log = new Map<string, number>();
    for (const id of await this.#eventIds()) log.set(id, (log.get(id) ?? 0) + 1);
    for (const id of answered.events) assert.equal(log.get(id), 1, `event ${id}`);
  }

  /** Also of instances whose creation was not answered: all of their variables are there, or they are not. */
  async #checkVariables(instances: ReadonlyMap<string, Row>): Promise<void> {
    const names = new Map<string, Map<string, unknown>>();
    for (const { processInstanceKey, name, value } of await this.#search('variables', {})) {
      const key = String(processInstanceKey);
      names.set(key, (names.get(key) ?? new Map()).set(String(name), value));
    }
    for (const [key, { processDefinitionId }] of instances) {
      if (processDefinitionId !== 'mixed') continue;
      const found = names.get(key);
      for (const name of ['id', 'left', 'right'])
        assert.ok(found?.has(name), `variable ${name} of instance ${key}`);
    }
    for (const [key, value] of this.answered.variables)
      assert.equal(names.get(key)?.get('set'), JSON.stringify(value), `variable of ${key}`);
  }

  async #search(what: string, filter: object): Promise<readonly Row[]> {
    const all: Row[] = [];
    for (let from = 0; ; from += 10_000) {
      const answer = await this.#ask('POST', `/v2/${what}/search`, { filter, page: { from, limit: 10_000 } });
      if (answer?.status !== 200) return all;
      const items = answer.body['items'] as readonly Row[];
      all.push(...items);
      if (items.length < 10_000) return all;
    }
  }

  async #eventIds(): Promise<string[]> {
    const ids: string[] = [];
    for (let before = ''; ; ) {
      const answer = await this.#ask('GET', `/api/events?limit=200${before}`);
      const page = answer?.body as { items: { id: string }[]; next?: number };
      ids.push(...page.items.map(({ id }) => id));
      if (page.next === undefined) return ids;
      before = `&before=${page.next}`;
    }
  }

  /** Undefined if it was not answered: the server was not there, or died meanwhile, or said that it could not. */
  async #ask(
    method: string,
    path: string,
    body?: object | FormData,
  ): Promise<{ readonly status: number; readonly body: Row } | undefined> {
    try {
      const type = path === '/events' ? 'application/cloudevents+json' : 'application/json';
      const sent =
        body === undefined
          ? {}
          : body instanceof FormData
            ? { body }
            : { headers: { 'content-type': type }, body: JSON.stringify(body) };
      const response = await fetch(`${this.#url}${path}`, { method, ...sent });
      const text = await response.text();
      if (response.status !== 503 && response.status !== 429) {
        assert.ok(response.status < 500, `${method} ${path} answered ${response.status}: ${text}`);
        this.answers += 1;
        return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Row) : {} };
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
    this.unanswered += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return undefined;
  }
}

function byKey(rows: readonly Row[], key: string): Map<string, Row> {
  return new Map(rows.map((row) => [String(row[key]), row]));
}

/** I1, and a journal without gaps. */
function checkFolder(data: string): void {
  const folder = DataFolder.open(data, {
    tables: TABLES,
    migrations: createParts({}).modules.flatMap(({ migrations }) => migrations ?? []),
  });
  try {
    const replayed = new MemoryState();
    let next = 1;
    for (const { first, records } of folder.journal.batches<LogRecord>(0, Number.POSITIVE_INFINITY)) {
      assert.equal(first, next, 'the journal has no gap');
      next = first + records.length;
      for (const record of records) apply(replayed, record);
    }
    assert.equal(folder.journal.newest(), next - 1);
    const dump = replayed.dump();
    for (const { name } of TABLES) {
      // The next key is no event, nor are the follow-ups that a bounded turn has left over.
      if (name === 'counters' || name === 'pending') continue;
      const exists =
        folder.db.get('SELECT 1 FROM sqlite_schema WHERE name = ?', `state_${name}`) !== undefined;
      const kept = exists
        ? folder.db.all<{ k: string | number; v: string }>(`SELECT k, v FROM state_${name}`)
        : [];
      const rows = new Map(kept.map(({ k, v }) => [k, v]));
      const again = new Map(Array.from(dump.get(name) ?? [], ([key, row]) => [key, encode(row)]));
      assert.deepEqual(rows, again, name);
    }
    assert.equal(folder.db.get<{ integrity_check: string }>('PRAGMA integrity_check')?.integrity_check, 'ok');
  } finally {
    folder.close();
  }
}
