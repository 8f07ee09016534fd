import type { Envelope } from './protocol.ts';

/** So many events share a transaction if they are there. */
const SHARING_EVENTS = 16;

/**
 * First in, first out; taken in batches that are bounded in number and bytes. Of many events half are taken at a time: while
 * the writer moves these, those who sent the other ones are answered and send again. Taken all together, writer and
 * sockets would work in turn.
 */
export class RequestQueue {
  #items: Envelope[] = [];
  #head = 0;
  /** Events of all that wait. */
  #events = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  add(requests: readonly Envelope[]): void {
    for (const request of requests) {
      this.#items.push(request);
      this.#events += request.events ?? 0;
    }
  }

  putBack(requests: readonly Envelope[]): void {
    this.#items = [...requests, ...this.#items.slice(this.#head)];
    this.#head = 0;
    for (const { events = 0 } of requests) this.#events += events;
  }

  /** Hands requests out one by one until a bound is met or `visit` says that it has enough. */
  take(maxRequests: number, maxBytes: number, visit: (request: Envelope) => boolean): void {
    const mostEvents = Math.max(SHARING_EVENTS, this.#events / 2);
    let bytes = 0;
    let events = 0;
    for (let taken = 0; taken < maxRequests; taken++) {
      const request = this.#items[this.#head];
      if (request === undefined) break;
      bytes += sizeOf(request.body);
      if (taken > 0 && bytes > maxBytes) break;
      this.#head++;
      events += request.events ?? 0;
      this.#events -= request.events ?? 0;
      if (!visit(request) || events >= mostEvents) break;
    }
    if (this.#head === this.#items.length || this.#head > 4096) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  takeAll(): Envelope[] {
    const all = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    this.#events = 0;
    return all;
  }

  /** Replaces the body of a request that still waits; true if there was one. */
  replace(id: number, change: (body: unknown, kind: string) => unknown): boolean {
    for (let at = this.#head; at < this.#items.length; at++) {
      const request = this.#items[at];
      if (request?.id !== id) continue;
      this.#items[at] = { ...request, body: change(request.body, request.kind) };
      return true;
    }
    return false;
  }
}

/** Rough bytes of a request: its texts and bytes, and a little for each member. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let bytes = 16;
  if (Array.isArray(value)) for (const member of value) bytes += sizeOf(member);
  else if (value instanceof Map) for (const [key, member] of value) bytes += sizeOf(key) + sizeOf(member);
  else for (const member of Object.values(value)) bytes += 8 + sizeOf(member);
  return bytes;
}

/** The same request, answered at the end of its transaction whatever there is. */
export function withoutWaiting(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'wait' in body ? { ...body, wait: false } : body;
}
