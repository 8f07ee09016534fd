import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BpmnError,
  EventRefusal,
  JobCompletion,
  JobFailure,
  NoRestError,
  RejectedCommandError,
  startTestEngine,
  TestEngineError,
} from './index.ts';
import { chain, DISH, end, script, sends, service, start, timer, user } from './models.test-helper.ts';

const ORDER = chain('order', [start, service('reserve', 'reserve'), service('pay', 'pay'), end]);

/** What a sentence that is wrong says. */
async function failure(sentence: Promise<void>): Promise<string> {
  return sentence.then(
    () => assert.fail('the sentence held'),
    (error: Error) => {
      assert.ok(error instanceof assert.AssertionError, String(error));
      return error.message;
    },
  );
}

describe('jobs of a process under test', () => {
  it('are done by hand, one step after the other', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(ORDER);
    const order = await engine.start('order', { total: 3 });
    await order.isWaitingAt('reserve');
    const job = await engine.activateJob('reserve');
    assert.deepEqual(job.variables, { total: 3 });
    await job.complete({ seats: 2 });
    await order.hasPassed('start', 'reserve');
    await order.isWaitingAt('pay');
    await order.isNotWaitingAt('reserve');
    await order.job('pay').complete({ paid: true });
    await order.isCompleted();
    await order.hasVariables({ total: 3, seats: 2, paid: true });
    assert.deepEqual(order.variables, { total: 3, seats: 2, paid: true });
    await assert.rejects(job.complete(), RejectedCommandError);
  });

  it('are done by handlers, whenever they were set', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(ORDER);
    const early = await engine.start('order', { total: 3 });
    await engine.worker<{ total: number }>('reserve', ({ variables }) => ({ seats: variables.total * 2 }));
    await early.isWaitingAt('pay');
    await engine.worker('pay', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { paid: true };
    });
    await early.isCompleted();
    const late = await engine.start('order', { total: 4 });
    await late.isCompleted();
    await late.hasVariable('seats', 8);
  });

  it('throw errors that the model catches, and raise incidents when they fail', async () => {
    const declined = `<bpmn:boundaryEvent id="declined" attachedToRef="pay"><bpmn:outgoing>x</bpmn:outgoing><bpmn:errorEventDefinition errorRef="e"/></bpmn:boundaryEvent>
      <bpmn:endEvent id="refused"><bpmn:incoming>x</bpmn:incoming></bpmn:endEvent><bpmn:sequenceFlow id="x" sourceRef="declined" targetRef="refused"/>`;
    await using engine = await startTestEngine();
    const outside = '<bpmn:error id="e" errorCode="DECLINED"/>';
    await engine.deploy(chain('order', [start, service('pay', 'pay'), end], { beside: declined, outside }));
    await engine.worker<{ cover: number }>('pay', ({ variables: { cover } }) => {
      if (cover === 0) throw new BpmnError('DECLINED', 'no cover');
      if (cover < 0) throw new Error(`what is ${cover}?`);
      return { paid: cover };
    });
    const poor = await engine.start('order', { cover: 0 });
    await poor.hasPassed('declined', 'x', 'refused');
    await poor.hasNotPassed('pay');
    const odd = await engine.start('order', { cover: -1 });
    await odd.hasIncident({ elementId: 'pay', errorType: 'JOB_NO_RETRIES', errorMessage: /what is -1/ });
    await odd.resolveIncident('pay', { variables: { cover: 7 } });
    await odd.hasNoIncident();
    await odd.isCompleted();
    await odd.hasVariable('paid', 7);
    const byHand = await engine.start('order', { cover: 0 });
    await byHand.isCompleted();
  });

  it('wait for their back-off on the virtual clock', async () => {
    await using engine = await startTestEngine({ now: '2031-05-01T00:00:00Z' });
    await engine.deploy(chain('order', [start, service('pay', 'pay'), end]));
    const tries: string[] = [];
    await engine.worker('pay', () => {
      tries.push(engine.now.toISOString());
      if (tries.length < 3) throw new JobFailure('closed', { retryBackOff: 60_000 });
    });
    const order = await engine.start('order');
    await order.isWaitingAt('pay');
    await engine.advance('PT59S');
    await order.isWaitingAt('pay');
    await engine.advance('PT1H');
    await order.isCompleted();
    assert.deepEqual(tries, [
      '2031-05-01T00:00:00.000Z',
      '2031-05-01T00:01:00.000Z',
      '2031-05-01T00:02:00.000Z',
    ]);
  });

  it('fail the test with the assertion that fails within their handler', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(ORDER);
    await engine.worker('reserve', () => assert.fail('seats are missing'));
    await assert.rejects(engine.start('order'), /seats are missing/);
  });

  it('may take steps of their own', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(ORDER, chain('other', [start, service('note', 'note'), end]));
    await engine.worker('reserve', async () => {
      const other = await engine.start('other');
      return { other: other.key };
    });
    await engine.worker('note', () => undefined);
    const order = await engine.start('order');
    await engine.instance('other').isCompleted();
    await order.hasVariable('other', engine.instance('other').key);
  });
});

describe('time in a test', () => {
  it('passes when the test says so, and what falls due happens at its own time', async () => {
    await using engine = await startTestEngine({ now: '2030-01-31T12:00:00Z' });
    await engine.deploy(
      chain('wait', [
        start,
        timer('first', 'PT1H'),
        script('note', 'string(now())', 'at'),
        timer('second', 'PT1H'),
        end,
      ]),
    );
    const wait = await engine.start('wait');
    await engine.advance('PT59M59S');
    await wait.isWaitingAt('first');
    await engine.advance('P1M');
    await wait.isCompleted();
    assert.match(String(wait.variables['at']), /^2030-01-31T13:00/);
    assert.equal(engine.now.toISOString(), '2030-02-28T12:59:59.000Z');
    await assert.rejects(engine.advanceTo('2030-01-01'), /cannot go back/);
    await assert.rejects(engine.advance('5 minutes'), /PT5M/);
  });
});

describe('people, messages, signals and decisions in a test', () => {
  it('complete user tasks', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(chain('leave', [start, user('approve'), end]));
    const leave = await engine.start('leave');
    await leave.userTask().claim('ann');
    assert.equal(leave.userTask('approve').assignee, 'ann');
    await assert.rejects(leave.userTask().claim('bob'), RejectedCommandError);
    assert.match(leave.describe(), /"approve" \(user task; the user "ann"\)/);
    await leave.userTask('approve').complete({ approved: true });
    await leave.isCompleted();
    await leave.hasVariable('approved', true);
  });

  it('wait for the listeners of a user task, which may deny', async () => {
    const listened = user('approve').replace(
      '<zeebe:userTask/>',
      '<zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener eventType="completing" type="check"/></zeebe:taskListeners>',
    );
    await using engine = await startTestEngine();
    await engine.deploy(chain('leave', [start, listened, end]));
    const leave = await engine.start('leave');
    await leave.userTask().complete({ approved: true });
    await leave.isWaitingAt('approve');
    const check = await engine.activateJob('check');
    await check.complete({}, { type: 'userTask', denied: true, deniedReason: 'too soon' });
    await leave.isWaitingAt('approve');
    await engine.worker('check', ({ kind, listenerEventType, userTask }) => {
      assert.deepEqual([kind, listenerEventType], ['TASK_LISTENER', 'COMPLETING']);
      return new JobCompletion({
        type: 'userTask',
        corrections: { priority: Number(userTask?.priority) + 9 },
      });
    });
    await leave.userTask().complete({ approved: true });
    await leave.isCompleted();
  });

  it('correlate messages and broadcast signals', async () => {
    const outside = `<bpmn:message id="m" name="arrived"><bpmn:extensionElements><zeebe:subscription correlationKey="=parcel"/></bpmn:extensionElements></bpmn:message><bpmn:signal id="s" name="open"/>`;
    const receive = '<bpmn:receiveTask id="receive" messageRef="m">$FLOWS</bpmn:receiveTask>';
    const opened =
      '<bpmn:intermediateCatchEvent id="opened">$FLOWS<bpmn:signalEventDefinition signalRef="s"/></bpmn:intermediateCatchEvent>';
    await using engine = await startTestEngine();
    await engine.deploy(chain('parcel', [start, receive, opened, end], { outside }));
    const parcel = await engine.start('parcel', { parcel: 'p-1' });
    await engine.publishMessage('arrived', 'p-2');
    await parcel.isWaitingAt('receive');
    await engine.publishMessage('arrived', 'p-1', { by: 'ship' });
    await parcel.isWaitingAt('opened');
    await engine.broadcastSignal('open', { who: 'me' });
    await parcel.isCompleted();
    await parcel.hasVariables({ by: 'ship', who: 'me' });
  });

  it('evaluate decisions', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(DISH);
    const { output, decisions } = await engine.evaluateDecision('dish', { season: 'winter' });
    assert.equal(output, 'soup');
    assert.equal(decisions.length, 1);
    await assert.rejects(engine.evaluateDecision('dessert'), RejectedCommandError);
  });
});

describe('events that processes send', () => {
  it('are collected, with or without somebody who wants them', async () => {
    for (const subscriber of [true, false]) {
      await using engine = await startTestEngine({ subscriber });
      await engine.deploy(
        chain('order', [start, sends('tell', { Type: 'Order.Placed', Mode: 'EMIT_ONLY' }), end]),
      );
      const order = await engine.start('order', { total: 3 });
      await order.isCompleted();
      await order.hasSentEvent('Order.Placed', { data: { total: 3 } });
      await order.hasNotSentEvent('Order.Placed', { data: { total: 4 } });
      assert.deepEqual(
        engine.sentEvents.map(({ elementId, type }) => [elementId, type]),
        [['tell', 'Order.Placed']],
      );
    }
  });

  it('go to the host that a task names, wherever that is, and its reply goes on', async () => {
    await using engine = await startTestEngine();
    const headers = {
      Type: 'Order.Placed',
      Mode: 'WAIT_FOR_CLOUD_EVENT',
      WaitType: 'Order.Taken',
      Host: 'http://shop.example/orders',
      CorrelationKey: '=orderId',
    };
    await engine.deploy(chain('order', [start, sends('tell', headers), end]));
    let calls = 0;
    engine.onEvent('Order.Placed', ({ data }) => {
      calls += 1;
      return { type: 'Order.Taken', correlationkey: 'o-1', data: { taken: data } };
    });
    const order = await engine.start('order', { orderId: 'o-1' });
    await order.isCompleted();
    await order.hasVariable('taken', { orderId: 'o-1' });
    assert.equal(engine.sentEvents[0]?.host, 'http://shop.example/orders');
    assert.equal(calls, 1);
  });

  it('are tried again later if nobody takes them', async () => {
    await using engine = await startTestEngine();
    const headers = { Type: 'Order.Placed', Mode: 'EMIT_AND_CONFIRM' };
    await engine.deploy(chain('order', [start, sends('tell', headers), end]));
    let open = false;
    let calls = 0;
    engine.onEvent('*', () => {
      calls += 1;
      if (!open) throw new EventRefusal(503);
    });
    const order = await engine.start('order');
    await order.isWaitingAt('tell');
    assert.equal(calls, 1);
    open = true;
    await engine.advance('PT10M');
    await order.isCompleted();
    assert.equal(calls, 2);
  });

  it('raise an incident if nobody would confirm them', async () => {
    await using engine = await startTestEngine({ subscriber: false });
    await engine.deploy(
      chain('order', [start, sends('tell', { Type: 'Order.Placed', Mode: 'EMIT_AND_CONFIRM' }), end]),
    );
    const order = await engine.start('order');
    await order.hasIncident('no subscription matches');
  });
});

describe('a sentence that does not hold', () => {
  it('tells where the instance is, its path, variables and incidents', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(ORDER);
    const order = await engine.start('order', { total: 3 });
    assert.equal(
      await failure(order.isWaitingAt('pay')),
      `Expected instance ${order.key} of "order" to be waiting at "pay".
Where it is: it is at "reserve" (service task; job of type "reserve" with 3 retries)
Its path: start → reserve (here)
Its variables: total = 3`,
    );
    await order.job('reserve').fail('no seats', { retries: 0 });
    assert.match(await failure(order.isCompleted()), /Its incident at "reserve": JOB_NO_RETRIES: no seats/);
  });

  it('guesses what was meant', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(ORDER);
    const order = await engine.start('order', { total: 3 });
    assert.match(await failure(order.isWaitingAt('reserv')), /no element "reserv"; did you mean "reserve"\?/);
    assert.match(await failure(order.isNotWaitingAt('payy')), /did you mean "pay"\?/);
    assert.match(await failure(order.hasNotPassed('payy')), /did you mean "pay"\?/);
    assert.match(await failure(order.hasVariable('totl', 3)), /did you mean "total"\?/);
    assert.match(await failure(order.hasVariable('total', '3')), /"total" is 3, of another type/);
    assert.match(await failure(order.hasVariable('total', undefined)), /"total" is 3/);
    assert.throws(() => engine.instance('ordr'), /did you mean "order"\?/);
    assert.throws(() => order.job('pay'), /no open job at "pay"/);
    await assert.rejects(engine.activateJob('reserv'), /no job of type 'reserv'/);
  });

  it('tells which of several elements was not passed in order', async () => {
    await using engine = await startTestEngine();
    await engine.deploy(ORDER);
    const order = await engine.start('order');
    await order.job().complete();
    assert.match(
      await failure(order.hasPassed('reserve', 'start')),
      /passed "start", but not after "reserve"/,
    );
    assert.match(await failure(order.hasPassed('start', 'pay')), /It did not pass "pay"/);
    assert.match(await failure(order.hasSentEvent('X')), /No event was sent/);
    assert.match(await failure(order.hasIncident()), /has no incident/);
  });

  it('tells of events that had no effect, and what waits for something like them', async () => {
    const outside = `<bpmn:message id="m" name="Parcel.Arrived"><bpmn:extensionElements><zeebe:subscription correlationKey="=parcel"/></bpmn:extensionElements></bpmn:message>`;
    const receive = '<bpmn:receiveTask id="receive" messageRef="m">$FLOWS</bpmn:receiveTask>';
    await using engine = await startTestEngine();
    await engine.deploy(chain('parcel', [start, receive, end], { outside }));
    const parcel = await engine.start('parcel', { parcel: 'p-1' });
    const mistyped = await engine.publish({ type: 'Parcel.Arived', subject: 'p-9' });
    const reason = "No deployed model waits for events of type 'Parcel.Arived', and no instance does.";
    assert.deepEqual(mistyped.fates[0], { kind: 'unmatched', reason, nearMisses: [] });
    // A repeat is told as its first event, whatever it says of its type.
    const first = await engine.publish({ type: 'Parcel.Arived', id: '7', subject: 'p-9' });
    const again = await engine.publish({ type: 'Parcel.Lost', id: '7', subject: 'p-9' });
    assert.equal(again.duplicate, true);
    assert.deepEqual(again.fates, first.fates);
    const { fates } = await engine.publish({ type: 'Parcel.Arrived', subject: 'p-2' });
    assert.equal(fates[0]?.kind, 'buffered');
    const told = await failure(parcel.isCompleted());
    assert.match(told, /"Parcel\.Arived" had no effect: .*Did you mean "Parcel\.Arrived"\?/);
    assert.match(told, /"Parcel\.Arrived" had no effect: .*"receive" for "Parcel\.Arrived" with key "p-1"/);
  });
});

describe('a test engine', () => {
  it('refuses a model that cannot be deployed, with all that is wrong with it', async () => {
    await using engine = await startTestEngine();
    await assert.rejects(
      engine.deploy(chain('bad', [start, '<bpmn:serviceTask id="task">$FLOWS</bpmn:serviceTask>', end])),
      /task/,
    );
    await assert.rejects(engine.start('bad'), { type: 'NOT_FOUND' });
    await assert.rejects(
      engine.worker('cloudevents', () => undefined),
      /onEvent/,
    );
  });

  it('ends a loop that never comes to rest', async () => {
    await using engine = await startTestEngine({ maxRecords: 1000 });
    await engine.deploy(chain('order', [start, service('pay', 'pay'), end]));
    await engine.worker('pay', () => {
      throw new JobFailure('again and again', { retries: 3 });
    });
    await assert.rejects(engine.start('order'), NoRestError);
  });

  it('ends a loop of the model too', async () => {
    const items = 'for i in 1..5000 return i';
    const many = `<bpmn:subProcess id="many">$FLOWS<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=${items}"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics><bpmn:startEvent id="inner"/></bpmn:subProcess>`;
    await using engine = await startTestEngine({ maxRecords: 5000 });
    await engine.deploy(chain('numbers', [start, many, end]));
    await assert.rejects(engine.start('numbers'), NoRestError);
  });

  it('is one of many that know nothing of each other', async () => {
    await using one = await startTestEngine();
    await using other = await startTestEngine();
    await one.deploy(ORDER);
    await one.start('order');
    assert.equal(other.instances().length, 0);
    await assert.rejects(other.start('order'), RejectedCommandError);
    const orders = await Promise.all([one.start('order'), one.start('order'), one.start('order')]);
    assert.equal(new Set(orders.map(({ key }) => key)).size, 3);
    assert.equal(one.instances('order').length, 4);
    assert.throws(() => one.instance('order'), TestEngineError);
  });

  it('leaves nothing behind when it is closed', async () => {
    const before = process.getActiveResourcesInfo();
    const engine = await startTestEngine();
    await engine.deploy(ORDER);
    await engine.start('order');
    await engine.advance('P1D');
    await engine.close();
    await engine.close();
    assert.deepEqual(process.getActiveResourcesInfo(), before);
    await assert.rejects(engine.start('order'), /was closed/);
  });
});
