/** A browser without a screen: the shop's cookie, calls and live states, and the bank's forms. */

export interface ShopState {
  readonly sessionId?: string;
  readonly stage: string;
  /** At stage `turn`: why the last wish was refused. */
  readonly refusal?: object;
  readonly offer?: { readonly types: readonly { readonly ticketsType: string; readonly left: number }[] };
  readonly payment?: { readonly paymentId: string };
  readonly tickets?: { readonly ticketCodes: readonly string[] };
}

/** A call that the shop or the bank refused. */
export class ShopError extends Error {
  readonly status: number;

  constructor(what: string, status: number, body: string) {
    super(`${what} answered ${status}: ${body.slice(0, 300)}`);
    this.status = status;
  }
}

const reconnectMs = 200;

export class ShopClient {
  readonly #website: string;
  readonly #payments: string;
  readonly #closing = new AbortController();
  #cookie = '';
  #state: ShopState = { stage: 'none' };
  #changed: (() => void)[] = [];

  constructor(website: string, payments: string) {
    this.#website = website;
    this.#payments = payments;
  }

  get state(): ShopState {
    return this.#state;
  }

  /** Begins a purchase and follows its states until {@link ShopClient.close}, connecting again as a browser does. */
  async open(): Promise<void> {
    const response = await this.#send('POST', `${this.#website}/api/session`, {});
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0] ?? '')
      .join('; ');
    this.#state = (await response.json()) as ShopState;
    void this.#follow();
  }

  /** Resolves at the next change of the state, or after a time. */
  nextChange(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#changed.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async post(path: 'join' | 'request' | 'quit', body: object = {}): Promise<void> {
    await this.#send('POST', `${this.#website}/api/${path}`, body);
  }

  async paymentStatus(paymentId: string): Promise<string> {
    return statusOf(await this.#send('GET', `${this.#payments}/payments/${paymentId}`));
  }

  /** Card or code to the bank; answers the payment's status. */
  async pay(paymentId: string, step: 'card' | 'code', body: object): Promise<string> {
    return statusOf(await this.#send('POST', `${this.#payments}/payments/${paymentId}/${step}`, body));
  }

  close(): void {
    this.#closing.abort();
  }

  async #send(method: string, url: string, body?: object): Promise<Response> {
    const response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        cookie: this.#cookie,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new ShopError(`${method} ${new URL(url).pathname}`, response.status, await response.text());
    return response;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        const live = await fetch(`${this.#website}/api/live`, { headers: { cookie: this.#cookie }, signal });
        if (live.ok && live.body) await this.#read(live.body);
      } catch {
        // The shop is away, or we are: the loop knows.
      }
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, reconnectMs));
    }
  }

  async #read(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let buffered = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      buffered += chunk;
      const blocks = buffered.split('\n\n');
      buffered = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const data = block
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5))
      .join('\n');
    if (data.trim() === '') return;
    this.#state = JSON.parse(data);
    const waiting = this.#changed;
    this.#changed = [];
    for (const wake of waiting) wake();
  }
}

async function statusOf(response: Response): Promise<string> {
  const answer: unknown = await response.json();
  return typeof answer === 'object' && answer !== null ? String(Reflect.get(answer, 'status')) : '';
}
