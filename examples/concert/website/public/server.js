/** Calls to the website, the live state, and the server's time. */

/**
 * @typedef {{ticketsType: string, label: string, price: number, total: number, left: number}} OfferType
 * @typedef {{currency: string, maxPerPurchase: number, types: OfferType[]}} Offer
 * @typedef {object} State
 * @property {string} sessionId
 * @property {string} stage
 * @property {number} version grows with each state the server makes, comparable within one boot of it
 * @property {string} boot
 * @property {number} now epoch ms of the server
 * @property {boolean} ticketsUp false while the tickets service does not answer
 * @property {{position: number, size: number, waitSeconds?: number}} [queue]
 * @property {string} [turnEndsAt]
 * @property {Offer} [offer]
 * @property {{ticketsType: string, ticketsQuantity: number}} [request]
 * @property {{reservationId: string, ticketsType: string, ticketsQuantity: number, amount: number, currency: string, expiresAt: string}} [reservation]
 * @property {{paymentId: string, amount: number, cardUrl: string, bankUrl: string}} [payment]
 * @property {{ticketsType: string, ticketsQuantity: number, ticketCodes: string[]}} [tickets]
 * @property {{kind: 'reminder', secondsLeft: number} | {kind: 'wishRefused', reason: string, left?: number} | {kind: 'refunded', amount: number, currency: string}} [notice]
 * @property {string} [cause] why an end came
 */

export class Refused extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `The box office answered ${status}`);
    this.status = status;
    /** The present state, where the answer was 409. @type {State | undefined} */
    this.state = body?.state;
  }
}

/**
 * @param {'GET' | 'POST'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} the JSON of the answer, undefined for 204; rejects with Refused, or TypeError where nothing answered
 */
export async function call(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) throw new Refused(response.status, answer);
  return answer;
}

/** The purchase of this browser; begins one where there is none. @returns {Promise<State>} */
export async function presentState() {
  try {
    return (await call('GET', '/api/session')) ?? (await call('POST', '/api/session'));
  } catch (error) {
    if (error instanceof Refused && error.status === 403) return call('POST', '/api/session');
    throw error;
  }
}

let offset = 0;

/** Takes over the server's time; this browser's own clock plays no part. @param {number} epochMs */
export function setServerTime(epochMs) {
  offset = epochMs - performance.now();
}

/** The server's time, epoch ms. */
export function serverNow() {
  return performance.now() + offset;
}

/** Seconds from now until a date, may be negative. @param {string} date RFC 3339 */
export function secondsUntil(date) {
  return (Date.parse(date) - serverNow()) / 1000;
}

/** Nothing heard for so long means that the connection is dead: the server speaks every 15 s. */
const silenceMs = 40_000;

/**
 * Follows the live state; reconnects by itself and then gets the present state first.
 * @param {{onState: (state: State) => void, onConnection: (connected: boolean) => void}} listener
 * @returns {{restart: () => void}}
 */
export function live({ onState, onConnection }) {
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let watchdog;
  let retryMs = 500;

  function heard() {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, silenceMs);
    retryMs = 500;
    onConnection(true);
  }

  function lost() {
    source?.close();
    clearTimeout(watchdog);
    onConnection(false);
    watchdog = setTimeout(again, retryMs);
    retryMs = Math.min(retryMs * 2, 8_000);
  }

  async function again() {
    try {
      onState(await presentState());
      open();
    } catch {
      lost();
    }
  }

  function open() {
    source?.close();
    source = new EventSource('/api/live');
    source.addEventListener('state', (event) => {
      heard();
      onState(JSON.parse(event.data));
    });
    source.addEventListener('time', (event) => {
      heard();
      setServerTime(Number(event.data));
    });
    source.addEventListener('error', lost);
  }

  open();
  return { restart: open };
}
