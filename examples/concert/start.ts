/** `npm start`: the concert on sale, on the embedded engine. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ChildError } from './child.ts';
import { type ConcertOptions, launchConcert } from './launch.ts';
import { stepNames } from './steps.ts';
import type { Addresses } from './wiring.ts';

const usage = `Usage: npm start -- [options]

  --step STEP       see, decorate, orchestrate or decide (default: orchestrate); see the README
  --data DIR        where everything is kept (default: data)
  --http PORT       Tutti: events, REST, console (default: 8080)
  --grpc PORT       Tutti: Zeebe's gRPC (default: 26500)
  --website PORT    the shop (default: 8090)
  --tickets PORT    tickets service (default: 8082)
  --payments PORT   payments service (default: 8083)
  --turn SECONDS    time to choose seats (default: 60)
  --hold SECONDS    time to pay (default: 120)
  --transfer SECONDS  time for a money transfer, step decide (default: 259200, three days)
  --seats LIST      what is on sale, such as standing=1,balcony 1=2
  --help            this text
`;

await main();

async function main(): Promise<void> {
  const options = readOptions();
  if (!options) return;
  let asked = false;
  try {
    const concert = await launchConcert(options);
    const stop = (): void => {
      if (asked) return;
      asked = true;
      console.log('\nStopping …');
      concert.stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error, 1),
      );
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
    console.log(banner(concert.addresses, options));
  } catch (error) {
    fail(error, error instanceof ChildError ? error.exitCode : 1);
  }
}

function readOptions(): ConcertOptions | undefined {
  try {
    const { values } = parseArgs({
      options: {
        step: { type: 'string', default: 'orchestrate' },
        data: { type: 'string', default: 'data' },
        http: { type: 'string', default: '8080' },
        grpc: { type: 'string', default: '26500' },
        website: { type: 'string', default: '8090' },
        tickets: { type: 'string', default: '8082' },
        payments: { type: 'string', default: '8083' },
        turn: { type: 'string', default: '60' },
        hold: { type: 'string', default: '120' },
        transfer: { type: 'string', default: '259200' },
        seats: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      return undefined;
    }
    const step = stepNames.find((known) => known === values.step);
    if (!step) throw new TypeError(`--step must be one of ${stepNames.join(', ')}, not '${values.step}'.`);
    const number = (name: 'http' | 'grpc' | 'website' | 'tickets' | 'payments' | 'turn' | 'hold'): number => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < 1 || value > 65_535) {
        throw new TypeError(`--${name} must be a whole number from 1 to 65535, not '${values[name]}'.`);
      }
      return value;
    };
    const transfer = Number(values.transfer);
    if (!Number.isInteger(transfer) || transfer < 1) {
      throw new TypeError(`--transfer must be a whole number of seconds, not '${values.transfer}'.`);
    }
    return {
      step,
      data: resolve(values.data),
      ports: {
        http: number('http'),
        grpc: number('grpc'),
        website: number('website'),
        tickets: number('tickets'),
        payments: number('payments'),
      },
      settings: {
        tickets: [
          ...['--turn-seconds', String(number('turn')), '--reservation-seconds', String(number('hold'))],
          ...['--large-order-seconds', String(transfer)],
          ...(values.seats === undefined ? [] : ['--seats', values.seats]),
        ],
      },
      say: (line) => console.error(line),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

function banner({ tutti, website, tickets, payments }: Addresses, { data, step }: ConcertOptions): string {
  return `
  The concert is on sale. Step: ${step} (examples/concert/README.md says what that means).

    Shop           ${website}
    Back office    ${website}/backoffice
    Console        ${tutti}/console
    Compliance     ${tutti}/api/compliance/tickets
    Events in      ${tutti}/events
    Services       tickets ${tickets}, payments ${payments}
    Data folder    ${data}

  Pay with card 4242 4242 4242 4242 and SMS code 123456. Stop with Ctrl-C; the next start goes on from here.
`;
}

function fail(error: unknown, code: number): void {
  // What a part had to say was printed as it said it.
  if (!(error instanceof ChildError)) console.error(error instanceof Error ? error.message : String(error));
  process.exit(code);
}
