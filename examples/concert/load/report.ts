/** What a person sees while the sale runs, and at its end. */
import type { Check, Seats } from './checks.ts';
import { endStages, type Visit } from './customer.ts';

const words: Readonly<Record<(typeof endStages)[number], string>> = {
  issued: 'purchased',
  refused: 'refused',
  timedOut: 'timed out',
  soldOut: 'sold out',
  abandoned: 'left',
};

/** One line that is drawn over itself on a terminal, and again at each tenth elsewhere. */
export class Progress {
  readonly #total: number;
  readonly #out: NodeJS.WriteStream;
  #done = 0;

  constructor(total: number, out: NodeJS.WriteStream) {
    this.#total = total;
    this.#out = out;
  }

  step(): void {
    this.#done++;
    const share = this.#done / this.#total;
    const line = `[${'#'.repeat(Math.round(share * 30)).padEnd(30, '.')}] ${this.#done} of ${this.#total} customers`;
    if (this.#out.isTTY) this.#out.write(`\r${line}${this.#done === this.#total ? '\n' : ''}`);
    else if (Math.floor(share * 10) > Math.floor(((this.#done - 1) / this.#total) * 10))
      this.#out.write(`${line}\n`);
  }
}

export function report(
  visits: readonly Visit[],
  seats: Seats,
  events: number,
  elapsedMs: number,
  checks: readonly Check[],
): string {
  const seconds = elapsedMs / 1000;
  const lines: [string, string][] = [
    ['customers', String(visits.length)],
    ...endStages.map((stage): [string, string] => [
      words[stage],
      String(visits.filter(({ outcome }) => outcome === stage).length),
    ]),
    ['still open', String(visits.filter(({ outcome }) => outcome === undefined).length)],
    ['tickets sold', `${seats.sold} of ${seats.total}`],
    ['events', `${events} (${(events / seconds).toFixed(0)}/s)`],
    ['time', `${seconds.toFixed(1)} s, ${(visits.length / seconds).toFixed(1)} customers/s`],
    ...(['join', 'reserve', 'openPayment', 'issue'] as const).map((step): [string, string] => [
      `latency ${latencyNames[step]}`,
      percentiles(visits.flatMap(({ latencies }) => latencies[step] ?? [])),
    ]),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return [
    '',
    ...lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    ...checks.map(({ name, ok, detail }) => `  ${ok ? 'holds ' : 'BROKEN'}  ${name}: ${detail}`),
    '',
  ].join('\n');
}

const latencyNames = {
  join: 'join accepted',
  reserve: 'wish to seats held',
  openPayment: 'wish to payment open',
  issue: 'code to e-tickets',
} as const;

function percentiles(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
