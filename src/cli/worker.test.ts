import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cliWith, folderOf, serve } from './cli.test-helper.ts';
import { Shop } from './daily.test-helper.ts';

describe('A worker on the command line', () => {
  let shop: Shop;
  const cleanings: (() => unknown)[] = [];
  before(async () => {
    shop = await Shop.open({ after: (clean) => cleanings.push(clean) });
  });
  after(async () => {
    for (const clean of cleanings.reverse()) await clean();
  });

  /** Runs a worker with a handler in JavaScript; `v` holds the variables. */
  const work = (body: string, ...more: string[]) => {
    const file = shop.file(
      `handler-${Math.random()}.cjs`,
      `const v = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));\n${body}`,
    );
    const handler = `'${process.execPath}' '${file}'`;
    return shop.tutti('worker', 'payment', '--handler', handler, ...more);
  };

  it('completes jobs with what the handler writes, and tells it all about them', async () => {
    const { key, job } = await shop.order('w1');
    const { out, code } = await work(
      `const { TUTTI_JOB_KEY: job, TUTTI_JOB_HEADERS: headers, TUTTI_ELEMENT_ID: at, TUTTI_INSTANCE_KEY: of } = process.env;
       console.log('{"paid": 12345678901234567890.10, "told": ' + JSON.stringify([v.orderId, job, headers, at, of]) + '}');`,
      '--jobs',
      '1',
    );
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^Waiting for jobs of type payment at .*\\nJob ${job} completed\\.$`));
    assert.equal((await shop.tutti('variables', key, '--name', 'paid')).out, '12345678901234567890.10');
    const told = JSON.parse((await shop.tutti('variables', key, '--name', 'told')).out);
    assert.deepEqual(told, ['w1', job, '{"bank":"b1"}', 'pay', key]);
  });

  it('fails a job with what the handler says on standard error, until its retries are used up', async () => {
    const { key, job } = await shop.order('w2');
    const { out } = await work(`console.error('the bank is closed'); process.exit(1);`, '--jobs', '2');
    assert.match(out, new RegExp(`Job ${job} failed, 1 retry left: the bank is closed\\.`));
    const [incident] = await shop.list('incidents', '--instance', key);
    assert.deepEqual([incident.errorType, incident.errorMessage], ['JOB_NO_RETRIES', 'the bank is closed']);
    await shop.tutti('cancel', key);
  });

  it('throws the BPMN error that the handler names', async () => {
    const { key, job } = await shop.order('w3');
    const thrown = { errorCode: 'CARD_REFUSED', errorMessage: 'expired', variables: { month: 5 } };
    const { out } = await work(`console.log('${JSON.stringify(thrown)}'); process.exit(3);`, '--jobs', '1');
    assert.match(out, new RegExp(`Job ${job} has thrown the error CARD_REFUSED\\.`));
    assert.match((await shop.tutti('instance', key)).out, /sorry +END_EVENT +COMPLETED/);
  });

  it('fails jobs whose handler writes nonsense, takes too long or is not there', async () => {
    const cases: readonly [string, RegExp, ...string[]][] = [
      [`console.log('[1]');`, /must be a JSON object/],
      [`console.log('{}'); process.exit(3);`, /wrote no \{"errorCode": "…"\}/],
      [`setTimeout(() => {}, 60000);`, /The handler was ended: it took more than 0\.9 s/, '--timeout', '1'],
      [`process.kill(process.pid, 'SIGKILL');`, /failed, 1 retry left: (The handler ended with|Killed)/],
    ];
    for (const [body, told, ...more] of cases) {
      const { key } = await shop.order('w4');
      const begun = performance.now();
      assert.match((await work(body, '--jobs', '1', ...more)).out, told);
      assert.ok(performance.now() - begun < 20_000);
      await shop.tutti('cancel', key);
    }
    const { key } = await shop.order('w5');
    const absent = ['worker', 'payment', '--handler', 'tutti-no-such-command', '--jobs', '1'];
    assert.match((await shop.tutti(...absent)).out, /failed, 1 retry left: .*tutti-no-such-command/);
    await shop.tutti('cancel', key);
    assert.equal((await shop.tutti('worker', 'payment')).code, 2);
  });

  it('finishes what it has begun when it is asked to end', async () => {
    const { key, job } = await shop.order('w6');
    const begun = join(shop.folder, 'begun');
    const stop = new AbortController();
    const handler = `echo 1 > '${begun}'; sleep 1; echo '{"done": true}'`;
    const working = cliWith(
      { interrupted: () => stop.signal },
      ...['worker', 'payment', '--handler', handler, '--url', shop.url],
    );
    while (!existsSync(begun)) await sleep(20);
    stop.abort();
    const { code, out, err } = await working;
    assert.equal(code, 0);
    assert.match(err, /^Finishing 1 of them/);
    assert.match(out, new RegExp(`Job ${job} completed\\.$`));
    assert.equal((await shop.tutti('variables', key, '--name', 'done')).out, 'true');
  });

  it('goes on when the server is back', async (t) => {
    const data = folderOf(t);
    const first = await serve(t, data);
    const port = new URL(first.url).port;
    const err: string[] = [];
    const stop = new AbortController();
    const working = cliWith(
      {
        interrupted: () => stop.signal,
        err: (line) => {
          err.push(line);
          if (/is back/.test(line)) stop.abort();
        },
      },
      ...['worker', 'x', '--handler', 'true', '--url', first.url],
    );
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    while (err.length === 0) await sleep(20);
    await serve(t, data, '--http', port);
    assert.equal((await working).code, 0);
    assert.match(err[0] ?? '', /No server answers at .* Trying again until it is back\./);
  });
});
