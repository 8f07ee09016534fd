import { createHash } from 'node:crypto';
import { parseBpmn } from '../src/bpmn/index.ts';
import { createEngine } from '../src/engine/index.ts';
import { TABLES } from '../src/engine/state/tables.ts';
import { WriterClock } from '../src/runtime/clock.ts';
import { activateModule } from '../src/runtime/kinds/activate.ts';
import { commandModule } from '../src/runtime/kinds/command.ts';
import { WriterCore } from '../src/runtime/writer-core.ts';
import { DataFolder } from '../src/store/folder.ts';
import type { Workload } from './workloads.ts';

export interface BenchWriter {
  readonly core: WriterCore;
  readonly folder: DataFolder;
  close(): void;
}

/** The writer on this thread, over a real data folder, with the workload's model deployed. */
export async function openWriter(path: string, workload: Workload): Promise<BenchWriter> {
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
  const parsed = await parseBpmn('bench.bpmn', workload.bpmn);
  if (!parsed.ok) throw new Error(parsed.problems);
  const resource = {
    resourceName: 'bench.bpmn',
    resource: workload.bpmn,
    checksum: createHash('md5').update(workload.bpmn).digest('base64'),
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
