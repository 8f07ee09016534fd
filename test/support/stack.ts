import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../examples/concert/free-ports.ts';
import { type Concert, type ConcertOptions, launchConcert } from '../../examples/concert/launch.ts';

export interface Stack extends Concert {
  /** Moves the clocks of all four processes; only with a controllable clock. */
  advance(ms: number): Promise<void>;
}

/** The whole concert in real processes on free ports and a folder of its own, both gone when the test ends. */
export async function startStack(
  t: { after(clean: () => unknown): void },
  options: Pick<ConcertOptions, 'clock' | 'settings' | 'step'> = {},
): Promise<Stack> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-test-'));
  const [http, grpc, tickets, payments, website] = await freePorts(5);
  const lines: string[] = [];
  const concert = await launchConcert({
    data,
    ports: { http, grpc, tickets, payments, website },
    say: (line) => lines.push(line),
    ...options,
  });
  t.after(async () => {
    await concert.stop();
    rmSync(data, { recursive: true, force: true });
  });
  let now = Date.now();
  const moveTo = async (timestamp: number): Promise<void> => {
    now = timestamp;
    const { tutti, ...services } = concert.addresses;
    await put(`${tutti}/v2/clock`, timestamp);
    for (const address of Object.values(services)) await put(`${address}/clock`, timestamp);
  };
  // A little ahead, as no clock goes back.
  if (options.clock === 'controllable') await moveTo(now + 2_000);
  return { ...concert, advance: (ms) => moveTo(now + ms) };
}

async function put(url: string, timestamp: number): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ timestamp }),
  });
  if (!response.ok) throw new Error(`PUT ${url} answered ${response.status}: ${await response.text()}`);
}
