/** `npm run bench:events`: events a second and their latency, beside two plain servers in the same run. See bench/README.md. */
import { parseArgs } from 'node:util';
import { median } from './statistics.ts';
import { type Figures, type Kind, openSubject } from './subject.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string' },
  },
});
const events = Number(values.events);
const rounds = Number(values.rounds);
const connections = Number(values.connections);
const kinds = (['bare', 'synced', 'log', 'sink', 'process'] satisfies Kind[]).filter(
  (kind) => values.only === undefined || values.only.split(',').includes(kind),
);

const figures = new Map<Kind, Figures[]>(kinds.map((kind) => [kind, []]));
for (let round = 0; round < rounds; round++) {
  for (const kind of kinds) {
    const subject = await openSubject(kind);
    await subject.run({ events: Math.min(events, 5000), connections });
    figures.get(kind)?.push(await subject.run({ events, connections }));
    await subject.stop();
  }
}

console.log(
  `${events} events, ${connections} connections, ${rounds} alternating rounds after warming up, median`,
);
console.log('| subject | accepted/s | settled/s | of synced | accepted p50/p99 ms | to sink p50/p99 ms |');
console.log('|---|---|---|---|---|---|');
for (const kind of kinds) {
  const of = (pick: (one: Figures) => number): number => median((figures.get(kind) ?? []).map(pick));
  const ratio = median(
    (figures.get(kind) ?? []).map(
      ({ settledPerSecond }, round) =>
        settledPerSecond / (figures.get('synced')?.[round]?.perSecond ?? Number.NaN),
    ),
  );
  const toSink =
    kind === 'sink'
      ? `${of((one) => one.toSink?.p50 ?? 0).toFixed(1)} / ${of((one) => one.toSink?.p99 ?? 0).toFixed(1)}`
      : '';
  console.log(
    `| ${kind} | ${of((one) => one.perSecond).toFixed(0)} | ${of((one) => one.settledPerSecond).toFixed(0)} | ${ratio.toFixed(2)} | ${of((one) => one.latency.p50).toFixed(1)} / ${of((one) => one.latency.p99).toFixed(1)} | ${toSink} |`,
  );
}
