import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from '../../examples/concert/load/random.ts';
import { type Cleaner, startServer } from './killable-server.ts';
import { until } from './until.ts';

const SENDERS = 32;

/**
 * Sends events while the server is ended by SIGKILL at random moments and started again, and asserts that each event
 * that was answered 2xx is delivered to both receivers, is in the log once, and comes in order where order was asked for.
 */
export async function killUnderEvents(
  t: Cleaner,
  options: { readonly events: number; readonly kills: number; readonly seed: number },
): Promise<void> {
  const tutti = await startServer(t);
  const [plain, ordered] = [await openReceiver(t), await openReceiver(t)];
  await subscribe(tutti.url, { sink: plain.url });
  await subscribe(tutti.url, { sink: ordered.url, config: { order: 'all' } });
  const random = seededRandom(options.seed);
  let sent = 0;
  let accepted = 0;
  let again = 0;
  const send = async (): Promise<void> => {
    while (sent < options.events) {
      const id = String(sent++);
      while (!(await publish(tutti.url, id))) again += 1;
      accepted += 1;
    }
  };
  const senders = Promise.all(Array.from({ length: SENDERS }, send));
  for (let kills = 0; kills < options.kills; kills++) {
    // The moment is random on purpose: after a random number of events of its share.
    const share = ((kills + random()) * options.events) / options.kills;
    await until('the next kill', async () => (accepted >= share ? true : undefined), 60_000);
    await tutti.kill();
  }
  await senders;
  for (const receiver of [plain, ordered]) {
    await until(
      'all events are delivered',
      async () => (receiver.first.length >= options.events ? true : undefined),
      60_000,
    );
    assert.equal(new Set(receiver.first).size, options.events);
  }
  const log = await readLog(tutti.url);
  assert.equal(log.length, options.events, 'each event is in the log once');
  assert.deepEqual(ordered.first, log, 'in the order of the log');
  t.diagnostic(
    `seed ${options.seed}: ${options.events} events, ${options.kills} kills, ${again} sent again, ` +
      `${plain.repeats} delivered again, ${ordered.repeats} of them in order`,
  );
}

async function publish(url: string, id: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/events`, {
      method: 'POST',
      headers: {
        'ce-specversion': '1.0',
        'ce-id': id,
        'ce-source': '/kills',
        'ce-type': 'Kill.Survived',
        'content-type': 'application/json',
      },
      body: `{"number":${id}}`,
    });
    await response.arrayBuffer();
    if (response.status === 202) return true;
    assert.ok(response.status === 429 || response.status === 503, `answered ${response.status}`);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  return false;
}

interface Receiver {
  readonly url: string;
  /** Ids in the order in which they came first. */
  readonly first: readonly string[];
  readonly repeats: number;
}

/** Takes single events and batches. */
async function openReceiver(t: Cleaner): Promise<Receiver> {
  const seen = new Set<string>();
  const first: string[] = [];
  let repeats = 0;
  const take = (id: string): void => {
    if (seen.has(id)) repeats += 1;
    else first.push(id);
    seen.add(id);
  };
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const single = request.headers['ce-id'];
      if (typeof single === 'string') take(single);
      else for (const { id } of JSON.parse(Buffer.concat(parts).toString()) as { id: string }[]) take(id);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    first,
    get repeats() {
      return repeats;
    },
  };
}

async function subscribe(url: string, body: object): Promise<void> {
  const response = await fetch(`${url}/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, protocol: 'HTTP' }),
  });
  assert.equal(response.status, 201, await response.text());
}

/** Ids of all events, in the order of the log. */
async function readLog(url: string): Promise<string[]> {
  const ids: string[] = [];
  for (let before = ''; ; ) {
    const page = (await (await fetch(`${url}/api/events?limit=200${before}`)).json()) as {
      readonly items: readonly { readonly id: string }[];
      readonly next?: number;
    };
    ids.push(...page.items.map(({ id }) => id));
    if (page.next === undefined) return ids.reverse();
    before = `&before=${page.next}`;
  }
}
