import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePorts } from '../../examples/concert/free-ports.ts';
import { type Concert, launchConcert } from '../../examples/concert/launch.ts';
import { type StepName, stepNames } from '../../examples/concert/steps.ts';
import { Buyer } from '../support/buyer.ts';
import { eventsOf, get, post, purchaseOf } from '../support/tutti-api.ts';
import { until } from '../support/until.ts';

test('a purchase under way at each switch of the step ends as it began, and then the old wiring goes', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'tutti-steps-'));
  const [http, grpc, tickets, payments, website] = await freePorts(5);
  const lines: string[] = [];
  let concert: Concert | undefined;
  t.after(async () => {
    await concert?.stop();
    rmSync(data, { recursive: true, force: true });
  });
  const switchTo = async (step: StepName): Promise<Concert> => {
    await concert?.stop();
    concert = await launchConcert({
      data,
      ports: { http, grpc, tickets, payments, website },
      step,
      // Nothing may time out while the parts are stopped and started.
      settings: { tickets: ['--reservation-seconds', '900', '--turn-seconds', '900'] },
      say: (line) => lines.push(line),
    });
    return concert;
  };

  const buyers: Buyer[] = [];
  let present: Concert | undefined;
  for (const step of stepNames) {
    present = await switchTo(step);
    const buyer = await Buyer.enter(t, present.addresses);
    await buyer.holds(1);
    await buyer.sees('checkout');
    buyers.push(buyer);
  }
  assert.ok(present);
  const { tutti } = present.addresses;
  assert.ok(
    lines.some((line) => line.startsWith('Of a former step 2 purchase(s) go on')),
    lines.join('\n'),
  );
  assert.ok((await wires(tutti)).includes('concert: open the payment'));
  for (const buyer of buyers) {
    await buyer.pays();
    await buyer.sees('issued');
    await until(`the process of ${buyer.sessionId} knows`, async () => {
      const purchase = await purchaseOf(tutti, buyer.sessionId);
      return purchase?.state === 'COMPLETED' && purchase.ends.includes('purchased') ? true : undefined;
    });
    assert.equal(buyer.ticketCodes.length, 1);
    assert.equal(await eventsOf(tutti, 'Tickets.Issued', buyer.sessionId), 1, 'issued once');
    assert.equal(await eventsOf(tutti, 'Payments.Authorized', buyer.sessionId), 1, 'paid once');
  }
  await present.settled;
  assert.ok(!(await wires(tutti)).includes('concert: open the payment'), 'the old wiring is gone');

  // One instance for each customer, each of the version that its purchase began with.
  const { items } = await post<{ items: { processDefinitionVersion: number; state: string }[] }>(
    `${tutti}/v2/process-instances/search`,
    { filter: { processDefinitionId: 'tickets' } },
  );
  assert.deepEqual(items.map((item) => item.processDefinitionVersion).sort(), [1, 2, 3, 4]);

  // Back to the beginning: the same model is a new version, and the next purchase is one of it.
  present = await switchTo('see');
  const last = await Buyer.enter(t, present.addresses);
  await last.holds(1);
  await last.pays();
  await last.sees('issued');
  const figures = await get<{ versions: { version: number; instances: { judged: number } }[] }>(
    `${tutti}/api/compliance/tickets`,
  );
  assert.equal(figures.versions.at(-1)?.version, 5);
});

async function wires(tutti: string): Promise<string[]> {
  const subscriptions = await get<{ config?: { name?: string } }[]>(`${tutti}/subscriptions`);
  return subscriptions.map(({ config }) => config?.name ?? '');
}
