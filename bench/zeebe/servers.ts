import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { credentials, makeClientConstructor } from '@grpc/grpc-js';
import { gatewayService } from '../../src/gateway/grpc/protocol.ts';

/** A server as a process of its own, with an empty folder. */
export interface Server {
  readonly name: 'zeebe' | 'tutti';
  readonly address: string;
  /** ms from the start of the process to the first answer that says healthy. */
  readonly startMs: number;
  readonly pid: number;
  /** Resolves when the work of the last run is done, the read model's too. */
  settled(): Promise<void>;
  /** Commits that were synced so far, where the server tells. */
  syncs(): Promise<number | undefined>;
  stop(): Promise<void>;
}

const VERSION = '8.6.0';
const HOST = '127.0.0.1';
/** Of the system's clock in a second. */
const TICKS = 100;
const run = promisify(execFile);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The folder of an unpacked Zeebe, from Maven Central at the first time. `ZEEBE_HOME` names one that is there. */
export async function obtainZeebe(home: string | undefined): Promise<string> {
  if (home) return home;
  const cache = join(tmpdir(), 'tutti-bench-zeebe');
  const unpacked = join(cache, `camunda-zeebe-${VERSION}`);
  if (existsSync(join(unpacked, 'bin', 'broker'))) return unpacked;
  mkdirSync(cache, { recursive: true });
  const artifact = `-Dartifact=io.camunda:camunda-zeebe:${VERSION}:tar.gz`;
  await run('mvn', ['-q', 'dependency:get', artifact, '-Dtransitive=false']);
  await run('mvn', ['-q', 'dependency:copy', artifact, `-DoutputDirectory=${cache}`]);
  await run('tar', ['-xzf', join(cache, `camunda-zeebe-${VERSION}.tar.gz`), '-C', cache]);
  return unpacked;
}

export async function startZeebe(home: string): Promise<Server> {
  const [grpc, command, internal, cluster, rest, management] = await freePorts(6);
  const folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const child = spawn(join(home, 'bin', 'broker'), [], {
    stdio: 'ignore',
    env: {
      ...process.env,
      SERVER_ADDRESS: HOST,
      SERVER_PORT: String(rest),
      MANAGEMENT_SERVER_ADDRESS: HOST,
      MANAGEMENT_SERVER_PORT: String(management),
      ZEEBE_BROKER_NETWORK_HOST: HOST,
      ZEEBE_BROKER_NETWORK_COMMANDAPI_PORT: String(command),
      ZEEBE_BROKER_NETWORK_INTERNALAPI_PORT: String(internal),
      ZEEBE_BROKER_GATEWAY_NETWORK_HOST: HOST,
      ZEEBE_BROKER_GATEWAY_NETWORK_PORT: String(grpc),
      ZEEBE_BROKER_GATEWAY_CLUSTER_PORT: String(cluster),
      ZEEBE_BROKER_CLUSTER_INITIALCONTACTPOINTS: `${HOST}:${internal}`,
      ZEEBE_BROKER_DATA_DIRECTORY: folder,
      // It would refuse most of the load.
      ZEEBE_BROKER_BACKPRESSURE_ENABLED: 'false',
    },
  });
  const address = `${HOST}:${grpc}`;
  const startMs = await healthy(address, child);
  return {
    name: 'zeebe',
    address,
    startMs,
    pid: child.pid ?? 0,
    // It has no read model, and tells nothing of its queue.
    settled: () => sleep(1000),
    syncs: async () => undefined,
    stop: () => end(child, folder),
  };
}

export async function startTutti(): Promise<Server> {
  const [grpc, http] = await freePorts(2);
  const folder = mkdtempSync(join(tmpdir(), 'tutti-bench-'));
  const cli = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
  const args = [cli, 'serve', '--data', folder, '--http', String(http), '--grpc', String(grpc)];
  const options = process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? [];
  const child = spawn(process.execPath, [...options, ...args], { stdio: 'ignore' });
  const address = `${HOST}:${grpc}`;
  const startMs = await healthy(address, child);
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://${HOST}:${http}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  };
  return {
    name: 'tutti',
    address,
    startMs,
    pid: child.pid ?? 0,
    settled: async () => {
      while ((await metric('tutti_history_lag_records')) !== 0) await sleep(20);
    },
    syncs: () => metric('tutti_commit_seconds_count'),
    stop: () => end(child, folder),
  };
}

/** Seconds of CPU that a process has used, all its threads together; and its memory and bytes written to disk. */
export function usage(pid: number): { readonly cpu: number; readonly rss: number; readonly written: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpu = (Number(fields[11]) + Number(fields[12])) / TICKS;
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const written = Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  return { cpu, rss, written };
}

/** Seconds of CPU of each thread of a process, those of one name together. Names are cut at 15 characters by the system. */
export function threadUsage(pid: number): Map<string, number> {
  const threads = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    } catch {
      // It ended while we looked.
      continue;
    }
    const end = stat.lastIndexOf(')');
    const name = stat.slice(stat.indexOf('(') + 1, end);
    const fields = stat.slice(end + 2).split(' ');
    threads.set(name, (threads.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / TICKS);
  }
  return threads;
}

async function healthy(address: string, child: ChildProcess): Promise<number> {
  const began = performance.now();
  const Client = makeClientConstructor(gatewayService, 'Gateway');
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.initial_reconnect_backoff_ms': 50,
  });
  try {
    while (performance.now() - began < 90_000) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      const answer = await new Promise<string>((resolve) => {
        // biome-ignore lint/suspicious/noExplicitAny: methods come from the protocol's file
        (client as any).Topology({}, { deadline: Date.now() + 500 }, (error: unknown, topology: unknown) =>
          resolve(error ? '' : JSON.stringify(topology)),
        );
      });
      if (/"HEALTHY"/.test(answer)) return performance.now() - began;
      await sleep(20);
    }
    throw new Error('the server did not become healthy within 90 s');
  } finally {
    client.close();
  }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(late);
  rmSync(folder, { recursive: true, force: true });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, HOST, () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
