import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { LivePage } from './testing/browser.ts';
import { type Fixture, startFixture } from './testing/fixture.ts';

let site: Fixture;
before(async () => {
  site = await startFixture();
});
after(async () => {
  await site.close();
});

async function waiting(position: number) {
  const browser = site.browser();
  const { sessionId } = await browser.begin();
  site.desk.places.set(sessionId, { position, size: 500, waitSeconds: position * 2 });
  await browser.call('POST', '/api/join');
  return { browser, sessionId };
}

describe('live states', () => {
  it('begin with the present one and follow every change', async () => {
    const { browser, sessionId } = await waiting(7);
    const page = await browser.live();
    const first = await page.until(() => true);
    assert.deepEqual(first.queue, { position: 7, size: 500, waitSeconds: 14 });
    await site.tell('Queue.CustomerExited', {
      sessionId,
      turnEndsAt: new Date(site.clock.now() + 60_000).toISOString(),
    });
    const turn = await page.until((view) => view.stage === 'turn');
    assert.ok(turn.version > first.version);
    page.close();
  });

  it('give a page that was away the present state when it comes back (R14)', async () => {
    const { browser, sessionId } = await waiting(3);
    const page = await browser.live();
    await page.until((view) => view.stage === 'waiting');
    page.close();
    await page.ended;
    await site.tell('Queue.CustomerExited', {
      sessionId,
      turnEndsAt: new Date(site.clock.now() + 60_000).toISOString(),
    });
    const back = await browser.live();
    assert.equal((await back.until(() => true)).stage, 'turn');
    back.close();
  });

  it('reach all pages of a purchase and none of another (R6)', async () => {
    const mine = await waiting(1);
    const other = await waiting(2);
    const pages = [await mine.browser.live(), await mine.browser.live()];
    const theirs = await other.browser.live();
    await theirs.until(() => true);
    await mine.browser.call('POST', '/api/quit');
    for (const page of pages) await page.until((view) => view.stage === 'abandoned');
    assert.ok(theirs.states.every((view) => view.sessionId === other.sessionId));
    for (const page of [...pages, theirs]) page.close();
  });

  it('carry the server’s time beside the dates, so that the browser’s clock plays no part (R21)', async () => {
    await site.clock.moveTo(Date.UTC(2031, 4, 5, 6, 7, 8));
    const { browser, sessionId } = await waiting(0);
    const turnEndsAt = '2031-05-05T06:08:08.000Z';
    await site.tell('Queue.CustomerExited', { sessionId, turnEndsAt });
    const { body } = await browser.call('GET', '/api/session');
    assert.equal(body.now, Date.UTC(2031, 4, 5, 6, 7, 8));
    assert.equal(Date.parse(body.turnEndsAt ?? '') - (body.now ?? 0), 60_000);
    await site.clock.reset();
  });

  it('of a thousand who wait cost one question and are written only where a place changed', async () => {
    const crowd = await Promise.all(Array.from({ length: 1_000 }, (_, index) => waiting(index)));
    const pages: LivePage[] = await Promise.all(crowd.map(({ browser }) => browser.live()));
    await Promise.all(pages.map((page) => page.until((view) => view.queue !== undefined)));
    const seen = pages.map((page) => page.states.length);
    site.desk.asked.length = 0;
    for (const [index, { sessionId }] of crowd.entries()) {
      if (index >= 990) site.desk.places.set(sessionId, { position: index - 10, size: 490, waitSeconds: 1 });
    }
    const moved = pages.slice(990);
    await Promise.all(moved.map((page, index) => page.until((view) => view.queue?.position === 980 + index)));
    const rounds = site.desk.asked.filter((question) => question === 'POST /queue/positions').length;
    assert.ok(rounds >= 1 && rounds <= 4, `${rounds} questions`);
    const still = pages.slice(0, 990).filter((page, index) => page.states.length !== seen[index]);
    assert.equal(still.length, 0);
    for (const page of pages) page.close();
    await Promise.all(pages.map((page) => page.ended));
  });

  it('say that the tickets service does not answer, and recover by themselves', async () => {
    const { browser } = await waiting(5);
    const page = await browser.live();
    await page.until((view) => view.ticketsUp);
    await site.closeDesk();
    const down = await page.until((view) => !view.ticketsUp);
    await site.openDesk();
    await page.until((view) => view.ticketsUp && view.version > down.version);
    page.close();
  });

  it('end when the website stops, and continue with the next one', async () => {
    const { browser } = await waiting(9);
    const page = await browser.live();
    await page.until(() => true);
    await site.restart();
    await page.ended;
    const next = await browser.live();
    assert.equal((await next.until(() => true)).stage, 'waiting');
    next.close();
  });
});
