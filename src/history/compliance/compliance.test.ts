import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Verdict } from '../../compliance/index.ts';
import {
  end,
  eventOf,
  jobsOf,
  message,
  modelOf,
  openWorld,
  receive,
  START,
  send,
  start,
  startBy,
  startInstance,
  type World,
} from '../../runtime/events/world.test-helper.ts';
import { History } from '../history.ts';
import { openJournalSource } from '../journal-source.ts';

/** Start by `Order.Placed`, then `Order.Paid` within a minute or not at all, then `Order.Shipped`. */
const ORDER = modelOf(
  'order',
  [
    startBy('Order.Placed'),
    receive('paid', 'Order.Paid'),
    receive('shipped', 'Order.Shipped'),
    end.replace(
      '</bpmn:endEvent>',
      `</bpmn:endEvent><bpmn:boundaryEvent id="tooLate" name="Time to pay is over" attachedToRef="paid">
         <bpmn:outgoing>toUnpaid</bpmn:outgoing><bpmn:timerEventDefinition>
         <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>
       </bpmn:boundaryEvent><bpmn:endEvent id="unpaid"><bpmn:incoming>toUnpaid</bpmn:incoming></bpmn:endEvent>
       <bpmn:sequenceFlow id="toUnpaid" sourceRef="tooLate" targetRef="unpaid"/>`,
    ),
  ],
  message('Order.Placed') + message('Order.Paid', '=orderId') + message('Order.Shipped', '=orderId'),
);

const order = (type: string, id = 'o-1') =>
  eventOf(type, { subject: id, data: JSON.stringify({ orderId: id }) });

/** The read model as it stands now, built from the journal: whole, and again in batches as small as they get. */
function readModel(t: TestContext, world: World): History {
  const history = new History(':memory:', openJournalSource(world.data));
  t.after(() => history.close());
  history.catchUp();
  const small = new History(':memory:', openJournalSource(world.data));
  while (small.advance(1) !== undefined);
  assert.deepEqual(small.complianceFigures({}), history.complianceFigures({}), 'batches make no difference');
  small.close();
  return history;
}

interface Found {
  readonly verdict: Verdict;
  readonly eventType: string;
  readonly elementId: string;
}

function deviations(history: History, processId = 'order'): Found[] {
  return history
    .complianceDeviations({ processId, limit: 100 })
    .items.map(({ verdict, eventType, elementId }) => ({ verdict, eventType, elementId }))
    .reverse();
}

function figures(history: History, processId = 'order') {
  const [found] = history.complianceFigures({ processId });
  return found ?? assert.fail('no figures');
}

describe('compliance judges an event', () => {
  it('as expected when its place waits for it, and an instance of such events conforms', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    const sequences: number[] = [];
    for (const type of ['Order.Placed', 'Order.Paid', 'Order.Shipped'])
      sequences.push(await world.publish(order(type)));
    const history = readModel(t, world);
    assert.deepEqual(figures(history), {
      processId: 'order',
      version: 1,
      judged: 1,
      conforming: 1,
      counts: { expected: 3, early: 0, late: 0, unexpected: 0, missing: 0 },
    });
    const [{ key = 0 } = {}] = history
      .search({
        collection: 'processInstances',
        where: [],
        sort: [],
        page: { kind: 'from', from: 0, limit: 1 },
      })
      .items.map((row) => ({ key: Number(row['processInstanceKey']) }));
    const found = history.complianceInstance(key);
    assert.equal(found?.businessKey, 'o-1');
    assert.deepEqual(
      found?.trace.steps.map(({ place, state, events }) => [
        place.elementId,
        state,
        events.map(({ eventSequence }) => eventSequence),
      ]),
      [
        ['start', 'done', [sequences[0]]],
        ['paid', 'done', [sequences[1]]],
        ['shipped', 'done', [sequences[2]]],
      ],
    );
  });

  it('as early when it came before its place and was kept until then', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    await world.publish(order('Order.Placed'));
    const shipped = await world.publish(order('Order.Shipped'));
    await world.publish(order('Order.Paid'));
    const history = readModel(t, world);
    assert.deepEqual(deviations(history), [
      { verdict: 'early', eventType: 'Order.Shipped', elementId: 'shipped' },
    ]);
    const [row] = history.complianceDeviations({ processId: 'order', limit: 1 }).items;
    assert.equal(row?.eventSequence, shipped);
    assert.equal(row?.businessKey, 'o-1');
    assert.equal(figures(history).conforming, 0);
  });

  it('as missing when a time-out came first, and as late when it comes after all', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    await world.publish(order('Order.Placed'));
    await world.pass(61_000);
    const before = readModel(t, world);
    assert.deepEqual(deviations(before), [
      { verdict: 'missing', eventType: 'Order.Paid', elementId: 'paid' },
    ]);
    await world.publish(order('Order.Paid'));
    const history = readModel(t, world);
    assert.deepEqual(deviations(history), [
      { verdict: 'missing', eventType: 'Order.Paid', elementId: 'paid' },
      { verdict: 'late', eventType: 'Order.Paid', elementId: 'paid' },
    ]);
    const [late, missing] = history.complianceDeviations({ processId: 'order', limit: 2 }).items;
    assert.match(missing?.reason ?? '', /Time to pay is over/);
    assert.match(late?.reason ?? '', /It came .* after the place 'paid' had been left/);
  });

  it('as late when its instance ended otherwise', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    for (const type of ['Order.Placed', 'Order.Paid', 'Order.Shipped']) await world.publish(order(type));
    await world.pass(1000);
    const first = readModel(t, world);
    assert.equal(figures(first).conforming, 1);
    await world.publish(order('Order.Shipped'));
    const history = readModel(t, world);
    assert.deepEqual(deviations(history), [
      { verdict: 'late', eventType: 'Order.Shipped', elementId: 'shipped' },
    ]);
    assert.equal(figures(history).judged, 1);
    assert.equal(figures(history).conforming, 0, 'an instance that had conformed does so no more');
  });

  it('as unexpected when nothing waited for it until the instance ended, or until it expired', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    for (const type of ['Order.Placed', 'Order.Paid', 'Order.Paid', 'Order.Shipped'])
      await world.publish(order(type));
    await world.publish(order('Order.Placed', 'o-2'));
    await world.publish(order('Order.Paid', 'o-2'));
    await world.publish(order('Order.Paid', 'o-2'));
    assert.equal(deviations(readModel(t, world)).length, 1, 'the second one of o-2 may still find a place');
    await world.pass(3_600_001);
    const history = readModel(t, world);
    assert.deepEqual(deviations(history), [
      { verdict: 'unexpected', eventType: 'Order.Paid', elementId: 'paid' },
      { verdict: 'unexpected', eventType: 'Order.Paid', elementId: 'paid' },
    ]);
    assert.match(
      history.complianceDeviations({ processId: 'order', limit: 1 }).items[0]?.reason ?? '',
      /had got its event before/,
    );
  });

  it('not at all when no instance knows its key', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    await world.publish(order('Order.Paid', 'nobody'));
    await world.pass(3_600_001);
    const history = readModel(t, world);
    assert.deepEqual(deviations(history), []);
    assert.equal(figures(history).counts.expected, 0);
  });

  it('as missing when the instance was cancelled while it waited', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    await world.publish(order('Order.Placed'));
    const key = Number(
      world.journal().find(({ valueType }) => valueType === 'PROCESS_INSTANCE')?.key ?? assert.fail(),
    );
    await world.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key });
    const history = readModel(t, world);
    assert.deepEqual(deviations(history), [
      { verdict: 'missing', eventType: 'Order.Paid', elementId: 'paid' },
    ]);
  });
});

describe('compliance blames a time-out for what it ended, and for nothing else', () => {
  it('finds nothing missing when somebody moves an instance on by hand, though a timer had fired before', async (t) => {
    const world = await openWorld(t);
    const pause = `<bpmn:intermediateCatchEvent id="pause">$FLOWS<bpmn:timerEventDefinition>
      <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>
      </bpmn:intermediateCatchEvent>`;
    const xml = modelOf('slow', [start, pause, receive('told', 'Told'), end], message('Told', '=id'));
    await world.deploy(xml);
    const key = await startInstance(world, 'slow', { id: 's-1' });
    await world.pass(60_001);
    const waiting = world
      .journal()
      .find(
        ({ valueType, value }) =>
          valueType === 'PROCESS_MESSAGE_SUBSCRIPTION' && 'elementInstanceKey' in value,
      );
    const { elementInstanceKey } = (waiting?.value ?? {}) as { elementInstanceKey: number };
    const answer = await world.execute({
      valueType: 'PROCESS_INSTANCE_MODIFICATION',
      intent: 'MODIFY',
      key,
      value: {
        activate: [{ elementId: 'end', ancestorElementInstanceKey: -1, variables: [] }],
        terminate: [elementInstanceKey],
      },
    });
    assert.equal(answer.kind, 'accepted', JSON.stringify(answer));
    const history = readModel(t, world);
    assert.deepEqual(deviations(history, 'slow'), []);
    assert.equal(figures(history, 'slow').conforming, 1);
  });
});

describe('compliance judges what a task sends and waits for', () => {
  const ask = modelOf('ask', [
    start,
    send('question', {
      Type: 'Question.Asked',
      Mode: 'WAIT_FOR_CLOUD_EVENT',
      WaitType: 'Question.Answered',
      CorrelationKey: '=id',
    }),
    end,
  ]);
  const answer = () => eventOf('Question.Answered', { subject: 'q-1', data: '{}' });

  it('the event that it sends and the reply as expected', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ask);
    await startInstance(world, 'ask', { id: 'q-1' });
    await world.publish(answer());
    const history = readModel(t, world);
    assert.deepEqual(figures(history, 'ask').counts, {
      expected: 2,
      early: 0,
      late: 0,
      unexpected: 0,
      missing: 0,
    });
    const [job] = jobsOf(world);
    const found = history.complianceInstance(job?.value.processInstanceKey ?? 0);
    assert.deepEqual(
      found?.trace.steps[0]?.events.map(({ eventType, verdict }) => [eventType, verdict]),
      [
        ['Question.Asked', 'expected'],
        ['Question.Answered', 'expected'],
      ],
    );
  });

  it('a reply that came first as early', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ask);
    await world.publish(answer());
    await startInstance(world, 'ask', { id: 'q-1' });
    const history = readModel(t, world);
    assert.deepEqual(deviations(history, 'ask'), [
      { verdict: 'early', eventType: 'Question.Answered', elementId: 'question' },
    ]);
  });

  it('a reply that never came as missing, and one to a cancelled job as late', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ask);
    const key = await startInstance(world, 'ask', { id: 'q-1' });
    await world.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key });
    await world.publish(answer());
    const history = readModel(t, world);
    assert.deepEqual(
      deviations(history, 'ask').map(({ verdict }) => verdict),
      ['missing', 'late'],
    );
  });
});

describe('compliance of a process that only watches', () => {
  const watching = modelOf('watch', [
    start,
    send('asked', {
      Type: 'Question.Asked',
      Mode: 'WAIT_FOR_CLOUD_EVENT',
      WaitType: 'Question.Answered',
      CorrelationKey: '=id',
    }),
    send('told', { Type: 'Answer.Told', CorrelationKey: '=id' }),
    send('noted', { Type: 'Answer.Noted', CorrelationKey: '=id', Watch: 'SKIP' }),
    end,
  ]).replace(
    /(<bpmn:process [^>]*>)/,
    '$1<bpmn:extensionElements><zeebe:properties><zeebe:property name="watchOnly" value="true"/></zeebe:properties></bpmn:extensionElements>',
  );
  const seen = (type: string) => eventOf(type, { subject: 'q-1', data: '{}' });

  it('counts the events of the services as its steps, and shows what it waits for', async (t) => {
    const world = await openWorld(t);
    await world.deploy(watching);
    const key = await startInstance(world, 'watch', { id: 'q-1' });
    const trace = readModel(t, world).complianceInstance(key)?.trace;
    assert.deepEqual(trace?.next, [{ elementId: 'asked', eventType: 'Question.Answered' }]);
    await world.publish(seen('Question.Answered'));
    await world.publish(seen('Answer.Told'));
    const history = readModel(t, world);
    assert.equal(figures(history, 'watch').conforming, 1);
    assert.equal(figures(history, 'watch').counts.expected, 2);
    assert.deepEqual(
      history.complianceInstance(key)?.trace.steps.map(({ place, state }) => [place.elementId, state]),
      [
        ['asked', 'done'],
        ['told', 'done'],
      ],
    );
  });

  it('finds an event early that is seen before its task, and one missing that is never seen', async (t) => {
    const world = await openWorld(t);
    await world.deploy(watching);
    await startInstance(world, 'watch', { id: 'q-1' });
    await world.publish(seen('Answer.Told'));
    await world.publish(seen('Question.Answered'));
    const second = await startInstance(world, 'watch', { id: 'q-2' });
    await world.execute({ valueType: 'PROCESS_INSTANCE', intent: 'CANCEL', key: second });
    assert.deepEqual(
      deviations(readModel(t, world), 'watch').map(({ verdict, eventType }) => `${verdict}: ${eventType}`),
      ['early: Answer.Told', 'missing: Question.Answered'],
    );
  });
});

const CHOICE_MESSAGES =
  message('Seats.Given', '=id') + message('Seats.Refused', '=id') + message('Seats.Left', '=id');

describe('compliance of a choice', () => {
  const catching = (id: string, name: string, flows: string): string =>
    `<bpmn:intermediateCatchEvent id="${id}">${flows}<bpmn:messageEventDefinition messageRef="m-${name}"/></bpmn:intermediateCatchEvent>`;
  const xml = modelOf('seats', [start, end], CHOICE_MESSAGES)
    .replace('<bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="end"/>', '')
    .replace('<bpmn:incoming>f0</bpmn:incoming>', '')
    .replace(
      '</bpmn:process>',
      `<bpmn:eventBasedGateway id="choice"><bpmn:incoming>f0</bpmn:incoming><bpmn:outgoing>a</bpmn:outgoing>
         <bpmn:outgoing>b</bpmn:outgoing><bpmn:outgoing>c</bpmn:outgoing></bpmn:eventBasedGateway>
       ${catching('given', 'Seats.Given', '<bpmn:incoming>a</bpmn:incoming>')}
       ${catching('refused', 'Seats.Refused', '<bpmn:incoming>b</bpmn:incoming>')}
       <bpmn:intermediateCatchEvent id="over" name="Too long"><bpmn:incoming>c</bpmn:incoming><bpmn:timerEventDefinition>
         <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>
       </bpmn:intermediateCatchEvent>
       <bpmn:subProcess id="leave" triggeredByEvent="true"><bpmn:startEvent id="left">
         <bpmn:messageEventDefinition messageRef="m-Seats.Left"/></bpmn:startEvent></bpmn:subProcess>
       <bpmn:sequenceFlow id="f0" sourceRef="start" targetRef="choice"/>
       <bpmn:sequenceFlow id="a" sourceRef="choice" targetRef="given"/>
       <bpmn:sequenceFlow id="b" sourceRef="choice" targetRef="refused"/>
       <bpmn:sequenceFlow id="c" sourceRef="choice" targetRef="over"/></bpmn:process>`,
    )
    .replace(/<bpmn:endEvent id="end">.*?<\/bpmn:endEvent>/, '');

  const seats = (type: string) => eventOf(type, { subject: 's-1', data: '{}' });

  it('finds nothing missing when one of its events came, or when what interrupts it did', async (t) => {
    const world = await openWorld(t);
    await world.deploy(xml);
    await startInstance(world, 'seats', { id: 's-1' });
    await world.publish(seats('Seats.Refused'));
    await startInstance(world, 'seats', { id: 's-1' });
    await world.publish(seats('Seats.Left'));
    const history = readModel(t, world);
    assert.deepEqual(deviations(history, 'seats'), []);
    assert.equal(figures(history, 'seats').conforming, 2);
  });

  it('finds one thing missing, not two, when its timer came first', async (t) => {
    const world = await openWorld(t);
    await world.deploy(xml);
    const key = await startInstance(world, 'seats', { id: 's-1' });
    const waiting = readModel(t, world).complianceInstance(key);
    assert.deepEqual(waiting?.trace.next.map(({ eventType }) => eventType).sort(), [
      'Seats.Given',
      'Seats.Left',
      'Seats.Refused',
    ]);
    await world.pass(60_001);
    const history = readModel(t, world);
    assert.deepEqual(deviations(history, 'seats'), [
      { verdict: 'missing', eventType: 'Seats.Given or Seats.Refused', elementId: 'choice' },
    ]);
    assert.deepEqual(
      history.complianceInstance(key)?.trace.steps.map(({ place, state }) => [place.elementId, state]),
      [
        ['given', 'missed'],
        ['refused', 'missed'],
        ['left', 'skipped'],
      ],
    );
  });
});

describe('compliance figures', () => {
  it('cover a range of days and each version apart', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    for (const type of ['Order.Placed', 'Order.Paid', 'Order.Shipped']) await world.publish(order(type));
    await world.pass(48 * 3_600_000);
    await world.deploy(ORDER.replace('id="shipped"', 'id="shipped" name="Shipped"'));
    await world.publish(order('Order.Placed', 'o-2'));
    await world.pass(61_000);
    const history = readModel(t, world);
    const judged = (filter: object) =>
      history
        .complianceFigures(filter)
        .map(({ version, judged: all, conforming }) => [version, all, conforming]);
    assert.deepEqual(judged({}), [
      [1, 1, 1],
      [2, 1, 0],
    ]);
    assert.deepEqual(judged({ to: START + 3_600_000 }), [
      [1, 1, 1],
      [2, 0, 0],
    ]);
    assert.deepEqual(judged({ version: 2 }), [[2, 1, 0]]);
    assert.deepEqual(
      history
        .compliancePlaces({ processId: 'order', version: 2 })
        .map(({ elementId, counts }) => [elementId, counts.expected, counts.missing]),
      [
        ['paid', 0, 1],
        ['start', 1, 0],
      ],
    );
  });

  it('page through deviations, the newest first, and pick a verdict', async (t) => {
    const world = await openWorld(t);
    await world.deploy(ORDER);
    for (const id of ['o-1', 'o-2', 'o-3']) await world.publish(order('Order.Placed', id));
    await world.pass(61_000);
    await world.publish(order('Order.Paid', 'o-2'));
    const history = readModel(t, world);
    const first = history.complianceDeviations({ processId: 'order', limit: 3 });
    const second = history.complianceDeviations({ processId: 'order', limit: 3, before: first.next ?? 0 });
    assert.deepEqual(
      [...first.items, ...second.items].map(({ verdict }) => verdict),
      ['late', 'missing', 'missing', 'missing'],
    );
    assert.equal(second.next, undefined);
    const late = history.complianceDeviations({ processId: 'order', limit: 9, verdict: 'late' });
    assert.deepEqual(
      late.items.map(({ businessKey }) => businessKey),
      ['o-2'],
    );
  });
});
