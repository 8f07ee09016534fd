import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openWorld, type World } from '../testing.ts';
import { goodCard, opened, pay, post, postForm, silentCard } from './testing.ts';

describe("the bank's pages", () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  const page = async (paymentId: string) => {
    const response = await fetch(`${world.payments().url}/bank/${paymentId}`);
    return { response, text: await response.text() };
  };

  it('lead from card form to code to outcome and back to the shop', async () => {
    const paymentId = await opened(world, 'way');
    const form = await page(paymentId);
    assert.equal(form.response.status, 200);
    for (const name of ['name', 'number', 'expiry', 'cvc'])
      assert.match(form.text, new RegExp(`<input id="${name}"`));
    assert.match(form.text, /€247\.00/);
    const sent = await postForm(world, `/payments/${paymentId}/card`, { ...goodCard, amount: '247' });
    assert.equal(sent.status, 303);
    assert.equal(sent.headers.get('location'), `/bank/${paymentId}`);
    const code = await page(paymentId);
    assert.match(code.text, /Enter the code we sent to your phone/);
    assert.match(code.text, /123456/);
    assert.match(code.text, /ending in 4242/);
    await postForm(world, `/payments/${paymentId}/code`, { code: '111111' });
    assert.match((await page(paymentId)).text, /not right; 2 attempts are left/);
    assert.equal((await postForm(world, `/payments/${paymentId}/code`, { code: '123456' })).status, 303);
    const done = await page(paymentId);
    assert.match(done.text, /Payment approved/);
    assert.match(done.text, /<a class="button" href="http:\/\/127\.0\.0\.1:8090\/\?back=1">/);
    assert.match(done.text, /http-equiv="refresh" content="3;url=http:\/\/127\.0\.0\.1:8090\/\?back=1"/);
  });

  it('show a wrong card again with what to correct, and nothing of what was typed', async () => {
    const paymentId = await opened(world, 'wrong');
    const answer = await postForm(world, `/payments/${paymentId}/card`, {
      ...goodCard,
      number: '4242424242424241',
    });
    const text = await answer.text();
    assert.equal(answer.status, 422);
    assert.match(text, /mistyped/);
    assert.match(text, /aria-invalid="true" aria-describedby="number-error"/);
    assert.doesNotMatch(text, /4242424242424241|Lovelace/);
  });

  it('take a form that is sent twice as sent once', async () => {
    const paymentId = await opened(world, 'twice');
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await postForm(world, `/payments/${paymentId}/card`, goodCard)).status, 303);
    }
    for (let time = 0; time < 2; time += 1) {
      assert.equal((await postForm(world, `/payments/${paymentId}/code`, { code: '123456' })).status, 303);
    }
    assert.match((await page(paymentId)).text, /Payment approved/);
  });

  it('say that the bank is silent, that it was cancelled, and that it was refunded', async () => {
    const paymentId = await opened(world, 'silent');
    await pay(world, paymentId, silentCard);
    const waiting = await page(paymentId);
    assert.match(waiting.text, /Waiting for the bank/);
    assert.match(waiting.text, /http-equiv="refresh" content="2"/);
    await post(world, `/payments/${paymentId}/cancel`, { reason: 'timedOut' });
    assert.match((await page(paymentId)).text, /Payment cancelled/);
    const paid = await opened(world, 'refunded');
    await pay(world, paid);
    await post(world, `/payments/${paid}/cancel`, { reason: 'timedOut' });
    assert.match((await page(paid)).text, /came too late.*goes back to your card/s);
  });

  it('allow no scripts, no frames and nothing from elsewhere', async () => {
    const { response, text } = await page(await opened(world, 'safe'));
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.doesNotMatch(text, /<script| on[a-z]+=|src=|<link/);
    assert.doesNotMatch(text, /https?:\/\/(?!127\.0\.0\.1:8090)/);
  });

  it('escape what others sent', async () => {
    const paymentId = await opened(world, '<b>"&\'');
    assert.match((await page(paymentId)).text, /Order &#60;b&#62;&#34;&#38;&#39;/);
  });

  it('lead back to a known shop only', async () => {
    for (const returnUrl of [
      'http://evil.example/',
      'javascript:alert(1)',
      'http://127.0.0.1:8090.evil.example/',
      '//x',
    ]) {
      const paymentId = await opened(world, `return ${returnUrl}`, { returnUrl });
      await pay(world, paymentId);
      const { text } = await page(paymentId);
      assert.match(text, /Payment approved/);
      assert.doesNotMatch(text, /Back to the shop|http-equiv="refresh"|evil/);
    }
  });

  it('answer 404 with a page for an unknown payment', async () => {
    const { response, text } = await page('nobody');
    assert.equal(response.status, 404);
    assert.match(text, /Unknown payment/);
    assert.equal((await post(world, '/payments/nobody/card', goodCard)).status, 404);
  });

  it('take forms of the shop and their own, not of a foreign page or a foreign name', async () => {
    const paymentId = await opened(world, 'origin');
    const from = (origin: string) => postForm(world, `/payments/${paymentId}/card`, goodCard, origin);
    assert.equal((await from('http://evil.example')).status, 403);
    assert.equal((await from('null')).status, 403);
    assert.equal((await world.ask(`/payments/${paymentId}`, 'payments')).status, 'open');
    assert.equal((await from('http://localhost:8090')).status, 303);
    assert.equal((await from(world.payments().url)).status, 303);
  });
});
