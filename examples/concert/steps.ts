/**
 * The four steps by which a process comes to coordinate services that worked without one. A step is a model, the wiring
 * that goes with it, and settings of the tickets service; no service has other code in another step.
 */
import { type Addresses, choreograph, orchestrate, type Wire } from './wiring.ts';

export const stepNames = ['see', 'decorate', 'orchestrate', 'decide'] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  /** Below `models/`. All have the process id `tickets`: each step is a version of one process. */
  readonly model: string;
  /** The services' own events carry the purchase on; the process only watches, or adds to it. */
  readonly choreographed: boolean;
  /** More settings of the tickets service. */
  readonly tickets: readonly string[];
}

export const steps: Readonly<Record<StepName, Step>> = {
  see: { model: 'tickets-see.bpmn', choreographed: true, tickets: [] },
  decorate: { model: 'tickets-decorate.bpmn', choreographed: true, tickets: [] },
  orchestrate: { model: 'tickets.bpmn', choreographed: false, tickets: [] },
  decide: {
    model: 'tickets-decide.bpmn',
    choreographed: false,
    tickets: ['--max-per-purchase', '20', '--large-order-from', '10'],
  },
};

/** The wiring of a step; `draining`: purchases of a choreographed step are still under way. */
export function wiringOf(step: StepName, addresses: Addresses, draining = false): readonly Wire[] {
  return steps[step].choreographed || draining ? choreograph(addresses) : orchestrate(addresses);
}

/** How many purchases that the services' own events carry on are still under way. */
export async function choreographedPurchases(tutti: string): Promise<number> {
  const models = Object.values(steps).flatMap(({ model, choreographed }) => (choreographed ? [model] : []));
  const { items: definitions } = await search<{ processDefinitionKey: string; resourceName: string }>(
    `${tutti}/v2/process-definitions/search`,
    { processDefinitionId: 'tickets' },
  );
  let running = 0;
  for (const { processDefinitionKey, resourceName } of definitions) {
    if (!models.includes(resourceName)) continue;
    const { page } = await search(`${tutti}/v2/process-instances/search`, {
      processDefinitionKey,
      state: 'ACTIVE',
    });
    running += page.totalItems;
  }
  return running;
}

async function search<Item>(
  url: string,
  filter: object,
): Promise<{ readonly items: readonly Item[]; readonly page: { readonly totalItems: number } }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ filter, page: { limit: 1000 } }),
  });
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Awaited<ReturnType<typeof search<Item>>>;
}
