/** `npm run bench:events:soak`: a steady load for ten minutes; memory must not grow. */
import { parseArgs } from 'node:util';
import { openSubject } from './subject.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '1000' },
    kind: { type: 'string', default: 'process' },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
if (values.kind !== 'log' && values.kind !== 'sink' && values.kind !== 'process')
  throw new Error('--kind must be log, sink or process');

console.log(`${rate} events a second, ${values.kind}`);
console.log('| minute | resident MB | heap MB | accepted p99 ms |');
console.log('|---|---|---|---|');
const subject = await openSubject(values.kind);
const resident: number[] = [];
for (let minute = 1; minute <= minutes; minute++) {
  const { latency } = await subject.run({ events: rate * 60, connections: 32, rate });
  const metrics = await (await fetch(`${subject.url}/metrics`)).text();
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]) / 1024 / 1024;
  resident.push(megabytes('process_resident_memory_bytes'));
  console.log(
    `| ${minute} | ${resident.at(-1)?.toFixed(0)} | ${megabytes('nodejs_heap_size_used_bytes').toFixed(0)} | ${latency.p99.toFixed(1)} |`,
  );
}
await subject.stop();
// Caches fill in the first minutes; from then on it stays.
const settled = resident[Math.floor(resident.length / 3)] ?? 0;
const last = resident.at(-1) ?? 0;
console.log(
  `from minute ${Math.floor(resident.length / 3) + 1} to the end: ${(last / settled).toFixed(2)} times the memory`,
);
