/** `npm run bench:zeebe`: the same gRPC load on a real Zeebe 8.6.0 and on Tutti, in turn. See bench/README.md. */
import { parseArgs } from 'node:util';
import { startChild } from '../events/children.ts';
import { drive, Gateway, type Workload } from './load.ts';
import { obtainZeebe, type Server, startTutti, startZeebe, threadUsage, usage } from './servers.ts';
import { workloads } from './workloads.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    warm: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '2' },
    only: { type: 'string' },
    /** Only this server, to profile it. */
    server: { type: 'string' },
  },
});
/** Its thread's name. */
const READ_MODEL = 'tutti-history';
const ms = Number(values.seconds) * 1000;
const chosen = workloads.filter(
  ({ name }) => values.only === undefined || values.only.split(',').includes(name),
);

interface Figures {
  readonly perSecond: number;
  readonly callsPerSecond: number;
  readonly p50Alone: number;
  readonly cpuMs: number;
  /** The same by thread. */
  readonly threads: ReadonlyMap<string, number>;
  readonly syncs: number | undefined;
  readonly writtenKb: number;
  readonly rssMb: number;
}

const results = new Map<string, Figures[]>();
const starts: Record<Server['name'], { readonly ms: number; readonly rssMb: number }[]> = {
  zeebe: [],
  tutti: [],
};
const home = values.server === 'tutti' ? '' : await obtainZeebe(process.env['ZEEBE_HOME']);
for (let round = 0; round < Number(values.rounds); round++) {
  if (values.server !== 'tutti') await measure(await startZeebe(home));
  if (values.server !== 'zeebe') await measure(await startTutti());
}
report(values.server === 'zeebe' ? undefined : await echo());

async function measure(server: Server): Promise<void> {
  // What is left when the start is over, of both.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  starts[server.name].push({ ms: server.startMs, rssMb: megabytes(usage(server.pid).rss) });
  const gateway = new Gateway(server.address);
  try {
    for (const workload of chosen) {
      await gateway.call('DeployResource', {
        resources: [{ name: `${workload.name}.bpmn`, content: Buffer.from(workload.bpmn) }],
      });
      await drive(gateway, workload, 64, Number(values.warm) * 1000);
      const figures = await one(server, gateway, workload);
      results.set(`${workload.name} ${server.name}`, [
        ...(results.get(`${workload.name} ${server.name}`) ?? []),
        figures,
      ]);
    }
  } finally {
    gateway.close();
    await server.stop();
  }
}

async function one(server: Server, gateway: Gateway, workload: Workload): Promise<Figures> {
  await server.settled();
  const before = usage(server.pid);
  const threads = threadUsage(server.pid);
  const syncs = await server.syncs();
  const calls = gateway.calls;
  const load = await drive(gateway, workload, 64, ms);
  const callsPerInstance = (gateway.calls - calls) / load.instances;
  await server.settled();
  const after = usage(server.pid);
  const threadsAfter = threadUsage(server.pid);
  const syncsAfter = await server.syncs();
  const alone = await drive(gateway, workload, 1, ms / 4);
  const cpu = after.cpu - before.cpu;
  return {
    perSecond: load.perSecond,
    callsPerSecond: callsPerInstance * load.perSecond,
    p50Alone: alone.p50,
    cpuMs: (cpu * 1000) / load.instances,
    threads: new Map(
      [...threadsAfter].map(([name, seconds]) => [
        name,
        ((seconds - (threads.get(name) ?? 0)) * 1000) / load.instances,
      ]),
    ),
    syncs:
      syncs === undefined || syncsAfter === undefined ? undefined : (syncsAfter - syncs) / load.instances,
    writtenKb: (after.written - before.written) / 1024 / load.instances,
    rssMb: megabytes(after.rss),
  };
}

/** Calls a second that a bare server answers, 64 at a time, by the same client. */
async function echo(): Promise<number> {
  const { hello, stop } = await startChild<{ readonly address: string }>('../zeebe/echo.ts');
  const gateway = new Gateway(hello.address);
  const ask = async (until: number): Promise<void> => {
    while (performance.now() < until)
      await gateway.call('CompleteJob', { jobKey: 1, variables: '{"done":true}' });
  };
  const all = (until: number) => Promise.all(Array.from({ length: 64 }, () => ask(until)));
  await all(performance.now() + Number(values.warm) * 1000);
  const before = gateway.calls;
  const began = performance.now();
  await all(began + ms);
  const perSecond = ((gateway.calls - before) * 1000) / (performance.now() - began);
  gateway.close();
  await stop();
  return perSecond;
}

function report(ceiling: number | undefined): void {
  console.log(
    '| workload | server | instances/s | one at a time, p50 ms | CPU ms/instance | without read model | syncs/instance | KiB written | MB resident |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const { name } of chosen) {
    for (const server of ['zeebe', 'tutti'] as const) {
      const runs = results.get(`${name} ${server}`) ?? [];
      if (runs.length === 0) continue;
      const of = (pick: (figures: Figures) => number | undefined): number =>
        median(runs.map((run) => pick(run) ?? Number.NaN));
      const cells = [
        of(({ perSecond }) => perSecond).toFixed(0),
        of(({ p50Alone }) => p50Alone).toFixed(2),
        of(({ cpuMs }) => cpuMs).toFixed(3),
        of(({ cpuMs, threads }) => cpuMs - (threads.get(READ_MODEL) ?? 0)).toFixed(3),
        of(({ syncs }) => syncs).toFixed(2),
        of(({ writtenKb }) => writtenKb).toFixed(0),
        of(({ rssMb }) => rssMb).toFixed(0),
      ];
      console.log(`| ${name} | ${server} | ${cells.join(' | ')} |`);
    }
    const ratio = (pick: (figures: Figures) => number): string => {
      const [zeebe, tutti] = (['zeebe', 'tutti'] as const).map((server) =>
        median((results.get(`${name} ${server}`) ?? []).map(pick)),
      );
      return ((tutti ?? Number.NaN) / (zeebe ?? Number.NaN)).toFixed(3);
    };
    if (values.server === undefined)
      console.log(
        `| ${name} | ratio | ${ratio(({ perSecond }) => perSecond)} | ${ratio(({ p50Alone }) => p50Alone)} | ${ratio(({ cpuMs }) => cpuMs)} | | | ${ratio(({ writtenKb }) => writtenKb)} | ${ratio(({ rssMb }) => rssMb)} |`,
      );
  }
  for (const { name } of chosen) {
    const runs = results.get(`${name} tutti`) ?? [];
    const names = [...new Set(runs.flatMap(({ threads }) => [...threads.keys()]))];
    const parts = names
      .map((thread) => ({ thread, ms: median(runs.map(({ threads }) => threads.get(thread) ?? 0)) }))
      .filter(({ ms }) => ms >= 0.001)
      .toSorted((one, other) => other.ms - one.ms);
    if (parts.length === 0) continue;
    console.log(`${name}: ${parts.map(({ thread, ms }) => `${thread} ${ms.toFixed(3)}`).join(', ')} ms`);
  }
  if (ceiling !== undefined) {
    const parts = chosen.map(({ name }) => {
      const calls = median((results.get(`${name} tutti`) ?? []).map(({ callsPerSecond }) => callsPerSecond));
      return `${name} ${calls.toFixed(0)} (${((100 * calls) / ceiling).toFixed(0)}%)`;
    });
    console.log(`calls a second: bare grpc-js ${ceiling.toFixed(0)}, ${parts.join(', ')}`);
  }
  for (const server of ['zeebe', 'tutti'] as const) {
    if (starts[server].length === 0) continue;
    console.log(
      `${server}: ready after ${(median(starts[server].map((start) => start.ms)) / 1000).toFixed(2)} s with ${median(starts[server].map(({ rssMb }) => rssMb)).toFixed(0)} MB`,
    );
  }
}

function megabytes(bytes: number): number {
  return bytes / 1024 / 1024;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
