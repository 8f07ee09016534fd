import { randomUUID } from 'node:crypto';
import { ShopClient } from '../../examples/concert/load/shop-client.ts';
import type { Addresses } from '../../examples/concert/wiring.ts';
import { until } from './until.ts';

/** A customer without a browser, who goes no step further than the test says. */
export class Buyer {
  readonly #client: ShopClient;
  readonly #addresses: Addresses;

  private constructor(client: ShopClient, addresses: Addresses) {
    this.#client = client;
    this.#addresses = addresses;
  }

  /** Stays until the test ends. */
  static async enter(t: { after(clean: () => unknown): void }, addresses: Addresses): Promise<Buyer> {
    const client = new ShopClient(addresses.website, addresses.payments);
    t.after(() => client.close());
    await client.open();
    return new Buyer(client, addresses);
  }

  get sessionId(): string {
    return this.#client.state.sessionId ?? '';
  }

  get paymentId(): string {
    return this.#client.state.payment?.paymentId ?? '';
  }

  get ticketCodes(): readonly string[] {
    return this.#client.state.tickets?.ticketCodes ?? [];
  }

  /** Joins the queue, is called, and gets seats held. */
  async holds(ticketsQuantity: number): Promise<void> {
    await this.#client.post('join');
    await this.sees('turn');
    await this.#client.post('request', { ticketsType: 'standing', ticketsQuantity });
  }

  async pays(): Promise<void> {
    await this.sees('checkout');
    const card = { name: 'Kim Test', number: '4242424242424242', expiry: '12/49', cvc: '123' };
    await this.#client.pay(this.paymentId, 'card', card);
    await this.#client.pay(this.paymentId, 'code', { code: '123456' });
  }

  async sees(stage: string): Promise<void> {
    await until(`${this.sessionId} is at ${stage}`, async () =>
      this.#client.state.stage === stage ? true : undefined,
    ).catch((error: unknown) => {
      throw new Error(`the shop shows ${JSON.stringify(this.#client.state)}`, { cause: error });
    });
  }

  /** An event about this customer comes from nowhere; answers when it is stored. */
  async tellsOf(type: string, data: object, correlationKey = this.sessionId): Promise<void> {
    const response = await fetch(`${this.#addresses.tutti}/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...{ 'ce-specversion': '1.0', 'ce-id': randomUUID(), 'ce-source': '/test', 'ce-type': type },
        ...{ 'ce-subject': this.sessionId, 'ce-correlationkey': correlationKey },
      },
      body: JSON.stringify({ sessionId: this.sessionId, ...data }),
    });
    if (response.status !== 202) throw new Error(`POST /events answered ${response.status}`);
  }
}
