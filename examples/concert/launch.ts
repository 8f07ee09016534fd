/** Starts the whole concert: Tutti and the three services, each a process of its own, wired and with its model. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Child, startChild } from './child.ts';
import { type Draining, drain } from './draining.ts';
import { choreographedPurchases, type StepName, steps, wiringOf } from './steps.ts';
import { type Addresses, connect } from './wiring.ts';

export interface Ports {
  readonly http: number;
  readonly grpc: number;
  readonly tickets: number;
  readonly payments: number;
  readonly website: number;
}

export interface ConcertOptions {
  /** Holds one folder or file for each process. */
  readonly data: string;
  readonly ports: Ports;
  /** @defaultValue orchestrate */
  readonly step?: StepName;
  /** `controllable` lets tests move the clocks of all processes. */
  readonly clock?: 'system' | 'controllable';
  /** More settings for a service, such as `{ tickets: ['--turn-seconds', '5'] }`. */
  readonly settings?: Partial<Record<PartName, readonly string[]>>;
  /** Told what the processes print, and when one of them dies and is started again. */
  readonly say?: (line: string) => void;
}

export type PartName = 'tutti' | 'tickets' | 'payments' | 'website';

export interface Concert {
  readonly addresses: Addresses;
  /** The process of a part, for those who want to kill it. */
  child(part: PartName): Child;
  /** Resolves when no purchase needs the wiring of a former step any more. */
  readonly settled: Promise<void>;
  /** Ends all processes, the website first. */
  stop(): Promise<void>;
}

const here = import.meta.dirname;
const root = resolve(here, '../..');

/**
 * @throws ChildError with the process's own words and exit code if one of them does not start
 */
export async function launchConcert(options: ConcertOptions): Promise<Concert> {
  mkdirSync(options.data, { recursive: true });
  const addresses = addressesOf(options.ports);
  const { step = 'orchestrate', say = () => {} } = options;
  const children = new Map<PartName, Child>();
  let draining: Draining | undefined;
  const stop = async (): Promise<void> => {
    draining?.stop();
    for (const part of (['website', 'payments', 'tickets', 'tutti'] as const).filter((name) =>
      children.has(name),
    )) {
      await children.get(part)?.stop();
    }
  };
  const start = async (part: PartName): Promise<void> => {
    const [file, ...args] = commandOf(part, options, addresses);
    children.set(part, await startChild(part, join(root, file), args, say));
  };
  try {
    await start('tutti');
    await Promise.all([start('tickets'), start('payments'), start('website')]);
    const { tutti } = addresses;
    const left = steps[step].choreographed ? 0 : await choreographedPurchases(tutti);
    // The wiring first: no purchase may begin that nobody carries on.
    await connect(tutti, wiringOf(step, addresses, left > 0));
    await deploy(tutti, steps[step].model);
    if (left > 0) {
      say(`Of a former step ${left} purchase(s) go on with their own model and wiring until they end.`);
      draining = drain({
        left: () => choreographedPurchases(tutti),
        finish: () => connect(tutti, wiringOf(step, addresses)),
        say,
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    addresses,
    child: (part) => present(children.get(part), part),
    settled: draining?.done ?? Promise.resolve(),
    stop,
  };
}

function present(child: Child | undefined, part: PartName): Child {
  if (!child) throw new TypeError(`${part} was not started`);
  return child;
}

function addressesOf(ports: Ports): Addresses {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    tutti: at(ports.http),
    tickets: at(ports.tickets),
    payments: at(ports.payments),
    website: at(ports.website),
  };
}

function commandOf(part: PartName, options: ConcertOptions, addresses: Addresses): [string, ...string[]] {
  const { data, ports, clock = 'system', settings = {}, step = 'orchestrate' } = options;
  const more = [...(clock === 'controllable' ? ['--clock', 'controllable'] : []), ...(settings[part] ?? [])];
  const service = (port: number, ...own: string[]): string[] => [
    ...['--port', String(port), '--data', join(data, `${part}.db`)],
    ...['--broker-url', `${addresses.tutti}/events`, '--log-level', 'warn'],
    ...own,
    ...more,
  ];
  switch (part) {
    case 'tutti':
      return [
        'src/cli/main.ts',
        ...[
          'serve',
          '--data',
          join(data, 'tutti'),
          '--http',
          String(ports.http),
          '--grpc',
          String(ports.grpc),
        ],
        ...['--host-map', `http://tickets=${addresses.tickets}`],
        ...more,
      ];
    case 'tickets':
      return [
        'examples/concert/services/tickets/main.ts',
        ...service(
          ports.tickets,
          ...['--payments-url', addresses.payments, '--return-url', addresses.website],
          ...steps[step].tickets,
        ),
      ];
    case 'payments':
      return [
        'examples/concert/services/payments/main.ts',
        ...service(
          ports.payments,
          '--shop-origins',
          `${addresses.website},http://localhost:${ports.website}`,
        ),
      ];
    case 'website':
      return [
        'examples/concert/website/main.ts',
        ...service(
          ports.website,
          '--tickets-url',
          addresses.tickets,
          '--payments-public-url',
          addresses.payments,
        ),
      ];
  }
}

async function deploy(tutti: string, model: string): Promise<void> {
  const form = new FormData();
  form.append('resources', new Blob([readFileSync(join(here, 'models', model))]), model);
  const response = await fetch(`${tutti}/v2/deployments`, { method: 'POST', body: form });
  if (!response.ok) throw new Error(`The model was refused (${response.status}): ${await response.text()}`);
}
