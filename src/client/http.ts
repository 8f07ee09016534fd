/** How to reach a server. */
export interface ConnectionOptions {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Sent with every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue the platform's own */
  readonly fetch?: typeof fetch;
}

/** The server refused a request. `status` is that of HTTP, `title` and `detail` those of its problem document. */
export class TuttiError extends Error {
  readonly status: number;
  /** Such as `NOT_FOUND`, see `docs/reference/errors.md`. */
  readonly title: string;
  readonly detail: string;
  /** ms after which it makes sense to try again, if the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, title: string, detail: string, retryAfterMs?: number) {
    super(detail === '' ? `${status} ${title}` : detail);
    this.name = 'TuttiError';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }

  /** True if the same request may succeed later. */
  get passing(): boolean {
    return this.status === 429 || this.status === 503;
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | FormData;
  readonly signal?: AbortSignal | undefined;
}

/** Requests to one server. */
export class Connection {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor({ url, headers = {}, fetch = globalThis.fetch }: ConnectionOptions) {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:')
      throw new TypeError(
        `url must be an http or https address such as http://127.0.0.1:8080, not '${url}'.`,
      );
    this.#url = url.replace(/\/+$/, '');
    this.#headers = headers;
    // Browsers refuse a fetch that is called as a method of something else.
    this.#fetch = (input, init) => fetch(input, init);
  }

  /** @throws TuttiError for a refusal; what `fetch` throws if the server cannot be reached */
  async send(path: string, { method = 'POST', headers, body, signal }: Call = {}): Promise<Response> {
    const response = await this.#fetch(`${this.#url}${path}`, {
      method,
      headers: { ...this.#headers, ...headers },
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
      ...(signal && { signal }),
    });
    if (response.ok) return response;
    throw await refusalOf(response);
  }

  /** Sends JSON and reads JSON; undefined if the answer is empty. */
  async json<Value>(
    path: string,
    body?: unknown,
    { method = 'POST', signal }: Pick<Call, 'method' | 'signal'> = {},
  ): Promise<Value> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const call = { method, headers, signal, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const text = await (await this.send(path, call)).text();
    return (text === '' ? undefined : JSON.parse(text)) as Value;
  }
}

async function refusalOf(response: Response): Promise<TuttiError> {
  const text = await response.text().catch(() => '');
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    return new TuttiError(response.status, title ?? response.statusText, detail ?? '', retryAfterMs);
  } catch {
    return new TuttiError(response.status, response.statusText, text.slice(0, 500), retryAfterMs);
  }
}
