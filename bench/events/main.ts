/** `npm run bench:events`: events a second and their latency, beside two plain servers in the same run. See bench/README.md. */
import { parseArgs } from 'node:util';
import { keepApart } from './placement.ts';
import { median } from './statistics.ts';
import { type Figures, type Kind, openSubject, type Subject } from './subject.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '32' },
    warm: { type: 'string', default: '6' },
    only: { type: 'string' },
    pinned: { type: 'boolean', default: false },
  },
});
const events = Number(values.events);
const connections = Number(values.connections);
const kinds = (['bare', 'synced', 'log', 'sink', 'process'] satisfies Kind[]).filter(
  (kind) => values.only === undefined || values.only.split(',').includes(kind),
);

interface Round {
  readonly full: Figures;
  /** At half of the rate that it reached. */
  readonly half: Figures;
}

const rounds = new Map<Kind, Round[]>(kinds.map((kind) => [kind, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const kind of kinds) {
    const subject = await openSubject(kind);
    await warm(subject);
    const letGo = values.pinned ? keepApart(subject.pid) : () => undefined;
    const full = await subject.run({ events, connections });
    const rate = full.perSecond / 2;
    // With connections to spare, so that it is the rate that bounds the load.
    const half = await subject.run({ events: Math.round(rate * 3), connections: connections * 4, rate });
    rounds.get(kind)?.push({ full, half });
    letGo();
    await subject.stop();
  }
}

/** A server that has run for a while: what is compiled when it is hot is compiled. */
async function warm(subject: Subject): Promise<void> {
  const end = performance.now() + Number(values.warm) * 1000;
  while (performance.now() < end) await subject.run({ events: 5000, connections });
}

console.log(
  `${events} events, ${connections} connections, ${values.rounds} alternating rounds, median${values.pinned ? ', pinned' : ''}`,
);
console.log(
  '| subject | accepted/s | of synced | settled/s | of synced | p50 / p99 ms | at half load | to sink ms | at half load |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const kind of kinds) {
  const of = (pick: (round: Round, at: number) => number): number =>
    median((rounds.get(kind) ?? []).map(pick));
  const spread = (
    pick: (round: Round) => { readonly p50: number; readonly p99: number } | undefined,
  ): string =>
    `${of((round) => pick(round)?.p50 ?? 0).toFixed(1)} / ${of((round) => pick(round)?.p99 ?? 0).toFixed(1)}`;
  const synced = (at: number): number => rounds.get('synced')?.[at]?.full.perSecond ?? Number.NaN;
  const cells = [
    of(({ full }) => full.perSecond).toFixed(0),
    of(({ full }, at) => full.perSecond / synced(at)).toFixed(2),
    of(({ full }) => full.settledPerSecond).toFixed(0),
    of(({ full }, at) => full.settledPerSecond / synced(at)).toFixed(2),
    spread(({ full }) => full.latency),
    spread(({ half }) => half.latency),
    ...(kind === 'sink' ? [spread(({ full }) => full.toSink), spread(({ half }) => half.toSink)] : ['', '']),
  ];
  console.log(`| ${kind} | ${cells.join(' | ')} |`);
}
