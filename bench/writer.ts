import { createHash } from 'node:crypto';
import { parseBpmn } from '../src/bpmn/index.ts';
import { createEngine } from '../src/engine/index.ts';
import type { Answer } from '../src/engine/records/command.ts';
import { TABLES } from '../src/engine/state/tables.ts';
import { WriterClock } from '../src/runtime/clock.ts';
import { activateModule } from '../src/runtime/kinds/activate.ts';
import { commandModule } from '../src/runtime/kinds/command.ts';
import { WriterCore } from '../src/runtime/writer-core.ts';
import { DataFolder } from '../src/store/folder.ts';
import type { Client } from './workloads.ts';

export interface BenchWriter {
  readonly core: WriterCore;
  readonly folder: DataFolder;
  close(): void;
}

/** The writer on this thread, over a real data folder, with a model deployed. */
export async function openWriter(path: string, bpmn: string): Promise<BenchWriter> {
  const folder = DataFolder.open(path, { tables: TABLES });
  const clock = new WriterClock({ system: Date.now, controllable: false }, 0);
  const core = new WriterCore({
    folder,
    engine: createEngine(),
    modules: [commandModule(), activateModule()],
    clock,
    monotonic: () => performance.now(),
    log: ({ level, message, error }) => {
      if (level === 'error') throw new Error(`${message}: ${JSON.stringify(error)}`);
    },
  });
  const parsed = await parseBpmn('bench.bpmn', bpmn);
  if (!parsed.ok) throw new Error(parsed.problems);
  const resource = {
    resourceName: 'bench.bpmn',
    resource: bpmn,
    checksum: createHash('md5').update(bpmn).digest('base64'),
    processes: parsed.processes,
  };
  core.submit([
    {
      id: 0,
      kind: 'command',
      body: { valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } },
    },
  ]);
  const [reply] = core.run().replies;
  if (!reply?.ok) throw new Error('the model was not deployed');
  return { core, folder, close: () => folder.close() };
}

/** Runs clients in a closed loop, each beginning a new instance when it is done with one. */
export function loop(
  writer: BenchWriter,
  clientOf: (n: number) => Client,
  concurrency: number,
  enough: (instances: number) => boolean,
): { readonly instances: number; readonly commits: number } {
  const clients = new Map<number, Client>();
  let id = 0;
  let instances = 0;
  let commits = 0;
  let begun = 0;
  const go = (client: Client, answer?: Answer): void => {
    const step = answer === undefined ? client.next() : client.next(answer);
    if (!step.done) {
      id += 1;
      clients.set(id, client);
      writer.core.submit([{ id, ...step.value }]);
      return;
    }
    instances += 1;
    if (!enough(instances)) {
      begun += 1;
      go(clientOf(begun));
    }
  };
  for (; begun < concurrency; begun++) go(clientOf(begun));
  while (clients.size > 0) {
    const { replies, sample } = writer.core.run();
    if (sample) commits += 1;
    for (const reply of replies) {
      const client = clients.get(reply.id);
      clients.delete(reply.id);
      if (!client) continue;
      if (!reply.ok) throw new Error(JSON.stringify(reply.error));
      go(client, reply.value as Answer);
    }
  }
  return { instances, commits };
}
