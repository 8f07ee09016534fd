import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startTutti, type Tutti } from '../../src/tutti.ts';
import { openBrowser } from '../support/browser.ts';
import { get, post } from '../support/tutti-api.ts';
import { until } from '../support/until.ts';

/** Starts with an event of type `Begin`, then waits for `Go` with the same key. */
const MODEL = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">
  <message id="begin" name="Begin"/>
  <message id="go" name="Go"><extensionElements><zeebe:subscription correlationKey="=key"/></extensionElements></message>
  <process id="waiting" isExecutable="true">
    <startEvent id="s"><outgoing>f</outgoing><messageEventDefinition messageRef="begin"/></startEvent>
    <sequenceFlow id="f" sourceRef="s" targetRef="w"/>
    <intermediateCatchEvent id="w"><incoming>f</incoming><outgoing>g</outgoing><messageEventDefinition messageRef="go"/></intermediateCatchEvent>
    <sequenceFlow id="g" sourceRef="w" targetRef="e"/><endEvent id="e"><incoming>g</incoming></endEvent>
  </process></definitions>`;

/** The console in a real browser, on a real server. */
describe('events in the console', () => {
  let browser: Browser;
  let tutti: Tutti;
  let folder = '';
  let sinkUrl = '';
  let status = 400;
  const got: string[] = [];
  const sink = createServer((request, response) => {
    got.push(String(request.headers['ce-id']));
    request.resume();
    response.writeHead(status).end('no thanks');
  });
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tutti-console-'));
    sink.listen(0, '127.0.0.1');
    await once(sink, 'listening');
    sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
    [browser, tutti] = await Promise.all([
      openBrowser(),
      startTutti({ data: join(folder, 'data'), http: 0, grpc: 0 }),
    ]);
    const form = new FormData();
    form.append('resources', new Blob([MODEL]), 'waiting.bpmn');
    const response = await fetch(`${tutti.addresses.http}/v2/deployments`, { method: 'POST', body: form });
    assert.equal(response.status, 200);
  });
  after(async () => {
    await browser?.close();
    await tutti?.close();
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const publish = async (type: string, more: object = {}): Promise<number> => {
    const event = { specversion: '1.0', id: crypto.randomUUID(), source: '/test', type, ...more };
    const response = await fetch(`${tutti.addresses.http}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(event),
    });
    const { accepted } = (await response.json()) as { accepted: { sequence: number }[] };
    return accepted[0]?.sequence ?? assert.fail('not accepted');
  };
  /** Opens a page of the console for a while; a mistake in its script fails the test. */
  const visit = async (path: string, see: (page: Page, context: BrowserContext) => Promise<void>) => {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const mistakes: unknown[] = [];
    page.on('pageerror', (error) => mistakes.push(error));
    await page.goto(`${tutti.addresses.http}/console${path}`);
    await see(page, context);
    await context.close();
    assert.deepEqual(mistakes, []);
  };

  test('the list says what to do first, shows what comes without being asked, and is filtered by its address', async () => {
    await visit('/events', async (page) => {
      await page.getByText('No events yet').waitFor();
      await page.getByText('tutti publish Order.Placed').waitFor();
      await publish('Begin', { subject: 'a1', data: { key: 'a1' } });
      await page.getByRole('row', { name: /Begin.*started.*a1/ }).waitFor();
      await publish('Lost', { subject: 'a2' });
      await page.getByRole('row', { name: /Lost.*no match.*No deployed model/ }).waitFor();
      await page.getByLabel('Type', { exact: true }).fill('Begin');
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('link', { name: 'Lost' }).waitFor({ state: 'detached' });
      assert.equal(new URL(page.url()).search, '?type=Begin');
      await page.getByLabel('Follow').uncheck();
      assert.equal(new URL(page.url()).search, '?type=Begin&follow=false');
      await page.reload();
      await page.getByRole('link', { name: 'Begin' }).click();
      await page.getByRole('heading', { name: 'What became of it' }).waitFor();
      await page.getByRole('link', { name: 'Show the instance' }).click();
      await page.getByText('waits for message Go with key a1').waitFor();
    });
  });

  test('an event that missed tells whom, and its edited copy moves the instance', async () => {
    await publish('Begin', { subject: 'b1', data: { key: 'b1' } });
    const sequence = await publish('Other', { subject: 'b1', data: { amount: 1 } });
    await visit(`/events/${sequence}`, async (page) => {
      await page.getByText('waits with this key, but for type Go').waitFor();
      await page.getByText('"amount": 1').waitFor();
      await page.getByLabel('Raw').check();
      await page.getByText('{"amount":1}').waitFor();
      await page.getByRole('button', { name: 'Route again' }).click();
      await page.getByRole('heading', { name: 'What became of it 2' }).waitFor();
      await page.getByRole('button', { name: 'Publish an edited copy' }).click();
      const text = page.getByLabel('The event as JSON.');
      await text.fill('{broken');
      assert.equal(await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled(), true);
      await text.fill(
        JSON.stringify({ specversion: '1.0', id: 'copy', source: '/test', type: 'Go', subject: 'b1' }),
      );
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await page.getByText(/moved instance \d+ of waiting on at w/).waitFor();
      assert.notEqual(new URL(page.url()).pathname, `/console/events/${sequence}`);
    });
    await visit('/events/999999', (page) => page.getByText('holds no event with number 999999').waitFor());
  });

  test('a subscription is made, refused with the reason, changed and deleted', async () => {
    await visit('/subscriptions', async (page) => {
      await page.getByText('Nobody has subscribed').waitFor();
      await page.getByRole('button', { name: 'New subscription' }).click();
      const text = page.getByLabel('As the CloudEvents Subscriptions API has it.');
      const body = { sink: sinkUrl, protocol: 'HTTP', types: ['Sunk'] };
      await text.fill(JSON.stringify({ ...body, protocol: 'FAX' }));
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('alert').getByText('protocol').waitFor();
      await text.fill(JSON.stringify(body));
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.getByRole('row', { name: /Sunk.*active/ }).waitFor();
      await page.getByRole('button', { name: /^Edit/ }).click();
      await text.fill(JSON.stringify({ ...body, types: ['Sunk', 'Drowned'] }));
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('row', { name: /Sunk, Drowned/ }).waitFor();
      await page.getByRole('button', { name: /^Delete/ }).click();
      await page.getByRole('button', { name: 'Delete the subscription' }).click();
      await page.getByText('Nobody has subscribed').waitFor();
    });
  });

  test('dead letters are chosen by the many, sent again and discarded, with counts', async () => {
    const { id } = await post<{ id: string }>(`${tutti.addresses.http}/subscriptions`, {
      sink: sinkUrl,
      protocol: 'HTTP',
      types: ['Sunk'],
    });
    status = 400;
    for (const subject of ['1', '2', '3']) await publish('Sunk', { subject });
    const letters = async () =>
      (await get<{ items: object[] }>(`${tutti.addresses.http}/api/dead-letters`)).items.length;
    await until('three are given up', async () => ((await letters()) === 3 ? true : undefined));
    status = 200;
    await visit('/dead-letters', async (page) => {
      await page.getByLabel('Subscription').selectOption(id);
      assert.equal(new URL(page.url()).search, `?subscription=${id}`);
      await page
        .getByRole('checkbox', { name: /^Choose dead letter/ })
        .first()
        .check();
      await page.getByRole('button', { name: 'Discard' }).click();
      await page.getByRole('heading', { name: 'Discard 1 dead letter?' }).waitFor();
      await page.getByRole('button', { name: 'Leave them' }).click();
      await page.getByRole('button', { name: 'Discard' }).click();
      await page.getByRole('button', { name: 'Discard them' }).click();
      await page.getByText('1 dead letter discarded.').waitFor();
      const before = got.length;
      await page.getByLabel('Choose all that are shown').check();
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByRole('button', { name: 'Send them again' }).click();
      await page.getByText('2 dead letters on the way again.').waitFor();
      await page.getByText('None of this subscription').waitFor();
      await until('both have arrived', async () => (got.length === before + 2 ? true : undefined));
    });
  });

  test('the filter playground takes an event from the log and marks where a filter is wrong', async () => {
    const sequence = await publish('Picked', { subject: 'p1' });
    await visit(`/filters?event=${sequence}`, async (page) => {
      await until(
        'the event is shown',
        async () =>
          (await page.getByRole('textbox', { name: 'Event' }).inputValue()).includes('Picked') || undefined,
      );
      await page.getByRole('textbox', { name: 'Filter' }).fill("type = 'Pick");
      await page.getByText('in line 1, column 8').waitFor();
      assert.equal(await page.locator('mark').textContent(), "'");
      await page.getByRole('textbox', { name: 'Filter' }).fill('LENGTH(type) + 1');
      await page.getByText('value 7 of type Integer').waitFor();
      await page.getByLabel('JSON').check();
      await page.getByRole('textbox', { name: 'Filter' }).fill('{"exact": ');
      await page.getByText('Make filter and event valid JSON first.').waitFor();
      await page.getByRole('textbox', { name: 'Filter' }).fill('{"exact": {"type": "Picked"}}');
      await page.getByText('matches', { exact: true }).waitFor();
    });
  });

  test('the pages fit a phone', async () => {
    await publish('A.Very.Long.Type.Of.An.Event.That.Nobody.Would.Choose', { subject: 'x'.repeat(80) });
    await post(`${tutti.addresses.http}/subscriptions`, { sink: sinkUrl, protocol: 'HTTP', types: ['Dead'] });
    status = 400;
    const dead = await publish('Dead');
    const pages = [
      ['/events', 'Nobody.Would.Choose'],
      [`/events/${dead}`, 'Send again'],
      ['/subscriptions', 'active'],
      ['/dead-letters', 'Such an answer is final'],
      ['/filters', 'Dialect'],
    ] as const;
    for (const [path, text] of pages) {
      await visit(path, async (page) => {
        await page.setViewportSize({ width: 390, height: 800 });
        await page.getByText(text).first().waitFor();
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
        assert.ok(wide <= 390, `${path} is ${wide} wide`);
      });
    }
  });
});
