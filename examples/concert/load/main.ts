/** `npm run concert`: a whole sale with simulated customers, on a stack of its own, checked at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../free-ports.ts';
import { launchConcert } from '../launch.ts';
import { runChecks, seatsOf } from './checks.ts';
import { planFor, type Visit, visit } from './customer.ts';
import { seededRandom } from './random.ts';
import { Progress, report } from './report.ts';

const usage = `Usage: npm run concert -- [options]

  --customers N   how many come (default: 200)
  --tickets N     how many there are (default: 150)
  --rate N        arrivals a second (default: 50)
  --turn SECONDS  time to choose seats (default: 4)
  --hold SECONDS  time to pay (default: 8)
  --seed N        the same seed gives the same customers (default: 1)
  --help          this text

The exit code is 0 only if every check at the end holds.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const data = mkdtempSync(join(tmpdir(), 'tutti-concert-'));
  const [http, grpc, tickets, payments, website] = await freePorts(5);
  const concert = await launchConcert({
    data,
    ports: { http, grpc, tickets, payments, website },
    settings: {
      tickets: [
        ...['--seats', seatsSetting(options.tickets), '--turn-seconds', String(options.turn)],
        ...['--reservation-seconds', String(options.hold)],
      ],
    },
    say: (line) => console.error(line),
  });
  try {
    const begun = Date.now();
    const visits = await sell(options, concert.addresses);
    const elapsed = Date.now() - begun;
    const checks = await runChecks(concert.addresses, visits);
    const seats = await seatsOf(concert.addresses);
    console.log(report(visits, seats, await countEvents(concert.addresses.tutti), elapsed, checks));
    return checks.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await concert.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function sell(
  options: Options,
  addresses: { website: string; payments: string },
): Promise<readonly Visit[]> {
  const random = seededRandom(options.seed);
  const progress = new Progress(options.customers, process.stdout);
  const patienceMs = (options.customers / options.rate + options.turn + options.hold + 120) * 1000;
  const visits: Promise<Visit>[] = [];
  for (let n = 0; n < options.customers; n++) {
    const customer = planFor(random);
    const arrival = new Promise((resolve) => setTimeout(resolve, (n / options.rate) * 1000));
    visits.push(
      arrival
        .then(() => visit(customer, { ...addresses, patienceMs }))
        .then((ended) => {
          progress.step();
          return ended;
        }),
    );
  }
  return Promise.all(visits);
}

interface Options {
  readonly customers: number;
  readonly tickets: number;
  readonly rate: number;
  readonly turn: number;
  readonly hold: number;
  readonly seed: number;
}

/** The options, or the exit code if there is nothing to do. */
function readOptions(): Options | number {
  try {
    const { values } = parseArgs({
      options: {
        customers: { type: 'string', default: '200' },
        tickets: { type: 'string', default: '150' },
        rate: { type: 'string', default: '50' },
        turn: { type: 'string', default: '4' },
        hold: { type: 'string', default: '8' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const number = (name: keyof Options): number => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < 1) {
        throw new TypeError(`--${name} must be a whole number of at least 1, not '${values[name]}'.`);
      }
      return value;
    };
    return {
      customers: number('customers'),
      tickets: number('tickets'),
      rate: number('rate'),
      turn: number('turn'),
      hold: number('hold'),
      seed: number('seed'),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
}

/** All four types share the tickets as evenly as they go. */
function seatsSetting(tickets: number): string {
  return ['standing', 'balcony 1', 'balcony 2', 'far away']
    .map((type, n) => `${type}=${Math.floor(tickets / 4) + (n < tickets % 4 ? 1 : 0)}`)
    .join(',');
}

async function countEvents(tutti: string): Promise<number> {
  const response = await fetch(`${tutti}/api/events?limit=1`);
  const { items } = (await response.json()) as { items: { sequence: number }[] };
  return items[0]?.sequence ?? 0;
}
