import { createHash } from 'node:crypto';
import { parseBpmn } from '../src/bpmn/index.ts';
import { createEngine } from '../src/engine/index.ts';
import type { Answer } from '../src/engine/records/command.ts';
import { TABLES } from '../src/engine/state/tables.ts';
import { WriterClock } from '../src/runtime/clock.ts';
import { activateModule } from '../src/runtime/kinds/activate.ts';
import { commandModule } from '../src/runtime/kinds/command.ts';
import { moduleMigrations } from '../src/runtime/migrations.ts';
import { WriterCore } from '../src/runtime/writer-core.ts';
import { CheckpointThread } from '../src/store/checkpoint-thread.ts';
import { DataFolder } from '../src/store/folder.ts';
import type { Client } from './workloads.ts';

export interface BenchWriter {
  readonly core: WriterCore;
  readonly folder: DataFolder;
  close(): Promise<void>;
}

/** The writer on this thread, over a real data folder, with a model deployed; the WAL is written back on another, as in a server. */
export async function openWriter(path: string, bpmn: string): Promise<BenchWriter> {
  // A server may have been on the folder.
  const folder = DataFolder.open(path, { tables: TABLES, migrations: moduleMigrations() });
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
  const checkpointer = new CheckpointThread(folder.db.path);
  folder.checkpoints.workBehind(checkpointer);
  return {
    core,
    folder,
    close: async () => {
      await checkpointer.close();
      folder.close();
    },
  };
}

/** Runs clients in a closed loop, each beginning a new instance when it is done with one. */
export async function loop(
  writer: BenchWriter,
  clientOf: (n: number) => Client,
  concurrency: number,
  enough: (instances: number) => boolean,
): Promise<{ readonly instances: number; readonly commits: number }> {
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
    // As in the writer's thread, whose loop hears between two transactions that the WAL is written back.
    await new Promise((resolve) => setImmediate(resolve));
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
