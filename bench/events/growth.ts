/**
 * `npm run bench:events:growth`: what an event costs in a long log, and beside many subscriptions that do not want it.
 * Each against a server without them, in alternating runs.
 */
import { parseArgs } from 'node:util';
import { median } from './statistics.ts';
import { openSubject, post, type Subject } from './subject.ts';

const { values } = parseArgs({
  options: {
    log: { type: 'string', default: '1000000' },
    subscriptions: { type: 'string', default: '1000' },
    events: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
  },
});
const events = Number(values.events);
const connections = 32;

console.log('| grown | per second | of the small one |');
console.log('|---|---|---|');
await compare(`${values.log} events in the log, against 10000`, async (grown, small) => {
  await grown.run({ events: Number(values.log), connections });
  await small.run({ events: 10_000, connections });
});
await compare(`${values.subscriptions} subscriptions, against one`, async (grown, small) => {
  for (let number = 0; number < Number(values.subscriptions); number++) await subscribe(grown, number);
  await subscribe(small, 0);
});

/** Half of them name a type, the others have a filter that looks at each event. */
async function subscribe({ url }: Subject, number: number): Promise<void> {
  const wanted =
    number % 2 === 0 ? { types: [`Other.${number}`] } : { filters: [{ exact: { subject: `s${number}` } }] };
  await post(`${url}/subscriptions`, { ...wanted, sink: 'http://127.0.0.1:9/', protocol: 'HTTP' });
}

async function compare(name: string, grow: (grown: Subject, small: Subject) => Promise<void>): Promise<void> {
  const [grown, small] = [await openSubject('log'), await openSubject('log')];
  await grow(grown, small);
  const rates: { readonly grown: number; readonly small: number }[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    rates.push({
      small: (await small.run({ events, connections })).perSecond,
      grown: (await grown.run({ events, connections })).perSecond,
    });
  }
  await grown.stop();
  await small.stop();
  const ratio = median(rates.map((rate) => rate.grown / rate.small));
  console.log(`| ${name} | ${median(rates.map((rate) => rate.grown)).toFixed(0)} | ${ratio.toFixed(2)} |`);
}
