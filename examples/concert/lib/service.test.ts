import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

const services = ['tickets', 'payments'] as const;

interface Process {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** The address of its ready line; fails if it ends before. */
  ready(): Promise<string>;
  /** Its exit code, null if it was killed. */
  ended(): Promise<number | null>;
}

function run(name: string, ...settings: string[]): Process {
  const main = join(import.meta.dirname, `../services/${name}/main.ts`);
  const child = spawn(process.execPath, [main, '--broker-url=http://127.0.0.1:9/events', ...settings]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    err += String(chunk);
  });
  const end = once(child, 'close');
  return {
    child,
    out: () => out,
    err: () => err,
    ready: async () => {
      const line = once(child.stdout, 'data');
      await Promise.race([line, end]);
      const url = /ready on (http:\S+)\n/.exec(out)?.[1];
      assert.ok(url !== undefined, `no ready line: ${out}${err}`);
      return url;
    },
    ended: async () => {
      const [code] = await end;
      return code as number | null;
    },
  };
}

describe('a service as a process', () => {
  let folder: string;
  let started: Process[];
  const start = (name: string, ...settings: string[]) => {
    const process = run(name, ...settings);
    started.push(process);
    return process;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'concert-service-'));
    started = [];
  });
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await Promise.all(started.map((process) => process.ended()));
    rmSync(folder, { recursive: true, force: true });
  });

  for (const name of services) {
    it(`${name}: says when it is ready, and ends cleanly on SIGTERM within 3 s`, async () => {
      const service = start(name, '--port=0', `--data=${folder}/a.sqlite`);
      const url = await service.ready();
      assert.equal((await fetch(`${url}/health`)).status, 200);
      const asked = Date.now();
      service.child.kill('SIGTERM');
      assert.equal(await service.ended(), 0);
      assert.ok(Date.now() - asked < 3_000);
      assert.equal(service.out(), `${name} ready on ${url}\n`);
    });

    it(`${name}: says in one line that port or file is in use, with exit code 1`, async () => {
      const first = start(name, '--port=0', `--data=${folder}/a.sqlite`);
      const { port } = new URL(await first.ready());
      const samePort = start(name, `--port=${port}`, `--data=${folder}/b.sqlite`);
      const sameFile = start(name, '--port=0', `--data=${folder}/a.sqlite`);
      assert.equal(await samePort.ended(), 1);
      assert.equal(await sameFile.ended(), 1);
      assert.match(samePort.err(), new RegExp(`^${name}: port ${port} is in use: [^\n]+\n$`));
      assert.match(
        sameFile.err(),
        new RegExp(`^${name}: [^\n]+a\\.sqlite is in use by another process: [^\n]+\n$`),
      );
    });

    it(`${name}: says in one line which setting is wrong, with exit code 1`, async () => {
      const cases = [
        [['--prot=1'], /--prot is unknown/],
        [['--port=high'], /port must be a whole number/],
        [['--clock=slow'], /clock must be one of/],
        [['8082'], /8082 is no setting/],
      ] as const;
      for (const [settings, message] of cases) {
        const service = start(name, ...settings, `--data=${folder}/a.sqlite`);
        assert.equal(await service.ended(), 1);
        assert.match(service.err(), message);
        assert.equal(service.err().trim().split('\n').length, 1);
      }
    });
  }

  it('R4: loses nothing that it answered when it is killed', async () => {
    const settings = ['--port=0', `--data=${folder}/a.sqlite`, '--max-buying=1', '--log-level=silent'];
    const first = start('tickets', ...settings);
    const url = await first.ready();
    const answered: string[] = [];
    const customers = Array.from({ length: 4 }, async (_, lane) => {
      for (let index = 0; ; index += 1) {
        const sessionId = `${lane}-${index}`;
        try {
          const response = await fetch(`${url}/queue`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'ce-specversion': '1.0',
              'ce-id': sessionId,
              'ce-source': '/test',
              'ce-type': 'Tickets.CustomerQueueJoined',
            },
            body: JSON.stringify({ sessionId }),
          });
          if (response.status === 204) answered.push(sessionId);
          if (answered.length >= 100) first.child.kill('SIGKILL');
        } catch {
          return;
        }
      }
    });
    await Promise.all(customers);
    assert.equal(await first.ended(), null);
    const again = await start('tickets', ...settings).ready();
    const { sessions } = (await (await fetch(`${again}/queue?limit=10000`)).json()) as { sessions: string[] };
    const known = new Set(sessions);
    for (const sessionId of answered) {
      if (known.has(sessionId)) continue;
      const { state } = (await (await fetch(`${again}/queue/${sessionId}`)).json()) as { state: string };
      assert.equal(state, 'turn', `${sessionId} was answered`);
    }
    for (const lane of [0, 1, 2, 3]) {
      const mine = sessions
        .filter((name) => name.startsWith(`${lane}-`))
        .map((name) => Number(name.slice(2)));
      assert.deepEqual(
        mine,
        [...mine].sort((a, b) => a - b),
        'the order is kept',
      );
    }
  });
});
