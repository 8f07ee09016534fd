import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from './testing/browser.ts';
import { type Fixture, startFixture } from './testing/fixture.ts';

let site: Fixture;
before(async () => {
  site = await startFixture();
});
after(async () => {
  await site.close();
});

const inSeconds = (seconds: number) => new Date(site.clock.now() + seconds * 1_000).toISOString();
const seats = { ticketsType: 'standing', ticketsQuantity: 2 };

/** A browser whose purchase is at the choice of tickets. */
async function atTurn(): Promise<{ browser: Browser; sessionId: string }> {
  const browser = site.browser();
  const { sessionId } = await browser.begin();
  await browser.call('POST', '/api/join');
  await site.tell('Queue.CustomerExited', { sessionId, turnEndsAt: inSeconds(60) });
  return { browser, sessionId };
}

/** A browser whose payment is open. */
async function atCheckout(): Promise<{ browser: Browser; sessionId: string; ids: object }> {
  const { browser, sessionId } = await atTurn();
  await browser.call('POST', '/api/request', seats);
  const ids = { sessionId, reservationId: `R-${sessionId}`, paymentId: `P-${sessionId}`, amount: 247 };
  await site.tell('Tickets.Reserved', { ...ids, ...seats, currency: 'EUR', expiresAt: inSeconds(120) });
  await site.tell('Payments.RequestReceived', { ...ids, currency: 'EUR' });
  return { browser, sessionId, ids };
}

const stageOf = async (browser: Browser) => (await browser.call('GET', '/api/session')).body.stage;

describe('one purchase', () => {
  it('goes from joining to tickets, each step told by one event of its own', async () => {
    const { browser, sessionId, ids } = await atCheckout();
    const { body } = await browser.call('GET', '/api/session');
    assert.equal(body.stage, 'checkout');
    assert.equal(body.payment?.cardUrl, `http://payments.example/payments/P-${sessionId}/card`);
    await site.tell('Payments.Authorized', ids);
    assert.equal(await stageOf(browser), 'paid');
    await site.tell('Tickets.Issued', { ...ids, ...seats, ticketCodes: ['A-1', 'A-2'] });
    const done = await browser.call('GET', '/api/session');
    assert.deepEqual(done.body.tickets, { ...seats, ticketCodes: ['A-1', 'A-2'] });

    const wish = await site.sentEvent('Tickets.Requested', sessionId);
    assert.deepEqual(wish.data, { sessionId, ...seats });
    assert.equal(wish.source, '/website');
    assert.equal(wish.correlationkey, sessionId);
    const own = site.sent.filter(({ subject }) => subject === sessionId);
    assert.deepEqual(
      own.map(({ type }) => type),
      ['Tickets.CustomerQueueJoined', 'Tickets.Requested'],
    );
    assert.deepEqual(own[0]?.data, { sessionId, reminderEvery: 'PT45S' });
  });

  it('takes an event that comes twice as one', async () => {
    const { browser, sessionId } = await atTurn();
    await browser.call('POST', '/api/request', seats);
    const refused = { sessionId, reason: 'soldOut', left: 1 };
    await site.tell('Tickets.Refused', refused, { 'ce-id': `refusal-${sessionId}` });
    await browser.call('POST', '/api/request', { ...seats, ticketsQuantity: 1 });
    await site.tell('Tickets.Refused', refused, { 'ce-id': `refusal-${sessionId}` });
    assert.equal(await stageOf(browser), 'requested');
  });

  it('keeps a customer who came by events alone, so that the counts are of all', async () => {
    const sessionId = 'came-by-another-way';
    assert.equal(await site.tell('Queue.CustomerExited', { sessionId, turnEndsAt: inSeconds(60) }), 204);
    const counts = (await site.browser().call('GET', '/api/backoffice')).body as unknown as {
      stages: Record<string, number>;
    };
    assert.ok((counts.stages.turn ?? 0) >= 1);
  });

  it('refuses an event with broken data and names the field', async () => {
    assert.equal(await site.tell('Queue.CustomerExited', { sessionId: 'S', turnEndsAt: 'soon' }), 400);
    assert.equal(await site.tell('Queue.CustomerExited', { turnEndsAt: inSeconds(1) }), 400);
    assert.equal(await site.tell('Nobody.KnowsThis', { anything: 1 }), 204);
  });

  it('refuses quantities that cannot be meant (R18)', async () => {
    const { browser, sessionId } = await atTurn();
    for (const ticketsQuantity of [0, -1, 1.5, 11, '2', null]) {
      const answer = await browser.call('POST', '/api/request', { ticketsType: 'standing', ticketsQuantity });
      assert.equal(answer.status, 400, String(ticketsQuantity));
    }
    const strange = await browser.call('POST', '/api/request', {
      ticketsType: 'on the roof',
      ticketsQuantity: 1,
    });
    assert.equal(strange.status, 400);
    assert.equal(
      site.sent.some((event) => event.type === 'Tickets.Requested' && event.subject === sessionId),
      false,
    );
  });
});

describe('the cookie', () => {
  it('binds a purchase to its browser; a changed one is refused (R6)', async () => {
    const browser = site.browser();
    const { sessionId } = await browser.begin();
    const stranger = site.browser();
    await stranger.begin();
    const signature = stranger.cookie?.split('.').at(-1);
    stranger.cookie = `concert=${sessionId}.${signature}`;
    for (const [method, path] of [
      ['GET', '/api/session'],
      ['GET', '/api/live'],
      ['POST', '/api/join'],
      ['POST', '/api/quit'],
    ] as const) {
      assert.equal((await stranger.call(method, path)).status, 403, path);
    }
    assert.equal(await stageOf(browser), 'new');
  });

  it('is closed to scripts and to other sites', async () => {
    const response = await fetch(`${site.url}/api/session`, { method: 'POST' });
    const set = response.headers.get('set-cookie') ?? '';
    await response.arrayBuffer();
    assert.match(set, /; HttpOnly/);
    assert.match(set, /; SameSite=Lax/);
  });

  it('outlives a restart, as do the purchase and its countdown (R4, R6)', async () => {
    const { browser, sessionId } = await atTurn();
    const earlier = (await browser.call('GET', '/api/session')).body.turnEndsAt;
    await site.restart();
    const { body } = await browser.call('GET', '/api/session');
    assert.equal(body.sessionId, sessionId);
    assert.equal(body.turnEndsAt, earlier);
    assert.ok(existsSync(join(site.folder, 'website.key')));
  });

  it('gives a first visit nothing to look at, and no error', async () => {
    assert.equal((await site.browser().call('GET', '/api/session')).status, 204);
    assert.equal((await site.browser().call('POST', '/api/join')).status, 401);
  });
});

describe('a browser', () => {
  it('may take only the step it is at (R6, R7)', async () => {
    const browser = site.browser();
    await browser.begin();
    const early = await browser.call('POST', '/api/request', seats);
    assert.equal(early.status, 409);
    assert.equal(early.body.state?.stage, 'new');
    assert.equal((await browser.call('POST', '/api/quit')).status, 409);
    await browser.call('POST', '/api/join');
    assert.equal((await browser.call('POST', '/api/request', seats)).status, 409);
    assert.equal((await browser.call('POST', '/api/session')).status, 409, 'a purchase goes on');
  });

  it('cannot say that something was reserved, paid or issued (R7)', async () => {
    const { browser, sessionId } = await atTurn();
    const event = {
      'ce-specversion': '1.0',
      'ce-id': 'forged',
      'ce-source': '/payments',
      'ce-type': 'Payments.Authorized',
    };
    const data = { sessionId, reservationId: 'R', paymentId: 'P', amount: 1 };
    assert.equal((await browser.call('POST', '/events', data, event)).status, 403, 'with the cookie');
    const stranger = site.browser();
    for (const headers of [
      { origin: site.url },
      { 'sec-fetch-site': 'same-origin' },
      { 'x-forwarded-for': '10.1.2.3' },
    ]) {
      assert.equal((await stranger.call('POST', '/events', data, { ...event, ...headers })).status, 403);
    }
    assert.equal(await stageOf(browser), 'turn');
  });

  it('of another site is refused (R7)', async () => {
    const browser = site.browser();
    await browser.begin();
    const answer = await browser.call('POST', '/api/join', {}, { origin: 'http://evil.example' });
    assert.equal(answer.status, 403);
    assert.equal(await stageOf(browser), 'new');
  });

  it('gets new ids for every purchase (R15)', async () => {
    const { browser, sessionId, ids } = await atCheckout();
    await site.tell('Payments.Authorized', ids);
    await site.tell('Tickets.Issued', { ...ids, ...seats, ticketCodes: ['A-1', 'A-2'] });
    const again = await browser.begin();
    assert.equal(again.stage, 'new');
    assert.notEqual(again.sessionId, sessionId);
    const join = await browser.call('POST', '/api/join');
    assert.equal(join.body.stage, 'waiting');
    assert.equal(join.body.reservation, undefined);
  });

  it('that joins again joins once (R16)', async () => {
    const browser = site.browser();
    const { sessionId } = await browser.begin();
    const answers = await Promise.all([1, 2, 3].map(() => browser.call('POST', '/api/join')));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    await browser.call('POST', '/api/quit');
    // The broker has the last event of the session, so it has those before it too.
    await site.sentEvent('Queue.CustomerAbandoned', sessionId);
    assert.equal(
      (await browser.call('POST', '/api/join')).status,
      409,
      'an ended purchase does not queue again',
    );
    const joins = site.sent.filter(
      (event) => event.type === 'Tickets.CustomerQueueJoined' && event.subject === sessionId,
    );
    assert.equal(joins.length, 1);
  });

  it('that quits tells why, once', async () => {
    const { browser, sessionId } = await atCheckout();
    assert.equal((await browser.call('POST', '/api/quit')).body.cause, 'quit');
    assert.equal((await browser.call('POST', '/api/quit')).status, 200);
    assert.deepEqual((await site.sentEvent('Queue.CustomerAbandoned', sessionId)).data, {
      sessionId,
      reason: 'quit',
    });
  });
});

describe('the page', () => {
  it('is served with a policy that lets forms go to the payments service and nothing foreign come in (R20)', async () => {
    const response = await fetch(site.url);
    const policy = response.headers.get('content-security-policy') ?? '';
    const html = await response.text();
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /form-action 'self' http:\/\/payments\.example/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.doesNotMatch(html, /<script(?! type="module" src="\/)/);
    assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  });

  it('has one address, so that the cookie is there when the bank leads back', async () => {
    const { port } = new URL(site.url);
    const response = await fetch(`http://localhost:${port}/`, { redirect: 'manual' });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get('location'), `${site.url}/`);
  });

  it('names no file that is not served', async () => {
    for (const page of ['/', '/backoffice']) {
      const html = await (await fetch(`${site.url}${page}`)).text();
      const files = [...html.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map((match) => match[1] ?? '');
      for (const file of files) {
        const response = await fetch(`${site.url}${file}`);
        await response.arrayBuffer();
        assert.equal(response.status, 200, file);
      }
    }
  });

  it('is not sent again while it is unchanged', async () => {
    const first = await fetch(`${site.url}/shop.js`);
    await first.arrayBuffer();
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(`${site.url}/shop.js`, { headers: { 'if-none-match': etag } });
    await again.arrayBuffer();
    assert.equal(again.status, 304);
  });

  it('gets no card data to send here: no call takes it and the form has no other target (R20)', () => {
    const script = readFileSync(new URL('./public/screens/checkout.js', import.meta.url), 'utf8');
    assert.match(script, /form\.action = payment\.cardUrl/);
    assert.doesNotMatch(script, /fetch|call\(/);
  });
});
