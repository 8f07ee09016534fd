import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Addresses } from '../../examples/concert/wiring.ts';

/** A person at a browser of their own, in the words of the shop. Waits for what the page shows, never for time. */
export class Shopper {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #shop: string;

  private constructor(context: BrowserContext, page: Page, shop: string) {
    this.#context = context;
    this.page = page;
    this.#shop = shop;
  }

  static async enter(browser: Browser, { website }: Addresses): Promise<Shopper> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const shopper = new Shopper(context, page, website);
    await page.goto(website);
    await shopper.sees('new');
    return shopper;
  }

  /** Waits until the shop shows a stage. */
  async sees(stage: string): Promise<void> {
    await this.page.locator(`body[data-stage="${stage}"]`).waitFor();
  }

  async joins(): Promise<void> {
    await this.page.locator('#join').click();
  }

  async wishesFor(ticketsType: string, quantity: number): Promise<void> {
    await this.sees('turn');
    await this.page.locator(`input[name=ticketsType][value="${ticketsType}"]`).check({ force: true });
    await this.page.locator('#quantity').fill(String(quantity));
    await this.page.locator('#reserve').click();
  }

  /** Fills the card form and is led to the bank. */
  async sendsCard(number = '4242 4242 4242 4242'): Promise<void> {
    await this.sees('checkout');
    await this.page.locator('#card-name').fill('Kim Test');
    await this.page.locator('#card-number').fill(number);
    await this.page.locator('#card-expiry').fill('12/49');
    await this.page.locator('#card-cvc').fill('123');
    await this.page.locator('#pay').click();
    await this.page.waitForURL(/\/bank\//);
  }

  /** Types the SMS code at the bank. */
  async confirms(code: string): Promise<void> {
    await this.page.locator('#code').fill(code);
    await this.page.getByRole('button', { name: /Confirm/ }).click();
  }

  /** Leaves the bank's page for the shop. */
  async returns(): Promise<void> {
    await this.page.goto(this.#shop);
  }

  async ticketCodes(): Promise<string[]> {
    await this.sees('issued');
    const tickets = await this.page.locator('#ticket-list .ticket').all();
    return Promise.all(tickets.map(async (ticket) => (await ticket.getAttribute('data-code')) ?? ''));
  }

  /** The words of an end page. */
  async endWords(): Promise<string> {
    return ((await this.page.locator('main').textContent()) ?? '').replace(/\s+/g, ' ');
  }

  async leaves(): Promise<void> {
    await this.#context.close();
  }
}
