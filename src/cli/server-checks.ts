import { createServer } from 'node:net';
import type { Finding } from './checks.ts';
import { call, type Server, ServerRefusedError } from './client.ts';

/** What `tutti doctor` asks the network. */

/** How far the clocks of two machines may be apart, ms. */
const APART_MS = 5000;
const LIMIT_MS = 5000;

/** Whether a server answers and takes requests. */
export async function checkServer(server: Server): Promise<Finding> {
  const what = 'server';
  try {
    await call(server, '/health/ready', { signal: AbortSignal.timeout(LIMIT_MS) });
    return { what, state: 'ok', found: `${server.url} is ready.` };
  } catch (error) {
    if (error instanceof ServerRefusedError && error.status === 0) {
      const remedy = 'Start one with tutti serve, or name it with --url or TUTTI_URL.';
      return { what, state: 'warning', found: `No server answers at ${server.url}.`, remedy };
    }
    const found =
      error instanceof ServerRefusedError
        ? `${server.url} is not ready: ${error.message}`
        : `${server.url} has not answered within ${LIMIT_MS / 1000} s.`;
    return { what, state: 'problem', found, remedy: 'Its log on standard error says why.' };
  }
}

/** Whether the server's clock is that of this machine. */
export async function checkServerClock(server: Server): Promise<Finding> {
  const what = 'clock of the server';
  const sent = Date.now();
  const { version, clock } = (await call(server, '/api/console/about', {
    signal: AbortSignal.timeout(LIMIT_MS),
  })) as { readonly version: string; readonly clock: { readonly now: string; readonly pinned: boolean } };
  const apart = Date.parse(clock.now) - (sent + Date.now()) / 2;
  if (clock.pinned) {
    const remedy = 'Only tests want that: POST /v2/clock/reset lets it run again.';
    return { what, state: 'warning', found: `It stands still at ${clock.now}.`, remedy };
  }
  const found = `It is ${Math.abs(Math.round(apart))} ms from the clock here (Tutti ${version}).`;
  if (Math.abs(apart) <= APART_MS) return { what, state: 'ok', found };
  return { what, state: 'warning', found, remedy: 'Set both clocks by NTP.' };
}

/** The ports that the server has, as far as it tells. */
export async function portsOf(server: Server): Promise<readonly number[]> {
  const { port, protocol } = new URL(server.url);
  const http = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  const topology = await call(server, '/v2/topology', { signal: AbortSignal.timeout(LIMIT_MS) }).catch(
    () => undefined,
  );
  const { brokers = [] } = (topology ?? {}) as { readonly brokers?: readonly { readonly port: number }[] };
  return [http, ...brokers.map((broker) => broker.port)];
}

/** Whether a server could listen there. `held`: the server that answers is the one that has it. */
export async function checkPort(
  name: 'http' | 'grpc',
  host: string,
  port: number,
  held: boolean,
): Promise<Finding> {
  const what = `port, ${name}`;
  if (port === 0) return { what, state: 'ok', found: 'Any free one is taken.' };
  const problem = await listenProblem(host, port);
  if (problem === undefined) return { what, state: 'ok', found: `${host}:${port} is free.` };
  if (problem === 'EADDRINUSE' && held) {
    return { what, state: 'ok', found: `${host}:${port} is in use, and the server answers.` };
  }
  const found =
    problem === 'EADDRINUSE'
      ? `${host}:${port} is in use.`
      : `${host}:${port} cannot be opened (${problem}).`;
  const remedy =
    problem === 'EACCES'
      ? `Choose a port above 1023 with --${name}.`
      : problem === 'EADDRINUSE'
        ? `End what holds it, or choose another with --${name}.`
        : 'Name an address of this machine with --host.';
  return { what, state: 'problem', found, remedy };
}

function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}
