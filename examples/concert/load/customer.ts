/**
 * One simulated customer: a plan, followed through the shop's real interfaces. The customer acts on the state that
 * the shop shows and tries again after a failed call, as a person at a browser would, so a part that is killed and
 * started again in the middle is only a delay.
 */
import { ShopClient, type ShopState } from './shop-client.ts';

/** What a customer is about to do. */
export type Plan =
  | 'buys'
  | 'leavesTheQueue'
  | 'choosesNothing'
  | 'neverPays'
  | 'cardIsDeclined'
  | 'mistypesTheCode';

export const endStages = ['issued', 'timedOut', 'refused', 'soldOut', 'abandoned'] as const;
export type Outcome = (typeof endStages)[number];

export interface Customer {
  readonly plan: Plan;
  readonly quantity: number;
}

type Step = 'join' | 'reserve' | 'openPayment' | 'issue';

export interface Visit {
  readonly customer: Customer;
  readonly sessionId: string;
  /** Absent if the customer's patience ended first. */
  readonly outcome?: Outcome;
  readonly ticketCodes: readonly string[];
  /** ms, for the report. */
  readonly latencies: Readonly<Partial<Record<Step, number>>>;
  /** The last call that failed, if the visit found no end. */
  readonly trouble?: string;
}

export interface Shop {
  readonly website: string;
  readonly payments: string;
  readonly patienceMs: number;
}

/** Shares of the plans among customers; what is left of 1 buys. */
const shares: readonly (readonly [Plan, number])[] = [
  ['leavesTheQueue', 0.05],
  ['choosesNothing', 0.04],
  ['neverPays', 0.04],
  ['cardIsDeclined', 0.06],
  ['mistypesTheCode', 0.04],
];

const cards = { good: '4242424242424242', declined: '4000000000000002' } as const;
/** ms until a customer looks again when the shop shows nothing new. */
const glance = 1000;

export function planFor(random: () => number): Customer {
  let left = random();
  const quantity = 1 + Math.floor(random() * 2);
  for (const [plan, share] of shares) {
    if (left < share) return { plan, quantity };
    left -= share;
  }
  return { plan: 'buys', quantity };
}

/** Goes through the shop as planned. Never throws: trouble is part of the visit. */
export async function visit(customer: Customer, shop: Shop): Promise<Visit> {
  const person = new Person(customer, new ShopClient(shop.website, shop.payments));
  const deadline = Date.now() + shop.patienceMs;
  let trouble: string | undefined;
  while (outcomeOf(person.client.state) === undefined && Date.now() < deadline) {
    try {
      await person.act();
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
    if (outcomeOf(person.client.state) === undefined) await person.client.nextChange(glance);
  }
  person.client.close();
  const { state } = person.client;
  const outcome = outcomeOf(state);
  return {
    customer,
    sessionId: state.sessionId ?? '',
    ...(outcome && { outcome }),
    ticketCodes: state.tickets?.ticketCodes ?? [],
    latencies: person.latencies(),
    ...(trouble && !outcome && { trouble }),
  };
}

function outcomeOf({ stage }: ShopState): Outcome | undefined {
  return endStages.find((end) => end === stage);
}

class Person {
  readonly client: ShopClient;
  readonly #customer: Customer;
  readonly #began = new Map<Step, number>();
  readonly #took = new Map<Step, number>();

  constructor(customer: Customer, client: ShopClient) {
    this.#customer = customer;
    this.client = client;
  }

  latencies(): Visit['latencies'] {
    if (this.client.state.stage === 'issued') this.#end('issue');
    return Object.fromEntries(this.#took);
  }

  /** Does what the present stage asks for; nothing if one can only wait. */
  async act(): Promise<void> {
    const { client } = this;
    const { plan } = this.#customer;
    switch (client.state.stage) {
      case 'none':
        return client.open();
      case 'new':
        this.#begin('join');
        await client.post('join');
        return this.#end('join');
      case 'waiting':
        return plan === 'leavesTheQueue' ? client.post('quit') : undefined;
      case 'turn':
        return this.#choose();
      case 'reserved':
        return this.#end('reserve');
      case 'checkout':
        this.#end('reserve');
        this.#end('openPayment');
        return plan === 'neverPays' ? undefined : this.#pay();
      default:
        return undefined;
    }
  }

  async #choose(): Promise<void> {
    const { plan, quantity } = this.#customer;
    if (plan === 'choosesNothing') return;
    // Those seats are gone, and a simulated customer does not try again.
    if (plan === 'leavesTheQueue' || this.client.state.refusal) return this.client.post('quit');
    const choice = this.client.state.offer?.types.filter(({ left }) => left >= quantity) ?? [];
    const ticketsType = choice[Math.floor(choice.length / 2)]?.ticketsType ?? 'standing';
    this.#begin('reserve');
    this.#begin('openPayment');
    await this.client.post('request', { ticketsType, ticketsQuantity: quantity });
  }

  async #pay(): Promise<void> {
    const paymentId = this.client.state.payment?.paymentId;
    if (paymentId === undefined) return;
    let status = await this.client.paymentStatus(paymentId);
    const { plan } = this.#customer;
    if (status === 'open') {
      const number = plan === 'cardIsDeclined' ? cards.declined : cards.good;
      const card = { name: 'Kim Load', number, expiry: '12/49', cvc: '123' };
      status = await this.client.pay(paymentId, 'card', card);
    }
    if (status !== 'awaitingCode') return;
    this.#begin('issue');
    const code = plan === 'mistypesTheCode' ? '000000' : '123456';
    for (let attempt = 0; status === 'awaitingCode' && attempt < 3; attempt++) {
      status = await this.client.pay(paymentId, 'code', { code });
    }
  }

  #begin(step: Step): void {
    if (!this.#began.has(step)) this.#began.set(step, Date.now());
  }

  #end(step: Step): void {
    const began = this.#began.get(step);
    if (began !== undefined && !this.#took.has(step)) this.#took.set(step, Date.now() - began);
  }
}
