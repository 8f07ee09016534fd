import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  end,
  eventOf,
  message,
  modelOf,
  openWorld,
  receive,
  startBy,
} from '../../runtime/events/world.test-helper.ts';
import { History } from '../history.ts';
import { openJournalSource } from '../journal-source.ts';

const MODEL = modelOf(
  'order',
  [startBy('Order.Placed'), receive('paid', 'Order.Paid'), receive('shipped', 'Order.Shipped'), end],
  message('Order.Placed') + message('Order.Paid', '=orderId') + message('Order.Shipped', '=orderId'),
);
const event = (type: string, id: string) =>
  eventOf(type, { subject: id, data: JSON.stringify({ orderId: id }) });

test('instances older than the journal are judged by their models when the read model is built again', async (t) => {
  const world = await openWorld(t);
  await world.deploy(MODEL);
  for (const id of ['o-1', 'o-2', 'o-3']) await world.publish(event('Order.Placed', id));
  await world.pass(60_000);
  const before = openJournalSource(world.data);
  await world.runtime.pruneJournal(before.last() - 1, 1000);
  assert.ok(before.oldest() > 1);
  before.close();
  await world.publish(event('Order.Paid', 'o-1'));
  await world.publish(event('Order.Shipped', 'o-2'));

  const history = new History(':memory:', openJournalSource(world.data));
  t.after(() => history.close());
  history.catchUp();
  await world.publish(event('Order.Shipped', 'o-1'));
  await world.publish(event('Order.Paid', 'o-2'));
  history.catchUp();
  const [figures] = history.complianceFigures({ processId: 'order' });
  assert.deepEqual(figures, {
    processId: 'order',
    version: 1,
    judged: 2,
    conforming: 1,
    counts: { expected: 4, early: 1, late: 0, unexpected: 0, missing: 0 },
  });
  const [found] = history.complianceDeviations({ processId: 'order', limit: 10 }).items;
  assert.equal(found?.verdict, 'early');
  assert.equal(found?.businessKey, 'o-2');
});
