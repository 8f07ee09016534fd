import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSync } from '@grpc/proto-loader';
import { startTutti } from '../../src/tutti.ts';
import { oneTask } from './grpc.ts';
import { framed, Wire } from './grpc-wire.ts';
import { MessageFuzzer, type MessageType } from './message-fuzzer.ts';
import { decode, encode, type Value } from './protobuf.ts';
import { until } from './until.ts';

const PROTO = fileURLToPath(new URL('../../src/gateway/grpc/gateway.proto', import.meta.url));
const PACKAGE = 'gateway_protocol.';
const CANCELLED_ANSWERS = ['ActivateJobs', 'StreamActivatedJobs', 'CreateProcessInstanceWithResult'];
/** Answers that may wait are not waited for longer, ms; and all others at most so long. */
const SHORT_MS = 60;
const LONG_MS = 15_000;
const WITNESSES = 20;

/** A server whose gRPC port may be treated badly, and instances in it that nobody must disturb. */
export interface Victim {
  readonly address: string;
  /** Keys and names of things that are there and may be harmed. */
  readonly known: readonly Value[];
  /** Whether a request may name, by mere chance, what must not be disturbed. */
  spares(bytes: Uint8Array): boolean;
  wire(): Wire;
}

/** At the end the server must answer, must have lost nothing, and no mistake of the program may have come out. */
export async function openVictim(t: TestContext): Promise<Victim> {
  const data = mkdtempSync(join(tmpdir(), 'tutti-hostile-'));
  const mistakes: unknown[] = [];
  const tutti = await startTutti({
    data,
    http: 0,
    grpc: 0,
    log: ({ level, message, error }) => level === 'error' && mistakes.push(message, error),
  });
  const { grpc: address } = tutti.addresses;
  const wires = new Set<Wire>();
  const wire = (): Wire => {
    const one = new Wire(address);
    wires.add(one);
    return one;
  };
  const first = wire();
  const ask = async (rpc: string, bytes: Buffer): Promise<Buffer> => {
    const stream = first.open(`/${PACKAGE}Gateway/${rpc}`);
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.end(framed(bytes));
    let status: unknown;
    stream.on('trailers', (trailers) => {
      status = trailers['grpc-status'];
    });
    await new Promise<void>((resolve) => stream.on('close', () => resolve()));
    assert.equal(Number(status), 0, `${rpc} is answered`);
    return Buffer.concat(parts).subarray(5);
  };
  const deploy = async (id: string, type: string): Promise<bigint> => {
    const resource = encode([1, `${id}.bpmn`], [2, oneTask(id, type)]);
    const [deployment] = decode(await ask('DeployResource', encode([1, resource]))).get(2) ?? [];
    const [process] = decode(deployment as Buffer).get(1) ?? [];
    return decode(process as Buffer).get(3)?.[0] as bigint;
  };
  const create = async (id: string, variables = '{}'): Promise<bigint> => {
    const answer = await ask('CreateProcessInstance', encode([2, id], [3, -1], [4, variables]));
    return decode(answer).get(4)?.[0] as bigint;
  };
  const known: Value[] = ['harmed', 'harm', 't', '{"a":1}', await deploy('harmed', 'harm')];
  for (let number = 0; number < 10; number++) known.push(await create('harmed'));
  const from = await deploy('witness', 'witness');
  for (let number = 0; number < WITNESSES; number++) await create('witness', `{"number":${number}}`);
  // Its keys come after all of theirs.
  const to = await create('harmed');
  const before = process.memoryUsage().rss;
  t.after(async () => {
    try {
      await first.close();
      const late = wire();
      const answer = await late.send('Topology', framed(encode()));
      assert.equal(answer.status, 0, 'a new connection is served');
      await undisturbed(tutti.addresses.http);
      const growth = Math.round((process.memoryUsage().rss - before) / 1024 / 1024);
      assert.ok(growth < 500, `the process has grown by ${growth} MiB`);
      assert.deepEqual(mistakes, []);
    } finally {
      await Promise.all([...wires].map((one) => one.close()));
      await tutti.close();
      rmSync(data, { recursive: true, force: true });
    }
  });
  return {
    address,
    known,
    wire,
    spares: (bytes) => !numbersOf(bytes).some((key) => key >= from && key < to),
  };
}

/** The numbers that begin at any of the bytes. */
function numbersOf(bytes: Uint8Array): readonly bigint[] {
  const numbers: bigint[] = [];
  for (let start = 0; start < bytes.length; start++) {
    let value = 0n;
    for (let at = start; at < Math.min(start + 10, bytes.length); at++) {
      const byte = bytes[at] ?? 0;
      value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
      if (byte < 0x80) break;
    }
    numbers.push(value);
  }
  return numbers;
}

/** All that was there before is there, with its variables, and goes on. */
async function undisturbed(http: string): Promise<void> {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${http}/v2${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, text);
    return text === '' ? {} : JSON.parse(text);
  };
  const jobs: { jobKey: string; variables: { number: number } }[] = [];
  // A few may be with a stream of the attack that is only now found to be gone.
  await until('the jobs of all witnesses', async () => {
    const request = {
      type: 'witness',
      worker: 'w',
      timeout: 60_000,
      maxJobsToActivate: 100,
      requestTimeout: -1,
    };
    jobs.push(...(await post('/jobs/activation', request)).jobs);
    return jobs.length >= WITNESSES ? true : undefined;
  });
  assert.deepEqual(
    jobs.map(({ variables }) => variables.number).sort((one, other) => one - other),
    Array.from({ length: WITNESSES }, (_, number) => number),
  );
  for (const { jobKey } of jobs) await post(`/jobs/${jobKey}/completion`, {});
  const filter = { processDefinitionId: 'witness', state: 'COMPLETED' };
  const { page } = await post('/process-instances/search', { filter });
  assert.equal(page.totalItems, WITNESSES);
}

/** Sends random requests to every rpc; what went wrong, one problem of each rpc. */
export async function attackAll(
  victim: Victim,
  seed: number,
  rounds: number,
  note: (statuses: ReadonlyMap<number, number>) => void = () => undefined,
): Promise<readonly string[]> {
  const { types, rpcs } = describe();
  const fuzzer = new MessageFuzzer(seed, types, victim.known);
  const statuses = new Map<number, number>();
  const problems: string[] = [];
  for (const { rpc, request } of rpcs) {
    const wire = victim.wire();
    for (let round = 0; round < rounds; round++) {
      const bytes = fuzzer.request(request);
      if (bytes.length < 10_000 && !victim.spares(bytes)) continue;
      const waits = CANCELLED_ANSWERS.includes(rpc);
      const answer = await wire.send(rpc, framed(bytes), { patienceMs: waits ? SHORT_MS : LONG_MS });
      if (waits && answer.ended === 'too late') continue;
      const { status, http } = answer;
      if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const fine = http === 200 && status !== undefined && status >= 0 && status <= 16;
      // UNKNOWN and DATA_LOSS are never meant, and INTERNAL only for what is no message at all.
      const meant = status !== 2 && status !== 15;
      const internal = status === 13 && !/deserializing|PROCESSING_ERROR/.test(answer.message);
      if (fine && meant && !internal) continue;
      problems.push(
        `seed ${seed}: ${rpc} ${bytes.toString('hex').slice(0, 400)} → ${JSON.stringify(answer)}`,
      );
      break;
    }
    await wire.close();
  }
  note(statuses);
  return problems;
}

function describe() {
  const definition = loadSync(PROTO, { keepCase: true });
  const types = new Map<string, MessageType>();
  const rpcs: { rpc: string; request: string }[] = [];
  const add = (
    name: string,
    type: MessageType & { nestedType?: readonly (MessageType & { name: string })[] },
  ) => {
    types.set(name, type);
    types.set(name.slice(PACKAGE.length), type);
    for (const nested of type.nestedType ?? []) {
      types.set(nested.name, nested);
      add(`${name}.${nested.name}`, nested);
    }
  };
  for (const [name, part] of Object.entries(definition)) {
    if ('format' in part) {
      if ('field' in (part.type as object)) add(name, part.type as unknown as MessageType);
      continue;
    }
    for (const [rpc, { requestType }] of Object.entries(part))
      rpcs.push({ rpc, request: (requestType.type as unknown as { name: string }).name });
  }
  return { types, rpcs };
}
