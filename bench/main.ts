/** `npm run bench`: instances a second through the writer, synced at each commit, beside plain SQLite. */
import { parseArgs } from 'node:util';
import { type Figures, measure, record, replay } from './measure.ts';
import { workloads } from './workloads.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const ms = Number(values.seconds) * 1000;
const concurrency = Number(values.concurrency);
const rounds = Number(values.rounds);

console.log(`concurrency ${concurrency}, ${rounds} alternating rounds of ${values.seconds} s, median`);
console.log('| workload | instances/s | syncs/instance | plain SQLite, instances/s | ratio |');
console.log('|---|---|---|---|---|');
for (const workload of workloads.filter(({ name }) => values.only === undefined || values.only === name)) {
  const script = await record(workload, concurrency, 2000);
  const runs: { readonly writer: Figures; readonly plain: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    runs.push({ writer: await measure(workload, concurrency, ms), plain: replay(script, ms) });
  }
  const writer = median(runs.map((run) => run.writer.perSecond));
  const syncs = median(runs.map((run) => run.writer.syncsPerInstance));
  const plain = median(runs.map((run) => run.plain));
  const ratio = median(runs.map((run) => run.writer.perSecond / run.plain));
  console.log(
    `| ${workload.name} | ${writer.toFixed(0)} | ${syncs.toFixed(2)} | ${plain.toFixed(0)} | ${ratio.toFixed(2)} |`,
  );
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
