import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cliWith } from './cli.test-helper.ts';
import { Shop } from './daily.test-helper.ts';

describe('Processes on the command line', () => {
  let shop: Shop;
  const cleanings: (() => unknown)[] = [];
  before(async () => {
    shop = await Shop.open({ after: (clean) => cleanings.push(clean) });
  });
  after(async () => {
    for (const clean of cleanings.reverse()) await clean();
  });

  it('starts an instance with every digit of its variables, and shows them again', async () => {
    const file = shop.file('vars.json', '{"amount": 12345678901234567890.10, "orderId": "file"}');
    const started = await shop.tutti('start', 'order', '--variables', `@${file}`, '--var', 'orderId=o 1');
    assert.match(started.out, /^Instance \d+ of order v1 started\.$/, started.err);
    const key = /\d{16}/.exec(started.out)?.[0] ?? '';
    assert.match((await shop.tutti('variables', key)).out, /amount +instance +12345678901234567890\.10/);
    assert.equal((await shop.tutti('variables', key, '--name', 'orderId')).out, '"o 1"');
    const none = await shop.tutti('variables', key, '--name', 'nothing');
    assert.equal(none.code, 1);
    assert.match(none.err, new RegExp(`tutti variables ${key} lists all`));
    assert.match(
      (await shop.tutti('variables', 'set', key, '--var', 'more=[1]')).out,
      /^Variables of \d+ set\.$/,
    );
    assert.equal((await shop.tutti('variables', key, '--name', 'more')).out, '[1]');
  });

  it('waits for the result of an instance, from a key or an id', async () => {
    const awaited = await shop.tutti('start', 'price', '--var', 'amount=21', '--await', '--fetch', 'total');
    assert.match(awaited.out, /^Instance \d+ of price v1 completed\.\n\{\n {2}"total": 42\n\}$/);
    const [{ processDefinitionKey }] = JSON.parse(
      `[${(await shop.tutti('start', 'price', '--var', 'amount=1', '--json')).out}]`,
    );
    assert.equal((await shop.tutti('start', processDefinitionKey, '--var', 'amount=1')).code, 0);
    const never = await shop.tutti('start', 'order', '--await', '--timeout', '1');
    assert.equal(never.code, 5);
    assert.match(never.err, /has not completed within 1000 ms/);
  });

  it('says what is wrong with variables and words, and what to do', async () => {
    const refused: readonly [string[], RegExp][] = [
      [['start', 'order', '--variables', '{'], /--variables is no JSON/],
      [['start', 'order', '--variables', '[1]'], /--variables must be a JSON object/],
      [['start', 'order', '--var', 'x'], /--var must be NAME=VALUE/],
      [['start'], /Name PROCESS, the id of a process/],
      [['error', '1'], /Name CODE, of the error/],
      [['cancel', 'order'], /'order' is no key of a process instance/],
      [['jobs', '--state', 'CREATD'], /did you mean CREATED\?/],
      [['variables', 'st', '1'], /There is no tutti variables st; did you mean set\?/],
      [['variables', 'show', '1', '--local'], /--local is no option of tutti variables show, but of set/],
      [['jobs', '--timeout', '5'], /--timeout is for --activate only/],
      [['message', 'Paid', '--correlate', '--ttl', '5'], /leave out --ttl/],
    ];
    for (const [args, told] of refused) {
      const { code, err } = await shop.tutti(...args);
      assert.match(err, told);
      assert.match(err, new RegExp(`See tutti ${args[0]} --help\\.$`));
      assert.equal(code, 2);
    }
    const unknown = await shop.tutti('start', 'nothing');
    assert.equal(unknown.code, 5);
    assert.match(
      unknown.err,
      /Expected to find process definition with process ID 'nothing', but none found/,
    );
  });

  it('works on a job by hand: takes it, fails it, resolves its incident, completes it', async () => {
    const { key, job } = await shop.order('by-hand');
    const taken = await shop.tutti('jobs', '--activate', '--type', 'payment', '--limit', '100');
    assert.match(
      taken.out,
      new RegExp(`Job ${job} of instance ${key} at pay is yours until .*; retries 2\\.`),
    );
    assert.match(taken.out, /\n {2}header bank: b1\n/);
    assert.equal(
      (await shop.tutti('jobs', '--activate', '--type', 'payment')).out,
      'No job of type payment waits for a worker.',
    );
    assert.match((await shop.tutti('fail', job, '--message', 'no answer')).out, /failed; 1 more attempt\.$/);
    assert.match((await shop.tutti('fail', job, '--message', 'no \u001b[2J')).out, /has no retries left/);
    const incidents = await shop.tutti('incidents', '--instance', key);
    assert.match(incidents.out, new RegExp(`\\d+ .* ${key} +order +pay +JOB_NO_RETRIES +no \\\\u001b\\[2J`));
    const troubled = await shop.tutti('instances', '--incidents');
    assert.match(troubled.out, new RegExp(`${key}.*1 incident`));
    const [{ incidentKey }] = await shop.list('incidents', '--instance', key);
    const resolved = await shop.tutti('resolve', incidentKey);
    assert.equal(resolved.out, `Incident ${incidentKey} resolved; job ${job} has 1 more attempt.`);
    assert.deepEqual(await shop.list('incidents', '--instance', key), []);
    const both = await shop.tutti('complete', job, '9', '--var', 'paid=true');
    assert.equal(both.out, `Job ${job} completed.`);
    assert.match(both.err, /^9: .*NOT_FOUND/);
    assert.equal(both.code, 5);
    assert.equal((await shop.tutti('variables', key, '--name', 'paid')).out, 'true');
  });

  it('throws a BPMN error from a job', async () => {
    const { key, job } = await shop.order('error');
    const thrown = await shop.tutti('error', job, 'CARD_REFUSED', '--message', 'expired', '--var', 'why=1');
    assert.equal(thrown.out, `Job ${job} has thrown the error CARD_REFUSED.`, thrown.err);
    assert.match((await shop.tutti('instance', key)).out, /COMPLETED[\s\S]*sorry +END_EVENT +COMPLETED/);
  });

  it('tells where an instance stands, what it waits for, and its way', async () => {
    const { key, job } = await shop.order('story');
    await shop.tutti('complete', job);
    const [task] = await shop.list(
      'records',
      '--instance',
      key,
      '--type',
      'USER_TASK',
      '--intent',
      'CREATED',
    );
    assert.match((await shop.tutti('instance', key)).out, /\nstands at Approve \(approve\)\n/);
    const assigned = await shop.tutti('tasks', 'assign', String(task.key), 'ann');
    assert.equal(assigned.out, `Task ${task.key} assigned to ann.`, assigned.err);
    const claimed = await shop.tutti('tasks', 'assign', String(task.key), 'bob', '--claim');
    assert.equal(claimed.code, 5);
    assert.match((await shop.tutti('tasks', 'unassign', String(task.key))).out, /has no assignee\.$/);
    const completed = await shop.tutti('tasks', 'complete', String(task.key), '--var', 'approved=true');
    assert.equal(completed.out, `Task ${task.key} completed.`, completed.err);
    const { out } = await shop.tutti('instance', key);
    assert.match(out, new RegExp(`^Instance ${key} of order v1: ACTIVE, started `));
    assert.match(out, /Waits for messages\n {2}message +correlation key +element\n {2}Paid +story +paid/);
    assert.match(out, /Timers\n {2}due +element\n {2}\d{4}-\S+ \S+ +late/);
    assert.match(out, /Variables[\s\S]*approved +instance +true/);
    assert.match(out, /Way\n[\s\S]*placed +START_EVENT +COMPLETED[\s\S]*wait +EVENT_BASED_GATEWAY +ACTIVE/);
    const { instance, timers } = JSON.parse((await shop.tutti('instance', key, '--json')).out);
    assert.equal(instance.processInstanceKey, key);
    assert.equal(timers.length, 1);
    const found = await shop.tutti('message', 'Paid', '--key', 'story', '--correlate');
    assert.match(found.out, new RegExp(`^Message \\d+ went to instance ${key}\\.$`));
    assert.match((await shop.tutti('instance', key)).out, /: COMPLETED, started .*, ended /);
  });

  it('lists user tasks', async () => {
    const { key, job } = await shop.order('tasks');
    await shop.tutti('complete', job);
    const listed = await shop.tutti('tasks', '--instance', key);
    assert.match(listed.out, new RegExp(`\\d+ +Approve +CREATED +– +${key} +order +– +managers`), listed.err);
    assert.deepEqual(await shop.list('tasks', '--instance', key, '--assignee', 'ann'), []);
    const [task] = await shop.list('tasks', '--group', 'managers', '--instance', key);
    await shop.tutti('tasks', 'complete', task.userTaskKey);
    assert.equal((await shop.tutti('tasks', '--instance', key)).out, 'No user tasks.');
    assert.equal((await shop.list('tasks', '--instance', key, '--all')).length, 1);
  });

  it('publishes messages that wait, broadcasts signals, and cancels', async () => {
    assert.match(
      (await shop.tutti('message', 'Paid', '--key', 'early', '--ttl', '60')).out,
      /^Message \d+ published\.$/,
    );
    const again = ['message', 'Paid', '--key', 'early', '--id', 'm1', '--ttl', '60'];
    assert.equal((await shop.tutti(...again)).code, 0);
    assert.match((await shop.tutti(...again)).err, /ALREADY_EXISTS/);
    assert.match((await shop.tutti('message', 'Paid', '--key', 'nobody', '--correlate')).err, /NOT_FOUND/);
    assert.match((await shop.tutti('signal', 'ShopClosed', '--var', 'a=1')).out, /^Signal \d+ broadcast\.$/);
    const { key } = await shop.order('cancelled');
    assert.equal((await shop.tutti('cancel', key)).out, `Instance ${key} cancelled.`);
    const twice = await shop.tutti('cancel', key, '--json');
    assert.deepEqual([twice.code, JSON.parse(twice.out).done], [5, false]);
    const [instance] = await shop.list('instances', '--process', 'order', '--state', 'TERMINATED');
    assert.equal(instance.processInstanceKey, key);
  });

  it('evaluates decisions and explains them', async () => {
    assert.equal((await shop.tutti('decide', 'discount', '--var', 'amount=120')).out, '10');
    const explained = await shop.tutti('decide', 'discount', '--var', 'amount=1', '--explain');
    assert.equal(explained.out, 'discount = 0\n  amount: 1\n  rule 2\n0');
    const failed = await shop.tutti('decide', 'broken', '--var', 'amount=1');
    assert.deepEqual([failed.code, failed.out], [1, '']);
    assert.match(failed.err, /^tutti decide: broken failed: .*too small/);
    assert.equal((await shop.tutti('decide', 'nothing')).code, 5);
  });

  it('evaluates expressions, with or without the sign before them, and warns of what was not found', async () => {
    assert.equal((await shop.tutti('evaluate', '1 + 1')).out, '2');
    assert.equal((await shop.tutti('evaluate', '= "a" + "b"')).out, '"ab"');
    const unknown = await shop.tutti('evaluate', 'nobody');
    assert.deepEqual([unknown.code, unknown.out], [0, 'null']);
    assert.match(unknown.err, /^warning: .*nobody/);
    assert.notEqual((await shop.tutti('evaluate', '1 +')).code, 0);
  });

  it('fits its tables to the terminal, with colours, and cuts nothing in a pipe', async () => {
    const { key, job } = await shop.order('wide');
    await shop.tutti('fail', job, '--retries', '0', '--message', 'x'.repeat(300));
    const plain = await shop.tutti('incidents', '--instance', key);
    assert.match(plain.out, /x{300}/);
    const terminal = { columns: 120, colours: true };
    const shown = await cliWith({ terminal }, 'incidents', '--instance', key, '--url', shop.url);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
    const bare = shown.out.replaceAll(/\u001b\[\d+m/g, '');
    assert.notEqual(bare, shown.out);
    const [, row = ''] = bare.split('\n');
    assert.equal(row.length, 120);
    assert.match(row, /x…$/);
  });

  it('prints the journal, filtered, from a place, and as it comes', async () => {
    const { key } = await shop.order('journal');
    const created = await shop.list('records', '--type', 'JOB', '--intent', 'created', '--instance', key);
    assert.deepEqual(
      created.map(({ valueType, intent, value }) => [valueType, intent, value.type]),
      [['JOB', 'CREATED', 'payment']],
    );
    const last = await shop.list('records', '--last', '3');
    assert.equal(last.length, 3);
    const after = await shop.list('records', '--after', String(last[0].position));
    assert.deepEqual(after, last.slice(1));
    assert.match(
      (await shop.tutti('records', '--last', '2')).out,
      /^position +time +value type +intent +key +about\n\d+ /,
    );
    assert.equal((await shop.tutti('records', '--type', 'NOTHING')).out, 'No record matches.');
    const stop = new AbortController();
    const seen: string[] = [];
    const io = {
      interrupted: () => stop.signal,
      out: (line: string) => {
        seen.push(JSON.parse(line).value.signalName);
        if (seen.length === 2) stop.abort();
      },
    };
    const following = cliWith(io, 'records', '--follow', '--type', 'SIGNAL', '--json', '--url', shop.url);
    let names = 0;
    while (!stop.signal.aborted) {
      await shop.tutti('signal', `Followed${names}`);
      names += 1;
    }
    assert.equal((await following).code, 0);
    assert.equal(Number(seen[1]?.slice(8)), Number(seen[0]?.slice(8)) + 1);
  });
});
