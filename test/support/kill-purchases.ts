import assert from 'node:assert/strict';
import type { PartName } from '../../examples/concert/launch.ts';
import { runChecks } from '../../examples/concert/load/checks.ts';
import { planFor, type Visit, visit } from '../../examples/concert/load/customer.ts';
import { seededRandom } from '../../examples/concert/load/random.ts';
import { startStack } from './stack.ts';

const parts: readonly PartName[] = ['tutti', 'tickets', 'payments', 'website'];

/**
 * Lets customers buy while processes are ended by SIGKILL at random moments and started again, and asserts that
 * every purchase is at its right end: no event lost, no second charge, no oversell, no seat held for ever.
 */
export async function killDuringPurchases(
  t: { after(clean: () => unknown): void; diagnostic(message: string): void },
  options: { readonly customers: number; readonly kills: number; readonly seed: number },
): Promise<void> {
  const stack = await startStack(t, {
    settings: {
      tickets: [
        ...['--seats', 'standing=20,balcony 1=20', '--max-buying', '8'],
        ...['--turn-seconds', '8', '--reservation-seconds', '16', '--safety-seconds', '5'],
      ],
    },
  });
  const random = seededRandom(options.seed);
  let open = options.customers;
  const visits: Promise<Visit>[] = [];
  /** Those who come after so many kills: kills go on as long as customers come, however slow the machine is. */
  const waiting: (() => void)[][] = Array.from({ length: options.kills }, () => []);
  for (let n = 0; n < options.customers; n++) {
    const after = waiting[Math.floor((n * options.kills) / options.customers)] ?? [];
    const arrival = new Promise<void>((resolve) => after.push(resolve));
    const person = planFor(random);
    const come = arrival.then(() => visit(person, { ...stack.addresses, patienceMs: 240_000 }));
    visits.push(
      come.then((ended) => {
        open--;
        return ended;
      }),
    );
  }
  const killed: string[] = [];
  while (killed.length < options.kills && open > 0) {
    for (const arrive of waiting[killed.length] ?? []) arrive();
    // The moment is random on purpose: that is what is being tested.
    await new Promise((resolve) => setTimeout(resolve, 200 + random() * 1500));
    const part = parts[Math.floor(random() * parts.length)] ?? 'tutti';
    killed.push(part);
    await stack.child(part).kill();
  }
  for (const arrive of waiting.flat()) arrive();
  const ended = await Promise.all(visits);
  t.diagnostic(`seed ${options.seed}, killed ${killed.join(', ')}`);
  t.diagnostic(
    JSON.stringify(
      Object.groupBy(ended, ({ outcome }) => outcome ?? 'open'),
      counts,
    ),
  );
  const checks = await runChecks(stack.addresses, ended, true);
  const broken = checks.filter(({ ok }) => !ok);
  assert.deepEqual(broken, []);
  assert.equal(killed.length, options.kills, 'all customers were done before the last kill');
}

function counts(_key: string, value: unknown): unknown {
  return Array.isArray(value) ? value.length : value;
}
