/** `npm run bench:waiting`: what a million waiting instances cost. See bench/README.md. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startChild } from '../events/children.ts';

const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    /** A folder that was filled before, or is to be filled and kept. */
    folder: { type: 'string' },
  },
});
const count = Number(values.instances);
const rounds = Number(values.rounds);
/** A prime: messages go to instances far from each other. */
const STEP = 104_729;

interface Figures {
  readonly done: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly rss: number;
}

const run = async (folder: string, ...args: (string | number)[]): Promise<Figures> => {
  const child = fileURLToPath(new URL('./child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child, folder, ...args.map(String)]);
  return JSON.parse(stdout) as Figures;
};
const temporary = (): string => mkdtempSync(join(tmpdir(), 'tutti-bench-'));
const mb = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

const full = values.folder ?? temporary();
try {
  if (!hasData(full)) {
    const filled = await run(full, 'fill', count, 0);
    console.log(
      `filled with ${filled.done} waiting instances in ${filled.seconds.toFixed(0)} s (${filled.perSecond.toFixed(0)}/s), ${mb(filled.rss)} resident, ${mb(statSync(join(full, 'tutti.db')).size)} on disk`,
    );
  }
  const ratios: Record<'onetask' | 'message', number[]> = { onetask: [], message: [] };
  const rates = {
    onetask: { empty: [] as number[], full: [] as number[] },
    message: { empty: [] as number[], full: [] as number[] },
  };
  let most = 0;
  let paid = 0;
  for (let round = 0; round < rounds; round++) {
    for (const task of ['onetask', 'message'] as const) {
      const empty = temporary();
      const few = 60_000;
      if (task === 'message') await run(empty, 'fill', few, 0);
      const without = await run(empty, task, values.seconds, 0, STEP, few);
      rmSync(empty, { recursive: true });
      const beside = await run(full, task, values.seconds, task === 'message' ? paid : count, STEP, count);
      if (task === 'message') paid += beside.done;
      ratios[task].push(beside.perSecond / without.perSecond);
      rates[task].empty.push(without.perSecond);
      rates[task].full.push(beside.perSecond);
      most = Math.max(most, beside.rss);
    }
  }
  console.log('| workload | in an empty folder, /s | beside them, /s | ratio |');
  console.log('|---|---|---|---|');
  for (const task of ['onetask', 'message'] as const) {
    const [empty, beside] = [median(rates[task].empty), median(rates[task].full)];
    console.log(
      `| ${task} | ${empty.toFixed(0)} | ${beside.toFixed(0)} | ${median(ratios[task]).toFixed(2)} |`,
    );
  }
  console.log(`writer's process: ${mb(most)} resident`);
  const began = performance.now();
  const server = await startChild<{ url: string; pid: number }>('./server.ts', full);
  console.log(
    `server ready on that folder after ${((performance.now() - began) / 1000).toFixed(2)} s, ${mb(rssOf(server.hello.pid))} resident`,
  );
  await server.stop();
} finally {
  if (values.folder === undefined) rmSync(full, { recursive: true, force: true });
}

function hasData(folder: string): boolean {
  try {
    return statSync(join(folder, 'tutti.db')).size > 0;
  } catch {
    return false;
  }
}

/** Resident bytes of another process, where the system tells them in /proc. */
function rssOf(pid: number): number {
  const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(pages?.[1] ?? Number.NaN) * 1024;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
